// m = μ·m + g;  g = g + μ·m
struct Given { m: tensor, g: tensor, n: u32, mu: f32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let v = given.mu * m(i) + g(i);
  set_m(i, v);
  set_g(i, g(i) + given.mu * v);
}
