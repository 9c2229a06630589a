// y = (x - mean)·rstd·gain + bias of each row (C): kernel.LayerNormRef. A group a row.
struct Given { y: tensor, mean: tensor, rstd: tensor, x: tensor, gain: tensor, bias: tensor, c: u32, eps: f32, groups: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = number_of(group);
  if (row >= given.groups) { return; }
  let at = row * given.c;
  var sum = 0.0;
  for (var i = lane; i < given.c; i += lanes) { sum += x(at + i); }
  let m = total(lane, sum) / f32(given.c);
  sum = 0.0;
  for (var i = lane; i < given.c; i += lanes) { sum += (x(at + i) - m) * (x(at + i) - m); }
  let s = inverseSqrt(total(lane, sum) / f32(given.c) + given.eps);
  for (var i = lane; i < given.c; i += lanes) {
    var v = (x(at + i) - m) * s;
    if (has_gain()) { v *= gain(i); }
    if (has_bias()) { v += bias(i); }
    set_y(at + i, v);
  }
  if (lane == 0u) {
    set_mean(row, m);
    set_rstd(row, s);
  }
}
