//go:build goexperiment.simd && !purego && !wasm

package kernel

import (
	"simd"
	"unsafe"
)

// reduce finds n, as the low bits of t, and r. It and raise are two functions
// so that each is small enough for the compiler to inline.
func reduce(x simd.Float32s) (r, t simd.Float32s) {
	// Not Min and Max: on amd64 they lose a NaN, or not, as the compiler
	// orders their operands.
	high, low := simd.BroadcastFloat32s(89), simd.BroadcastFloat32s(-87.5)
	x = high.IfElse(x.Greater(high), x)
	x = low.IfElse(x.Less(low), x)
	shift := simd.BroadcastFloat32s(12582912)
	t = x.MulAdd(simd.BroadcastFloat32s(1.44269504), shift)
	n := t.Sub(shift)
	r = n.MulAdd(simd.BroadcastFloat32s(-0.693359375), x)
	return n.MulAdd(simd.BroadcastFloat32s(2.12194440e-4), r), t
}

// raise is e^r·2^n.
func raise(r, t simd.Float32s) simd.Float32s {
	p := r.MulAdd(simd.BroadcastFloat32s(0.0013813881), simd.BroadcastFloat32s(0.0083690635))
	p = p.MulAdd(r, simd.BroadcastFloat32s(0.041668422))
	p = p.MulAdd(r, simd.BroadcastFloat32s(0.16666518))
	p = p.MulAdd(r, simd.BroadcastFloat32s(0.49999993))
	p = p.MulAdd(r.Mul(r), r).Add(simd.BroadcastFloat32s(1))
	half := t.ToBits().ShiftAllLeft(23).Add(simd.BroadcastUint32s(126 << 23)).BitsToFloat32()
	return p.Mul(half).Mul(simd.BroadcastFloat32s(2))
}

func expVectors(y, x unsafe.Pointer, n int, m, scale float32, sum *vector) {
	vm, vs := simd.BroadcastFloat32s(m), simd.BroadcastFloat32s(scale)
	total := simd.LoadFloat32s(sum[:])
	w := vs.Len()
	for i := 0; i < n; i += w {
		e := raise(reduce(load(x, i).Sub(vm).Mul(vs)))
		store(y, i, e)
		total = total.Add(e)
	}
	total.Store(sum[:])
}

// normal is Φ(x), given e = e^(-x²/2).
func normal(x, e simd.Float32s) simd.Float32s {
	one := simd.BroadcastFloat32s(1)
	t := one.Div(x.Abs().MulAdd(simd.BroadcastFloat32s(0.25), one))
	p := t.MulAdd(simd.BroadcastFloat32s(-0.08645247), simd.BroadcastFloat32s(0.31546412))
	p = p.MulAdd(t, simd.BroadcastFloat32s(-0.21194386))
	p = p.MulAdd(t, simd.BroadcastFloat32s(0.2196737))
	p = p.MulAdd(t, simd.BroadcastFloat32s(0.06321885))
	p = p.MulAdd(t, simd.BroadcastFloat32s(0.09947941))
	p = p.MulAdd(t, simd.BroadcastFloat32s(0.10056026))
	upper := p.Mul(t).Mul(e)
	return upper.IfElse(x.Less(simd.BroadcastFloat32s(0)), one.Sub(upper))
}

func geluVectors(y, slope, x unsafe.Pointer, n int) {
	minusHalf, density := simd.BroadcastFloat32s(-0.5), simd.BroadcastFloat32s(0.3989422804)
	w := minusHalf.Len()
	for i := 0; i < n; i += w {
		v := load(x, i)
		e := raise(reduce(v.Mul(v).Mul(minusHalf)))
		p := normal(v, e)
		store(slope, i, v.Mul(density).MulAdd(e, p))
		store(y, i, v.Mul(p))
	}
}

func swigluVectors(y, gate, up unsafe.Pointer, n int) {
	one := simd.BroadcastFloat32s(1)
	w := one.Len()
	for i := 0; i < n; i += w {
		g := load(gate, i)
		e := raise(reduce(g.Neg()))
		store(y, i, g.Mul(load(up, i)).Div(one.Add(e)))
	}
}

func swigluGradVectors(dgate, dup, dy, gate, up unsafe.Pointer, n int) {
	one := simd.BroadcastFloat32s(1)
	w := one.Len()
	for i := 0; i < n; i += w {
		g := load(gate, i)
		s := one.Div(one.Add(raise(reduce(g.Neg()))))
		slope := g.MulAdd(one.Sub(s), one)
		d := load(dy, i).Mul(s)
		store(dgate, i, load(dgate, i).Add(d.Mul(load(up, i)).Mul(slope)))
		store(dup, i, load(dup, i).Add(d.Mul(g)))
	}
}
