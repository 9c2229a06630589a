// y = x·rstd·gain of each row (C): kernel.RMSNormRef. A group a row.
struct Given { y: tensor, rstd: tensor, x: tensor, gain: tensor, c: u32, eps: f32, groups: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = number_of(group);
  if (row >= given.groups) { return; }
  let at = row * given.c;
  var sum = 0.0;
  for (var i = lane; i < given.c; i += lanes) { sum += x(at + i) * x(at + i); }
  let s = inverseSqrt(total(lane, sum) / f32(given.c) + given.eps);
  for (var i = lane; i < given.c; i += lanes) {
    var v = x(at + i) * s;
    if (has_gain()) { v *= gain(i); }
    set_y(at + i, v);
  }
  if (lane == 0u) { set_rstd(row, s); }
}
