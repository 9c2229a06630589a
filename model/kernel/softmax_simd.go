//go:build goexperiment.simd && !purego

package kernel

import (
	"math"
	"simd"
)

// CausalSoftmax is CausalSoftmaxRef, fast.
func CausalSoftmax(p []float32, tq, tk int, scale float32) {
	need(p, tq*tk)
	for i := range tq {
		row := p[i*tk : (i+1)*tk]
		seen := tk - tq + i + 1
		filled := fillVector(row, seen, scale)
		sum := expRow(filled, filled, largest(filled), scale)
		scaleBy(filled, 1/sum, filled)
		clear(row[seen:])
	}
}

// fillVector is the first n numbers of row and as many -Inf, whose exponential
// is 0, as make whole vectors of them; just the first n if row ends before.
func fillVector(row []float32, n int, scale float32) []float32 {
	w := vectorLen()
	whole := (n + w - 1) / w * w
	if whole > len(row) || !(scale > 0) {
		return row[:n]
	}
	for i := n; i < whole; i++ {
		row[i] = float32(math.Inf(-1))
	}
	return row[:whole]
}

// largest is the largest of x; whether a NaN counts is left open.
func largest(x []float32) float32 {
	n, i, p := len(x), 0, start(x)
	v := simd.BroadcastFloat32s(float32(math.Inf(-1)))
	w := v.Len()
	for ; i+w <= n; i += w {
		v = v.Max(load(p, i))
	}
	m := most(v)
	for _, v := range x[i:] {
		m = max(m, v)
	}
	return m
}

// CausalSoftmaxGrad is CausalSoftmaxGradRef, fast.
func CausalSoftmaxGrad(dp, p []float32, tq, tk int, scale float32) {
	together(need(dp, tq*tk), p)
	for i := range tq {
		pr, dr := p[i*tk:(i+1)*tk], dp[i*tk:(i+1)*tk]
		seen := tk - tq + i + 1
		softmaxGradRow(dr[:seen], pr[:seen], Dot(dr[:seen], pr[:seen]), scale)
		clear(dr[seen:])
	}
}

// softmaxGradRow computes dp = scale·p·(dp - dot).
func softmaxGradRow(dp, p []float32, dot, scale float32) {
	n, i, d, q := len(dp), 0, start(dp), start(p)
	vd, vs := simd.BroadcastFloat32s(dot), simd.BroadcastFloat32s(scale)
	w := vd.Len()
	for ; i+w <= n; i += w {
		store(d, i, vs.Mul(load(q, i)).Mul(load(d, i).Sub(vd)))
	}
	if i < n {
		vs.Mul(loadRest(p, i)).Mul(loadRest(dp, i).Sub(vd)).StorePart(dp[i:])
	}
}
