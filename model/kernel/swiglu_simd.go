//go:build goexperiment.simd && !purego

package kernel

// SwiGLU is SwiGLURef, fast.
func SwiGLU(y, gate, up []float32) {
	together(y, gate, up)
	w := vectorLen()
	full := len(y) - len(y)%w
	if full > 0 {
		swigluVectors(start(y), start(gate), start(up), full)
	}
	if full < len(y) {
		var g, u vector
		copy(g[:], gate[full:len(y)])
		copy(u[:], up[full:len(y)])
		swigluVectors(start(g[:]), start(g[:]), start(u[:]), w)
		copy(y[full:], g[:])
	}
}

// SwiGLUGrad is SwiGLUGradRef, fast.
func SwiGLUGrad(dgate, dup, dy, gate, up []float32) {
	n := len(dgate)
	together(dgate, dy, gate, up)
	together(need(dup, n), dy, gate, up)
	separate(dgate, dup)
	w := vectorLen()
	full := n - n%w
	if full > 0 {
		swigluGradVectors(start(dgate), start(dup), start(dy), start(gate), start(up), full)
	}
	if full < n {
		var dg, du, d, g, u vector
		copy(dg[:], dgate[full:])
		copy(du[:], dup[full:n])
		copy(d[:], dy[full:n])
		copy(g[:], gate[full:n])
		copy(u[:], up[full:n])
		swigluGradVectors(start(dg[:]), start(du[:]), start(d[:]), start(g[:]), start(u[:]), w)
		copy(dgate[full:], dg[:])
		copy(dup[full:n], du[:])
	}
}
