// y (parts,C) are sums over height rows each of dy (R,C), times, where they are there, what
// a norm made of x: (x - mean)·rstd. So the gradients of biases and gains are made.
struct Given { y: tensor, dy: tensor, x: tensor, mean: tensor, rstd: tensor, r: u32, c: u32, height: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let col = group.x * lanes + lane;
  if (col >= given.c) { return; }
  let first = group.y * given.height;
  var sum = 0.0;
  for (var row = first; row < min(given.r, first + given.height); row++) {
    var v = dy(row * given.c + col);
    if (has_x()) {
      var n = x(row * given.c + col);
      if (has_mean()) { n -= mean(row); }
      v *= n * rstd(row);
    }
    sum += v;
  }
  set_y(group.y * given.c + col, sum);
}
