//go:build goexperiment.simd && !purego

package kernel

import "simd"

// AdamW is AdamWRef, fast.
func AdamW(w, g, m, v []float32, s AdamWStep) {
	n := len(w)
	together(w, g, m, v)
	separate(w, g, m, v)
	c1, c2 := s.corrections()
	beta1, rest1 := simd.BroadcastFloat32s(s.Beta1), simd.BroadcastFloat32s(1-s.Beta1)
	beta2, rest2 := simd.BroadcastFloat32s(s.Beta2), simd.BroadcastFloat32s(1-s.Beta2)
	corr1, corr2 := simd.BroadcastFloat32s(c1), simd.BroadcastFloat32s(c2)
	keep, minusLR := simd.BroadcastFloat32s(1-s.LR*s.WeightDecay), simd.BroadcastFloat32s(-s.LR)
	eps := simd.BroadcastFloat32s(s.Eps)
	pw, pg, pm, pv := start(w), start(g), start(m), start(v)
	i, by := adamwBlock(w, g, m, v, s), eps.Len()
	for ; i+by <= n; i += by {
		grad := load(pg, i)
		first := rest1.MulAdd(grad, beta1.Mul(load(pm, i)))
		second := rest2.Mul(grad).MulAdd(grad, beta2.Mul(load(pv, i)))
		store(pm, i, first)
		store(pv, i, second)
		step := first.Div(corr1).Div(second.Div(corr2).Sqrt().Add(eps))
		store(pw, i, minusLR.MulAdd(step, load(pw, i).Mul(keep)))
	}
	leave()
	AdamWRef(w[i:], g[i:n], m[i:n], v[i:n], s)
}
