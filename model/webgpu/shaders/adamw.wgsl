// One step of AdamW: kernel.AdamWRef. c1 and c2 are the bias corrections.
struct Given {
  w: tensor, g: tensor, m: tensor, v: tensor,
  n: u32, lr: f32, beta1: f32, beta2: f32, eps: f32, keep: f32, c1: f32, c2: f32,
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let d = g(i);
  let mean = given.beta1 * m(i) + (1.0 - given.beta1) * d;
  let square = given.beta2 * v(i) + (1.0 - given.beta2) * d * d;
  set_m(i, mean);
  set_v(i, square);
  set_w(i, w(i) * given.keep - given.lr * (mean / given.c1) / (sqrt(square / given.c2) + given.eps));
}
