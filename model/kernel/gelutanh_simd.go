//go:build goexperiment.simd && !purego

package kernel

import "simd"

// GELUTanh is GELUTanhRef, fast. With s = 1/(1+e^(-2u)), which is (1+tanh(u))/2:
//
//	y = x·s;  slope = s + x·2u'·e^(-2u)·s²
//
// It goes in blocks: the exponents, their exponentials, the rest.
func GELUTanh(y, slope, x []float32) {
	checkGELU(y, slope, x)
	var e, rest [256]float32
	x = x[:len(y)]
	for len(x) > 0 {
		n := min(len(x), len(e))
		copy(rest[:n], x) // y may be x, and whole vectors are written
		w := vectorLen()
		for i := 0; i < n; i += w {
			v := load(start(rest[:]), i)
			store(start(e[:]), i, tanhExponent(v))
		}
		expRow(e[:], e[:], 0, 1)
		var d []float32
		if slope != nil {
			d, slope = slope[:n], slope[n:]
		}
		geluTanhBlock(y[:n], d, rest[:], e[:])
		x, y = x[n:], y[n:]
	}
	leave()
}

// tanhExponent is -2u of x.
func tanhExponent(x simd.Float32s) simd.Float32s {
	cubic := x.Mul(x).MulAdd(simd.BroadcastFloat32s(-2*tanhRate*tanhCubic), simd.BroadcastFloat32s(-2*tanhRate))
	return x.Mul(cubic)
}

// geluTanhBlock finishes len(y) numbers, given e = e^(-2u); x and e are whole
// vectors long.
func geluTanhBlock(y, slope, x, e []float32) {
	one, most := simd.BroadcastFloat32s(1), simd.BroadcastFloat32s(1e18) // above it e·s² is nothing
	steep, far := simd.BroadcastFloat32s(6*tanhRate*tanhCubic), simd.BroadcastFloat32s(30)
	n, w := len(y), vectorLen()
	for i := 0; i < n; i += w {
		v, ev := load(start(x), i), load(start(e), i)
		s := one.Div(one.Add(ev))
		out := v.Mul(s)
		ev = most.IfElse(ev.Greater(most), ev)
		near := far.IfElse(v.Abs().Greater(far), v) // beyond, the slope is s
		du := near.Mul(near).MulAdd(steep, simd.BroadcastFloat32s(2*tanhRate))
		d := near.Mul(du).Mul(ev).Mul(s).MulAdd(s, s)
		if i+w <= n {
			store(start(y), i, out)
			if slope != nil {
				store(start(slope), i, d)
			}
			continue
		}
		out.StorePart(y[i:])
		if slope != nil {
			d.StorePart(slope[i:])
		}
	}
}
