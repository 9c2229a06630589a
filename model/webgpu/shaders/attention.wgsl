// Causal attention of one query of one head, a group each: y = Σ_j p[j]·v[j] with
// p = softmax_j(scale·q·k[j]) over the keys that row r sees, seen(r) of them from row
// begin(r) on. y, q (N,H,D), k, v (M,K,D); heads are H, share H/K of them look at the same
// keys. Keys are gone through lanes at a time, and the sum so far is scaled down whenever a
// larger score comes (Milakov & Gimelshein 2018), so that no row of scores is kept. sums
// (N,H,2) keeps the largest score and 1/Σ.
struct Given {
  y: tensor, sums: tensor, q: tensor, k: tensor, v: tensor, begin: list, seen: list,
  heads: u32, share: u32, d: u32, scale: f32, groups: u32,
}

const widest = 256u; // D, at most

var<workgroup> query: array<f32, widest>;
var<workgroup> weights: array<f32, lanes>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let g = number_of(group);
  if (g >= given.groups) { return; }
  let row = g / given.heads;
  let stride = given.heads / given.share * given.d;
  let column = g % given.heads / given.share * given.d;
  let first = begin(row);
  let all = seen(row);
  for (var i = lane; i < given.d; i += lanes) { query[i] = q(g * given.d + i); }
  workgroupBarrier();
  var most = lowest;
  var sum = 0.0;
  var made: array<f32, widest / lanes>;
  for (var start = 0u; start < all; start += lanes) {
    var score = lowest;
    if (start + lane < all) {
      let at = (first + start + lane) * stride + column;
      score = 0.0;
      for (var i = 0u; i < given.d; i++) { score = fma(query[i], k(at + i), score); }
      score *= given.scale;
    }
    let now = max(most, largest(lane, score));
    let p = select(0.0, exp(score - now), start + lane < all);
    let less = exp(most - now);
    weights[lane] = p;
    sum = sum * less + total(lane, p);
    most = now;
    for (var part = 0u; part < widest / lanes; part++) {
      let i = part * lanes + lane;
      if (i >= given.d) { continue; }
      var v_sum = made[part] * less;
      for (var j = 0u; j < min(lanes, all - start); j++) {
        v_sum = fma(weights[j], v((first + start + j) * stride + column + i), v_sum);
      }
      made[part] = v_sum;
    }
    workgroupBarrier();
  }
  for (var part = 0u; part < widest / lanes; part++) {
    let i = part * lanes + lane;
    if (i < given.d) { set_y(g * given.d + i, made[part] / sum); }
  }
  if (lane == 0u) {
    set_sums(2u * g, most);
    set_sums(2u * g + 1u, 1.0 / sum);
  }
}
