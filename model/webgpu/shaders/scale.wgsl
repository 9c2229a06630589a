// y = by·x + keep·y, as kernel.Scale and kernel.Axpy; where keep is 0, y is not read.
struct Given { y: tensor, x: tensor, n: u32, by: f32, keep: f32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  var v = given.by * x(i);
  if (given.keep != 0.0) { v += given.keep * y(i); }
  set_y(i, v);
}
