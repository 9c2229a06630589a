//go:build goexperiment.simd && !purego

package kernel

import (
	"math"
	"simd"
)

// CausalSoftmax is CausalSoftmaxRef, fast.
func CausalSoftmax(p Matrix, scale float32, sums []float32) {
	checkCausal(p, sums)
	if p.Rows == 0 || softmaxBlock(p, scale, sums, false) {
		return
	}
	for i := range p.Rows {
		seen, rest := p.causalRow(i)
		filled := fillVector(p.Data[i*p.Stride:][:p.Cols], len(seen), scale)
		most := largest(filled)
		r := 1 / expRow(filled, filled, most, scale)
		scaleBy(filled, r, filled)
		clear(rest)
		sums[2*i], sums[2*i+1] = most, r
	}
}

// CausalSoftmaxAgain is CausalSoftmaxAgainRef, fast.
func CausalSoftmaxAgain(p Matrix, scale float32, sums []float32) {
	checkCausal(p, sums)
	if p.Rows == 0 || softmaxBlock(p, scale, sums, true) {
		return
	}
	for i := range p.Rows {
		seen, rest := p.causalRow(i)
		filled := fillVector(p.Data[i*p.Stride:][:p.Cols], len(seen), scale)
		expRow(filled, filled, sums[2*i], scale)
		scaleBy(filled, sums[2*i+1], filled)
		clear(rest)
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
func CausalSoftmaxGrad(dp, p Matrix, scale float32) {
	checkCausalGrad(dp, p)
	if p.Rows == 0 || softmaxGradBlock(dp, p, scale) {
		return
	}
	for i := range p.Rows {
		pr, _ := p.causalRow(i)
		dr, rest := dp.causalRow(i)
		softmaxGradRow(dr, pr, Dot(dr, pr), scale)
		clear(rest)
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
	leave()
}
