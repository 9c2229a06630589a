// h[r] = -Σ_v p·log p of p = softmax(logits[r]). A group a row (V).
struct Given { h: tensor, logits: tensor, v: u32, groups: u32 }

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
  let lse = most + log(total(lane, sum));
  var h = 0.0;
  for (var i = lane; i < given.v; i += lanes) {
    let l = logits(at + i) - lse;
    h -= exp(l) * l;
  }
  h = total(lane, h);
  if (lane == 0u) { set_h(row, h); }
}
