// y = x·Φ(x) and, if wanted, slope = Φ(x) + x·φ(x): kernel.GELURef.
struct Given { y: tensor, slope: tensor, x: tensor, n: u32 }

// normal is Φ, by formula 7.1.26 of Abramowitz & Stegun (1964) for erf, which is off by
// at most 1.5e-7.
fn normal(z: f32) -> f32 {
  let u = abs(z) * 0.70710678;
  let t = 1.0 / (1.0 + 0.3275911 * u);
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * series * exp(-u * u);
  return select(tail, 1.0 - tail, z >= 0.0);
}

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = element(group, lane);
  if (i >= given.n) { return; }
  let z = clamp(x(i), -1.0e4, 1.0e4);
  let phi = normal(z);
  if (has_slope()) { set_slope(i, phi + z * exp(-0.5 * z * z) * 0.39894228); }
  set_y(i, x(i) * phi);
}
