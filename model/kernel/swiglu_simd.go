//go:build goexperiment.simd && !purego

package kernel

import "simd"

// SwiGLU is SwiGLURef, fast. e^-gate goes through a buffer on the stack.
func SwiGLU(y, gate, up []float32) {
	n := len(y)
	together(y, gate, up)
	var e [chunk]float32
	for at := 0; at < n; at += chunk {
		to := min(at+chunk, n)
		expRow(e[:to-at], gate[at:to], 0, -1)
		swiglu(y[at:to], e[:to-at], gate[at:to], up[at:to])
	}
}

// swiglu computes y = gate·up/(1 + e).
func swiglu(y, e, gate, up []float32) {
	n, i := len(y), 0
	d, pe, p, q := start(y), start(e), start(gate), start(up)
	one := simd.BroadcastFloat32s(1)
	w := one.Len()
	for ; i+w <= n; i += w {
		store(d, i, load(p, i).Mul(load(q, i)).Div(one.Add(load(pe, i))))
	}
	if i < n {
		v := loadRest(gate, i).Mul(loadRest(up, i)).Div(one.Add(loadRest(e, i)))
		v.StorePart(y[i:])
	}
}

// SwiGLUGrad is SwiGLUGradRef, fast.
func SwiGLUGrad(dgate, dup, dy, gate, up []float32) {
	n := len(dgate)
	together(dgate, dy, gate, up)
	together(need(dup, n), dy, gate, up)
	separate(dgate, dup)
	var e [chunk]float32
	for at := 0; at < n; at += chunk {
		to := min(at+chunk, n)
		expRow(e[:to-at], gate[at:to], 0, -1)
		swigluGrad(dgate[at:to], dup[at:to], dy[at:to], e[:to-at], gate[at:to], up[at:to])
	}
}

// swigluGrad is SwiGLUGrad with e = e^-gate.
func swigluGrad(dgate, dup, dy, e, gate, up []float32) {
	n, i := len(dy), 0
	dg, du, d := start(dgate), start(dup), start(dy)
	pe, p, q := start(e), start(gate), start(up)
	w := simd.BroadcastFloat32s(0).Len()
	for ; i+w <= n; i += w {
		ofGate, ofUp := swigluSlopes(load(d, i), load(pe, i), load(p, i), load(q, i))
		store(dg, i, load(dg, i).Add(ofGate))
		store(du, i, load(du, i).Add(ofUp))
	}
	if i < n {
		ofGate, ofUp := swigluSlopes(loadRest(dy, i), loadRest(e, i), loadRest(gate, i), loadRest(up, i))
		loadRest(dgate, i).Add(ofGate).StorePart(dgate[i:])
		loadRest(dup, i).Add(ofUp).StorePart(dup[i:])
	}
}

func swigluSlopes(dy, e, gate, up simd.Float32s) (dgate, dup simd.Float32s) {
	one := simd.BroadcastFloat32s(1)
	s := one.Div(one.Add(e))
	slope := gate.MulAdd(one.Sub(s), one)
	dy = dy.Mul(s)
	return dy.Mul(up).Mul(slope), dy.Mul(gate)
}
