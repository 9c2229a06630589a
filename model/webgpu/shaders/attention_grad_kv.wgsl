// The gradients of attention by one key and its value, a group each: over all queries that
// see it, of all heads that look at it,
//
//   dv = Σ p·dy;  dk = Σ ds·q, each added if asked for
//
// with p, dp and ds of attention_grad_q and its δ, in delta. Spans say which those are: the
// s-th has rows(s) queries from row row(s) on, the first of them at position first(s); its
// keys begin at keys(s).
struct Given {
  dk: tensor, dv: tensor, delta: tensor, dy: tensor, sums: tensor, q: tensor, k: tensor, v: tensor,
  row: list, rows: list, first: list, keys: list, spans: u32,
  heads: u32, share: u32, d: u32, scale: f32, add_k: u32, add_v: u32, groups: u32,
}

const widest = 256u;

var<workgroup> key: array<f32, widest>;
var<workgroup> value: array<f32, widest>;
var<workgroup> weights: array<f32, lanes>; // p
var<workgroup> slopes: array<f32, lanes>;  // ds

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let kv_heads = given.heads / given.share;
  let g = number_of(group);
  if (g >= given.groups) { return; }
  let at = g / kv_heads; // the key's row
  for (var i = lane; i < given.d; i += lanes) {
    key[i] = k(g * given.d + i);
    value[i] = v(g * given.d + i);
  }
  workgroupBarrier();
  var made_k: array<f32, widest / lanes>;
  var made_v: array<f32, widest / lanes>;
  for (var s = 0u; s < given.spans; s++) {
    if (at < keys(s) || at - keys(s) >= first(s) + rows(s)) { continue; }
    let position = at - keys(s);
    let earliest = select(0u, position - first(s), position > first(s));
    for (var h = g % kv_heads * given.share; h < (g % kv_heads + 1u) * given.share; h++) {
      for (var start = earliest; start < rows(s); start += lanes) {
        workgroupBarrier();
        if (start + lane < rows(s)) {
          let query = (row(s) + start + lane) * given.heads + h;
          var score = 0.0;
          var dp = 0.0;
          for (var i = 0u; i < given.d; i++) {
            score = fma(q(query * given.d + i), key[i], score);
            dp = fma(dy(query * given.d + i), value[i], dp);
          }
          let p = exp(score * given.scale - sums(2u * query)) * sums(2u * query + 1u);
          weights[lane] = p;
          slopes[lane] = given.scale * p * (dp - delta(query));
        }
        workgroupBarrier();
        for (var part = 0u; part < widest / lanes; part++) {
          let i = part * lanes + lane;
          if (i >= given.d) { continue; }
          for (var j = 0u; j < min(lanes, rows(s) - start); j++) {
            let place = ((row(s) + start + j) * given.heads + h) * given.d + i;
            made_v[part] = fma(weights[j], dy(place), made_v[part]);
            made_k[part] = fma(slopes[j], q(place), made_k[part]);
          }
        }
      }
    }
  }
  for (var part = 0u; part < widest / lanes; part++) {
    let i = part * lanes + lane;
    if (i >= given.d) { continue; }
    let place = g * given.d + i;
    if (has_dk()) {
      var sum = made_k[part];
      if (given.add_k != 0u) { sum += dk(place); }
      set_dk(place, sum);
    }
    if (has_dv()) {
      var sum = made_v[part];
      if (given.add_v != 0u) { sum += dv(place); }
      set_dv(place, sum);
    }
  }
}
