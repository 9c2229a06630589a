// dlogits[r,v] = dlosses[r]·(exp(logits[r,v] - lse[r]) - [v is the target]), added if asked
// for; 0 where the target is negative: kernel.CrossEntropyGradRef.
struct Given { dlogits: tensor, dlosses: tensor, logits: tensor, lse: tensor, targets: list, n: u32, v: u32, add: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let row = i / given.v;
  let target_id = bitcast<i32>(targets(row));
  let by = dlosses(row);
  var d = 0.0;
  if (target_id >= 0 && by != 0.0) {
    d = by * exp(logits(i) - lse(row));
    if (u32(target_id) == i % given.v) { d -= by; }
  }
  if (given.add != 0u) { d += dlogits(i); }
  set_dlogits(i, d);
}
