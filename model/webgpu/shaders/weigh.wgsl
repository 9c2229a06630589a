// sum = Σ_r weights[r]·x[r]; a row of weight 0 is not read. One group.
struct Given { sum: tensor, x: tensor, weights: list, n: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(local_invocation_index) lane: u32) {
  var part = 0.0;
  for (var i = lane; i < given.n; i += lanes) {
    let w = bitcast<f32>(weights(i));
    if (w != 0.0) { part += w * x(i); }
  }
  part = total(lane, part);
  if (lane == 0u) { set_sum(0u, part); }
}
