// y = x·(1+tanh(u))/2 with u = √(2/π)·(x + 0.044715·x³) and, if wanted, its slope:
// kernel.GELUTanhRef. tanh of more than 15 is 1 to the bit, and of much more NaN on some
// cards.
struct Given { y: tensor, slope: tensor, x: tensor, n: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let z = clamp(x(i), -1.0e4, 1.0e4);
  let t = tanh(clamp(0.7978845608 * (z + 0.044715 * z * z * z), -15.0, 15.0));
  if (has_slope()) {
    var s = (1.0 + t) * 0.5;
    if (t * t < 1.0) { s += z * (1.0 - t * t) * 0.5 * 0.7978845608 * (1.0 + 3.0 * 0.044715 * z * z); }
    set_slope(i, s);
  }
  set_y(i, x(i) * (1.0 + t) * 0.5);
}
