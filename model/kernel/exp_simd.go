//go:build goexperiment.simd && !purego

package kernel

import "simd"

// e^x is computed within 2 ulp for -86.9 ≤ x; 0 below -87, where the true
// value is less than 2e-38; +Inf from 88.73 on; NaN for NaN.
//
// With n the integer nearest x/ln 2 and r = x - n·ln 2, e^x = 2^n·e^r. e^r is
// 1 + r + r²·P(r), P minimax of degree 4 on |r| ≤ ln 2/2, 3e-9 relative.
//
// x is first limited to [-87.5, 89], where the result is already 0 and +Inf.
// Adding 1.5·2²³ leaves n in the low bits of a float32. ln 2 is taken in two
// parts, the first so short that n times it is exact. 2^(n-1) is put together
// as bits and then doubled: n reaches 128, an exponent only 127; for n = -126
// the bits are those of 0.
//
// expVectors (exp_native_simd.go, exp_wasm.s) computes y = exp(scale·(x - m))
// for n numbers, whole vectors, and adds the results to sum, lane by lane. y
// may be x.

// expRow computes y = exp(scale·(x - m)) and its sum. y may be x.
func expRow(y, x []float32, m, scale float32) float32 {
	w := vectorLen()
	full := len(x) - len(x)%w
	var sums, last vector
	if full > 0 {
		expVectors(start(y), start(x), full, m, scale, &sums)
	}
	if full < len(x) {
		var unused vector
		loadRest(x, full).Store(last[:])
		expVectors(start(last[:]), start(last[:]), w, m, scale, &unused)
		for i := full; i < len(x); i++ {
			y[i] = last[i-full]
		}
		clear(last[len(x)-full:])
	}
	return lanes(simd.LoadFloat32s(sums[:]).Add(simd.LoadFloat32s(last[:])))
}

// Exp is ExpRef, fast; the error is stated above.
func Exp(dst, x []float32) {
	x = need(x, len(dst))
	apart(dst, x)
	expRow(dst, x, 0, 1)
}
