//go:build goexperiment.simd && !purego

package kernel

import (
	"math"
	"simd"
)

// RMSNorm is RMSNormRef, fast.
func RMSNorm(y, rstd, x, gain []float32, c int, eps float32) {
	checkNorm(y, x, gain, nil, len(rstd), c)
	if normBlock(y, nil, rstd, x, gain, nil, c, eps) {
		return
	}
	for r := range rstd {
		xr := x[r*c : (r+1)*c]
		s := 1 / float32(math.Sqrt(float64(Dot(xr, xr)/float32(c)+eps)))
		normalise(y[r*c:(r+1)*c], xr, gain, nil, 0, s)
		rstd[r] = s
	}
}

// LayerNorm is LayerNormRef, fast.
func LayerNorm(y, mean, rstd, x, gain, bias []float32, c int, eps float32) {
	checkNorm(y, x, gain, bias, len(rstd), c)
	mean = need(mean, len(rstd))
	if normBlock(y, mean, rstd, x, gain, bias, c, eps) {
		return
	}
	for r := range rstd {
		xr := x[r*c : (r+1)*c]
		m := sum(xr) / float32(c)
		s := 1 / float32(math.Sqrt(float64(sumSquares(xr, m)/float32(c)+eps)))
		normalise(y[r*c:(r+1)*c], xr, gain, bias, m, s)
		mean[r], rstd[r] = m, s
	}
}

func sum(x []float32) float32 {
	n, i, p := len(x), 0, start(x)
	s, t := zero(), zero()
	w := s.Len()
	for ; i+2*w <= n; i += 2 * w {
		s, t = s.Add(load(p, i)), t.Add(load(p, i+w))
	}
	for ; i+w <= n; i += w {
		s = s.Add(load(p, i))
	}
	if i < n {
		t = t.Add(loadRest(x, i))
	}
	return lanes(s.Add(t))
}

// sumSquares is Σ (x[i] - m)².
func sumSquares(x []float32, m float32) float32 {
	n, i, p := len(x), 0, start(x)
	s, t := zero(), zero()
	w, vm := s.Len(), simd.BroadcastFloat32s(m)
	for ; i+2*w <= n; i += 2 * w {
		d, e := load(p, i).Sub(vm), load(p, i+w).Sub(vm)
		s, t = d.MulAdd(d, s), e.MulAdd(e, t)
	}
	for ; i+w <= n; i += w {
		d := load(p, i).Sub(vm)
		s = d.MulAdd(d, s)
	}
	total := lanes(s.Add(t))
	for ; i < n; i++ {
		total += (x[i] - m) * (x[i] - m)
	}
	return total
}

// normalise computes y = (x - m)·s·gain + bias for one row.
func normalise(y, x, gain, bias []float32, m, s float32) {
	n, i, d, p := len(y), 0, start(y), start(x)
	pg, pb := start(gain), start(bias)
	vm, vs := simd.BroadcastFloat32s(m), simd.BroadcastFloat32s(s)
	w := vs.Len()
	for ; i+w <= n; i += w {
		v := load(p, i).Sub(vm).Mul(vs)
		if pg != nil {
			v = v.Mul(load(pg, i))
		}
		if pb != nil {
			v = v.Add(load(pb, i))
		}
		store(d, i, v)
	}
	for ; i < n; i++ {
		y[i] = affine((x[i]-m)*s, gain, bias, i)
	}
	leave()
}
