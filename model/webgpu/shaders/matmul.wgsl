// c (M,N) = alpha·a·b + beta·d + bias, summed over K: kernel.MatmulRef with what follows it.
// a and b lie in any order: a(m,k) is the number a_row·m + a_col·k of a. Where beta is 0, d
// is not read. A group makes a tile of c, an invocation 4×4 numbers of it; K is gone
// through in one order, so that a number does not depend on the others. With parts above 1
// the z-th group sums the z-th part of K into a c of its own, M·N behind the last;
// sum_parts adds them up.
struct Given {
  c: tensor, a: tensor, b: tensor, d: tensor, bias: tensor,
  m: u32, n: u32, k: u32, a_row: u32, a_col: u32, b_row: u32, b_col: u32,
  part: u32, alpha: f32, beta: f32,
}

// tile is 64, or 32 where there would be few groups.
const side = tile / 4u;
const deep = 16u;

var<workgroup> of_a: array<f32, tile * deep>; // (deep, tile)
var<workgroup> of_b: array<f32, tile * deep>; // (deep, tile)

@compute @workgroup_size(side * side)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * tile;
  let col = group.x * tile;
  let y = lane / side * 4u;
  let x = lane % side * 4u;
  let end = min(given.k, (group.z + 1u) * given.part);
  var sums: array<vec4<f32>, 4>;
  for (var start = group.z * given.part; start < end; start += deep) {
    for (var i = lane; i < tile * deep; i += side * side) {
      // Neighbours read neighbours, whichever way the matrix lies.
      var k = i / tile;
      var at = i % tile;
      if (given.a_col == 1u) { k = i % deep; at = i / deep; }
      var v = 0.0;
      if (row + at < given.m && start + k < end) { v = a((row + at) * given.a_row + (start + k) * given.a_col); }
      of_a[k * tile + at] = v;
      k = i / tile;
      at = i % tile;
      if (given.b_row == 1u) { k = i % deep; at = i / deep; }
      v = 0.0;
      if (col + at < given.n && start + k < end) { v = b((start + k) * given.b_row + (col + at) * given.b_col); }
      of_b[k * tile + at] = v;
    }
    workgroupBarrier();
    for (var k = 0u; k < deep * tile; k += tile) {
      let by = vec4(of_b[k + x], of_b[k + x + 1u], of_b[k + x + 2u], of_b[k + x + 3u]);
      sums[0] = fma(vec4(of_a[k + y]), by, sums[0]);
      sums[1] = fma(vec4(of_a[k + y + 1u]), by, sums[1]);
      sums[2] = fma(vec4(of_a[k + y + 2u]), by, sums[2]);
      sums[3] = fma(vec4(of_a[k + y + 3u]), by, sums[3]);
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let m = row + y + i;
      let n = col + x + j;
      if (m >= given.m || n >= given.n) { continue; }
      let at = m * given.n + n;
      var v = given.alpha * sums[i][j];
      if (given.beta != 0.0) { v += given.beta * d(at); }
      if (has_bias()) { v += bias(n); }
      set_c(group.z * given.m * given.n + at, v);
    }
  }
}
