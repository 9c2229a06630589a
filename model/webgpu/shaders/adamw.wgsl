// One step of AdamW of several parameters: kernel.AdamWRef. A group has count(g) numbers of
// one of them, which begin at w_at(g) of w, and so on; keep(g) is 1 - lr·decay, as bits. c1
// and c2 are the bias corrections.
struct Given {
  w: tensor, g: tensor, m: tensor, v: tensor,
  w_at: list, g_at: list, m_at: list, v_at: list, count: list, keep: list,
  lr: f32, beta1: f32, beta2: f32, eps: f32, c1: f32, c2: f32, groups: u32,
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let n = number_of(group);
  if (n >= given.groups) { return; }
  for (var i = lane; i < count(n); i += lanes) {
    let d = g(g_at(n) + i);
    let mean = given.beta1 * m(m_at(n) + i) + (1.0 - given.beta1) * d;
    let square = given.beta2 * v(v_at(n) + i) + (1.0 - given.beta2) * d * d;
    set_m(m_at(n) + i, mean);
    set_v(v_at(n) + i, square);
    let at = w_at(n) + i;
    set_w(at, w(at) * bitcast<f32>(keep(n)) - given.lr * (mean / given.c1) / (sqrt(square / given.c2) + given.eps));
  }
}
