// With s = σ(gate): dgate = dy·up·s·(1 + gate·(1-s)), dup = dy·gate·s; each added if asked
// for.
struct Given { dgate: tensor, dup: tensor, dy: tensor, gate: tensor, up: tensor, n: u32, add_gate: u32, add_up: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let g = gate(i);
  let s = 1.0 / (1.0 + exp(-clamp(g, -80.0, 80.0)));
  var by_gate = dy(i) * up(i) * s * (1.0 + g * (1.0 - s));
  var by_up = dy(i) * g * s;
  if (given.add_gate != 0u) { by_gate += dgate(i); }
  if (given.add_up != 0u) { by_up += dup(i); }
  set_dgate(i, by_gate);
  set_dup(i, by_up);
}
