// y = max(x,0)²
struct Given { y: tensor, x: tensor, n: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let v = max(x(i), 0.0);
  set_y(i, v * v);
}
