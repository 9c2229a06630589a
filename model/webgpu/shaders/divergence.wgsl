// How far the distribution s of a row of student's logits is from t, teacher's (Agarwal et
// al. 2023, GKD): with m = (1-β)·s + β·t it is β·KL(t‖m) + (1-β)·KL(s‖m); KL(t‖s) at β = 0
// and KL(s‖t) at 1. Logarithms of 1-β and β come as from_student and from_teacher. A group
// a row (V).
struct Given { d: tensor, student: tensor, teacher: tensor, v: u32, beta: f32, from_student: f32, from_teacher: f32, groups: u32 }

// mixed is log(e^a + e^b).
fn mixed(a: f32, b: f32) -> f32 { return max(a, b) + log(1.0 + exp(-abs(a - b))); }

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
  var far = 0.0;
  for (var i = lane; i < given.v; i += lanes) {
    let logs = vec2(student(at + i), teacher(at + i)) - lse;
    if (given.beta == 0.0) {
      far += exp(logs.y) * (logs.y - logs.x);
    } else if (given.beta == 1.0) {
      far += exp(logs.x) * (logs.x - logs.y);
    } else {
      let m = mixed(given.from_student + logs.x, given.from_teacher + logs.y);
      far += given.beta * exp(logs.y) * (logs.y - m) + (1.0 - given.beta) * exp(logs.x) * (logs.x - m);
    }
  }
  far = total(lane, far);
  if (lane == 0u) { set_d(row, far); }
}
