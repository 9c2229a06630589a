// y[g] is the sum of the numbers of x from start(g) to before stop(g), or of their squares if
// asked for. What is not finite is looked for in the bits, since WGSL promises nothing of
// arithmetic with it, and told as nan, the bits of a NaN. A group a sum.
struct Given { y: tensor, x: tensor, start: list, stop: list, square: u32, nan: u32, groups: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let g = number_of(group);
  if (g >= given.groups) { return; }
  var sum = 0.0;
  var bad = 0.0;
  for (var i = start(g) + lane; i < stop(g); i += lanes) {
    var v = x(i);
    if ((bitcast<u32>(v) & 0x7f800000u) == 0x7f800000u) { bad = 1.0; }
    if (given.square != 0u) { v *= v; }
    sum += v;
  }
  sum = total(lane, sum);
  bad = total(lane, bad);
  if (lane != 0u) { return; }
  if (bad > 0.0) { sum = bitcast<f32>(given.nan); }
  set_y(g, sum);
}
