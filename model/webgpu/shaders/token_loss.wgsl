// losses[r] = lse[r] - logits[r,target], lse[r] = log Σ_v exp(logits[r,v]); 0 where the
// target is negative: kernel.CrossEntropyRef. logits (R,V); a group a row.
struct Given { losses: tensor, lse: tensor, logits: tensor, targets: list, v: u32, groups: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = number_of(group);
  if (row >= given.groups) { return; }
  let at = row * given.v;
  var most = lowest;
  for (var i = lane; i < given.v; i += lanes) { most = max(most, logits(at + i)); }
  most = largest(lane, most);
  var sum = 0.0;
  for (var i = lane; i < given.v; i += lanes) { sum += exp(logits(at + i) - most); }
  sum = most + log(total(lane, sum));
  if (lane != 0u) { return; }
  set_lse(row, sum);
  let target_id = bitcast<i32>(targets(row));
  var loss = 0.0;
  if (target_id >= 0) { loss = sum - logits(at + u32(target_id)); }
  set_losses(row, loss);
}
