// factor = min(1, limit/(√Σ squares + 1e-6)) over n of them. One group.
struct Given { factor: tensor, squares: tensor, n: u32, limit: f32 }

@compute @workgroup_size(lanes)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < given.n; i += lanes) { sum += squares(i); }
  sum = total(lane, sum);
  if (lane == 0u) { set_factor(0u, min(1.0, given.limit / (sqrt(sum) + 1.0e-6))); }
}
