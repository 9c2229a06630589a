// The gradient of divergence by student's logits: with slope[v] = d divergence/d s[v],
// which is (1-β)·log(s/m), or log(s/t) at β = 1,
//
//   dstudent[v] = dd·s[v]·(slope[v] - Σ_u s[u]·slope[u]), added if asked for
//
// and dd·(s - t) at β = 0. A group a row.
struct Given {
  dstudent: tensor, dd: tensor, student: tensor, teacher: tensor,
  v: u32, beta: f32, from_student: f32, from_teacher: f32, add: u32, groups: u32,
}

fn mixed(a: f32, b: f32) -> f32 { return max(a, b) + log(1.0 + exp(-abs(a - b))); }

fn slope(logs: vec2<f32>) -> f32 {
  if (given.beta == 1.0) { return logs.x - logs.y; }
  return (1.0 - given.beta) * (logs.x - mixed(given.from_student + logs.x, given.from_teacher + logs.y));
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = number_of(group);
  if (row >= given.groups) { return; }
  let at = row * given.v;
  var most = vec2(lowest);
  for (var i = lane; i < given.v; i += lanes) { most = max(most, vec2(student(at + i), teacher(at + i))); }
  most = vec2(largest(lane, most.x), largest(lane, most.y));
  var sums = vec2(0.0);
  for (var i = lane; i < given.v; i += lanes) { sums += exp(vec2(student(at + i), teacher(at + i)) - most); }
  let lse = most + log(vec2(total(lane, sums.x), total(lane, sums.y)));
  var mean = 0.0;
  if (given.beta > 0.0) {
    for (var i = lane; i < given.v; i += lanes) {
      let logs = vec2(student(at + i), teacher(at + i)) - lse;
      mean += exp(logs.x) * slope(logs);
    }
  }
  mean = total(lane, mean);
  let by = dd(row);
  for (var i = lane; i < given.v; i += lanes) {
    let logs = vec2(student(at + i), teacher(at + i)) - lse;
    var d = 0.0;
    if (by != 0.0 && given.beta == 0.0) {
      d = by * (exp(logs.x) - exp(logs.y));
    } else if (by != 0.0) {
      d = by * exp(logs.x) * (slope(logs) - mean);
    }
    if (given.add != 0u) { d += dstudent(at + i); }
    set_dstudent(at + i, d);
  }
}
