// Row r of y (R,C) is row ids[r] of table, added to row r of x where there is one.
struct Given { y: tensor, table: tensor, x: tensor, ids: list, n: u32, c: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  var v = table(ids(i / given.c) * given.c + i % given.c);
  if (has_x()) { v += x(i); }
  set_y(i, v);
}
