// With n = (x - mean)·rstd and g = dy·gain: dx = rstd·(g - mean(g) - n·mean(g·n)), added if
// asked for. Without a mean it is RMSNorm's, which takes no mean(g) away. A group a row.
struct Given { dx: tensor, dy: tensor, x: tensor, gain: tensor, mean: tensor, rstd: tensor, c: u32, add: u32, groups: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = number_of(group);
  if (row >= given.groups) { return; }
  let at = row * given.c;
  let s = rstd(row);
  var m = 0.0;
  if (has_mean()) { m = mean(row); }
  var sum_g = 0.0;
  var sum_gn = 0.0;
  for (var i = lane; i < given.c; i += lanes) {
    var g = dy(at + i);
    if (has_gain()) { g *= gain(i); }
    sum_g += g;
    sum_gn += g * (x(at + i) - m) * s;
  }
  var mean_g = total(lane, sum_g) / f32(given.c);
  if (!has_mean()) { mean_g = 0.0; }
  let mean_gn = total(lane, sum_gn) / f32(given.c);
  for (var i = lane; i < given.c; i += lanes) {
    var g = dy(at + i);
    if (has_gain()) { g *= gain(i); }
    var v = s * (g - mean_g - (x(at + i) - m) * s * mean_gn);
    if (given.add != 0u) { v += dx(at + i); }
    set_dx(at + i, v);
  }
}
