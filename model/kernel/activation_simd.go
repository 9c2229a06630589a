//go:build goexperiment.simd && !purego

package kernel

import "simd"

// The normal distribution function Φ(x) is computed within 2e-7. For a = |x|,
// 1 - Φ(a) = e^(-a²/2)·t·Q(t) with t = 1/(1 + a/4): the form of Abramowitz &
// Stegun 7.1.26 with a Q of our own, minimax of degree 6 for the absolute
// error on 0 ≤ a ≤ 6.5, 2e-9; the rest is rounding.
//
// geluVectors (exp_native_simd.go, exp_wasm.s) is GELU for whole vectors. It
// stores the slope first, so that slope may be y where it is not wanted.

// GELU is GELURef, fast, within 3e-7·max(1,|x|).
func GELU(y, slope, x []float32) {
	checkGELU(y, slope, x)
	x = x[:len(y)]
	if slope == nil {
		slope = y
	}
	w := vectorLen()
	full := len(x) - len(x)%w
	if full > 0 {
		geluVectors(start(y), start(slope), start(x), full)
	}
	if full < len(x) {
		var last, lastSlope vector
		copy(last[:], x[full:])
		geluVectors(start(last[:]), start(lastSlope[:]), start(last[:]), w)
		copy(slope[full:len(x)], lastSlope[:])
		copy(y[full:], last[:])
	}
}

// positive is max(v,0), with NaN for NaN, which Max does not promise.
func positive(v simd.Float32s) simd.Float32s {
	zero := zero()
	return zero.IfElse(v.Less(zero), v)
}

// ReLU2 is ReLU2Ref, fast.
func ReLU2(y, x []float32) {
	together(y, x)
	n, i, d, p := len(y), 0, start(y), start(x)
	w := vectorLen()
	for ; i+w <= n; i += w {
		v := positive(load(p, i))
		store(d, i, v.Mul(v))
	}
	if i < n {
		v := positive(loadRest(x[:n], i))
		v.Mul(v).StorePart(y[i:])
	}
	leave()
}

// ReLU2Grad is ReLU2GradRef, fast.
func ReLU2Grad(dx, dy, x []float32) {
	together(dx, dy, x)
	n, i, d, q, p := len(dx), 0, start(dx), start(dy), start(x)
	w, two := vectorLen(), simd.BroadcastFloat32s(2)
	for ; i+w <= n; i += w {
		store(d, i, load(q, i).Mul(two).MulAdd(positive(load(p, i)), load(d, i)))
	}
	if i < n {
		slope := two.Mul(positive(loadRest(x[:n], i)))
		loadRest(dy[:n], i).MulAdd(slope, loadRest(dx, i)).StorePart(dx[i:])
	}
	leave()
}
