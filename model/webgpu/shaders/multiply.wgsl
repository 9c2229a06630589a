// y = a·b, added to y if asked for: kernel.Mul and kernel.MulAdd.
struct Given { y: tensor, a: tensor, b: tensor, n: u32, add: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  var v = a(i) * b(i);
  if (given.add != 0u) { v += y(i); }
  set_y(i, v);
}
