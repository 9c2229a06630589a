//go:build goexperiment.simd && !purego && !wasm

package kernel

import "simd"

// MultiplyAdds does turns times 48 multiply-adds of vectors, as fast as the
// machine can: operands in registers, twelve sums that do not wait for each
// other. It returns the number of floating-point operations.
func MultiplyAdds(turns int) int {
	x, y := simd.BroadcastFloat32s(0.5), simd.BroadcastFloat32s(0.25)
	begin := func(n float32) simd.Float32s { return simd.BroadcastFloat32s(n / 16) } // apart, so that no two are one
	a, b, c, d, e, f := begin(0), begin(1), begin(2), begin(3), begin(4), begin(5)
	g, h, i, j, k, l := begin(6), begin(7), begin(8), begin(9), begin(10), begin(11)
	for left := 4 * turns; left > 0; left-- {
		a, b, c = a.MulAdd(x, y), b.MulAdd(x, y), c.MulAdd(x, y)
		d, e, f = d.MulAdd(x, y), e.MulAdd(x, y), f.MulAdd(x, y)
		g, h, i = g.MulAdd(x, y), h.MulAdd(x, y), i.MulAdd(x, y)
		j, k, l = j.MulAdd(x, y), k.MulAdd(x, y), l.MulAdd(x, y)
	}
	var keep vector
	a = a.Add(b).Add(c).Add(d).Add(e).Add(f).Add(g).Add(h).Add(i).Add(j).Add(k).Add(l)
	a.Store(keep[:])
	kept = keep[0]
	return turns * 48 * x.Len() * 2
}

// kept is where a result goes that nobody reads, so that it is computed.
var kept float32
