// The gradient of attention by one query of one head, a group each. The weights p are
// computed again from the scores and sums; with dp[j] = dy·v[j] and δ = Σ_j p[j]·dp[j]
//
//   ds[j] = scale·p[j]·(dp[j] - δ);  dq = Σ_j ds[j]·k[j], added if asked for
//
// delta (N,H) keeps δ for attention_grad_kv.
struct Given {
  dq: tensor, delta: tensor, dy: tensor, sums: tensor, q: tensor, k: tensor, v: tensor, begin: list, seen: list,
  heads: u32, share: u32, d: u32, scale: f32, add: u32, groups: u32,
}

const widest = 256u;

var<workgroup> query: array<f32, widest>;
var<workgroup> flow: array<f32, widest>; // dy
var<workgroup> slopes: array<f32, lanes>;

// pair is p[j] and dp[j] of the key and value that begin at a place.
fn pair(at: u32, most: f32, by: f32) -> vec2<f32> {
  var score = 0.0;
  var dp = 0.0;
  for (var i = 0u; i < given.d; i++) {
    score = fma(query[i], k(at + i), score);
    dp = fma(flow[i], v(at + i), dp);
  }
  return vec2(exp(score * given.scale - most) * by, dp);
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let g = number_of(group);
  if (g >= given.groups) { return; }
  let row = g / given.heads;
  let stride = given.heads / given.share * given.d;
  let column = g % given.heads / given.share * given.d;
  let first = begin(row);
  let all = seen(row);
  let most = sums(2u * g);
  let by = sums(2u * g + 1u);
  for (var i = lane; i < given.d; i += lanes) {
    query[i] = q(g * given.d + i);
    flow[i] = dy(g * given.d + i);
  }
  workgroupBarrier();
  var part_of_delta = 0.0;
  for (var j = lane; j < all; j += lanes) {
    let both = pair((first + j) * stride + column, most, by);
    part_of_delta += both.x * both.y;
  }
  let the_delta = total(lane, part_of_delta);
  if (lane == 0u) { set_delta(g, the_delta); }
  if (!has_dq()) { return; }
  var made: array<f32, widest / lanes>;
  for (var start = 0u; start < all; start += lanes) {
    workgroupBarrier();
    if (start + lane < all) {
      let both = pair((first + start + lane) * stride + column, most, by);
      slopes[lane] = given.scale * both.x * (both.y - the_delta);
    }
    workgroupBarrier();
    for (var part = 0u; part < widest / lanes; part++) {
      let i = part * lanes + lane;
      if (i >= given.d) { continue; }
      for (var j = 0u; j < min(lanes, all - start); j++) {
        made[part] = fma(slopes[j], k((first + start + j) * stride + column + i), made[part]);
      }
    }
  }
  for (var part = 0u; part < widest / lanes; part++) {
    let i = part * lanes + lane;
    if (i >= given.d) { continue; }
    var sum = made[part];
    if (given.add != 0u) { sum += dq(g * given.d + i); }
    set_dq(g * given.d + i, sum);
  }
}
