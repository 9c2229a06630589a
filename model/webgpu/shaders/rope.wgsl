// y is x (R,H,D), each row turned by its position: kernel.RoPERef; with a sign of -1 it is
// turned back. Added if asked for. half is D/2, n the number of pairs.
struct Given { y: tensor, x: tensor, cosines: tensor, sines: tensor, position: list, n: u32, heads: u32, half: u32, sign: f32, add: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let pair = element(group, lane);
  if (pair >= given.n) { return; }
  let i = pair % given.half;
  let angle = position(pair / given.half / given.heads) * given.half + i;
  let low = pair / given.half * 2u * given.half + i;
  let high = low + given.half;
  let cosine = cosines(angle);
  let sine = given.sign * sines(angle);
  var first = x(low) * cosine - x(high) * sine;
  var second = x(high) * cosine + x(low) * sine;
  if (given.add != 0u) {
    first += y(low);
    second += y(high);
  }
  set_y(low, first);
  set_y(high, second);
}
