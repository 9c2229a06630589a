// Adds to rows of dtable (V,C) the rows of dy (R,C) that were read from them. A group for
// each row that was read: of the g-th, which is id[g], order[start[g]] to order[start[g+1]-1]
// are the rows of dy, so that each number has one owner and one order.
struct Given { dtable: tensor, dy: tensor, id: list, start: list, order: list, c: u32, groups: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let g = number_of(group);
  if (g >= given.groups) { return; }
  for (var i = lane; i < given.c; i += lanes) {
    let at = id(g) * given.c + i;
    var sum = dtable(at);
    for (var j = start(g); j < start(g + 1u); j++) { sum += dy(order(j) * given.c + i); }
    set_dtable(at, sum);
  }
}
