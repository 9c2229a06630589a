// y = gate·σ(gate)·up
struct Given { y: tensor, gate: tensor, up: tensor, n: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let g = gate(i);
  set_y(i, g / (1.0 + exp(-clamp(g, -80.0, 80.0))) * up(i));
}
