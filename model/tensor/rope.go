package tensor

import "math"

// RoPE rotates the rows of x (N,H,D) by their positions.
func (t *Tape) RoPE(x, cos, sin *Tensor, spans []Span) *Tensor {
	y := t.like(x)
	t.Backend.RoPE(y, x, cos, sin, spans)
	return t.record(node{back: ropeBack, in: [5]*Tensor{x, cos, sin}, out: y, spans: spans})
}

func ropeBack(t *Tape, n *node) {
	t.Backend.RoPEGrad(t.grad(n.in[0]), n.out.Grad, n.in[1], n.in[2], n.spans)
}

// RoPETables makes cos and sin (P,D/2) of p·base^(-2i/D), in float64 before
// they are rounded.
func RoPETables(b Backend, positions, d int, base float64) (cos, sin *Tensor) {
	frequencies := make([]float64, d/2)
	for i := range frequencies {
		frequencies[i] = math.Pow(base, -2*float64(i)/float64(d))
	}
	return RoPETablesOf(b, positions, frequencies)
}

// RoPETablesOf makes cos and sin (P,D/2) of p·frequency; a frequency of 0 turns
// nothing.
func RoPETablesOf(b Backend, positions int, frequencies []float64) (cos, sin *Tensor) {
	half := len(frequencies)
	c, s := make([]float32, positions*half), make([]float32, positions*half)
	for p := range positions {
		for i, f := range frequencies {
			angle := float64(p) * f
			c[p*half+i], s[p*half+i] = float32(math.Cos(angle)), float32(math.Sin(angle))
		}
	}
	return From(b, c, positions, half), From(b, s, positions, half)
}
