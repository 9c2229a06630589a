// y = a + b
struct Given { y: tensor, a: tensor, b: tensor, n: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  set_y(i, a(i) + b(i));
}
