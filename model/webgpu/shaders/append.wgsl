// Row r of x (R,C) becomes row to[r] of cache.
struct Given { cache: tensor, x: tensor, to: list, n: u32, c: u32 }

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  set_cache(to(i / given.c) * given.c + i % given.c, x(i));
}
