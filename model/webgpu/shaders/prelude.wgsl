// What stands before every shader: the kinds of its operands and numbers, and what its
// invocations share. The members of a shader's struct Given are what a call gives:
//
//   tensor  where an operand begins; x(i) is its i-th number, set_x(i, v) makes it v,
//           has_x() tells whether it is there at all
//   list    where whole numbers of this call begin; ids(i) is the i-th
//
// Go writes these functions (shader_js.go), by the memory in which the operands lie.

alias tensor = u32;
alias list = u32;
const absent = 0xffffffffu;

// Groups are counted across first, then down: a dimension has at most 65,535 of them. A
// shader with a group a row is given how many there are, as groups, since the last line
// may be longer than they are.
const across = 32768u;

fn number_of(group: vec3<u32>) -> u32 { return group.y * across + group.x; }

// lanes is the size of a group that goes over a row, or over single numbers.
const lanes = 64u;

fn element(group: vec3<u32>, lane: u32) -> u32 { return number_of(group) * lanes + lane; }

var<workgroup> shared_lanes: array<f32, lanes>;

// total is the sum of what all lanes of a group give, always in the same order.
fn total(lane: u32, x: f32) -> f32 {
  workgroupBarrier();
  shared_lanes[lane] = x;
  for (var half = lanes / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { shared_lanes[lane] += shared_lanes[lane + half]; }
  }
  workgroupBarrier();
  return shared_lanes[0];
}

// largest is the largest of them.
fn largest(lane: u32, x: f32) -> f32 {
  workgroupBarrier();
  shared_lanes[lane] = x;
  for (var half = lanes / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { shared_lanes[lane] = max(shared_lanes[lane], shared_lanes[lane + half]); }
  }
  workgroupBarrier();
  return shared_lanes[0];
}

// lowest stands for minus infinity, which WGSL does not promise to know.
const lowest = -3.0e38;
