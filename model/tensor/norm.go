package tensor

// LayerNorm normalises the rows of x; gain and bias (C) may be nil.
func (t *Tape) LayerNorm(x, gain, bias *Tensor, eps float32) *Tensor {
	y, mean, rstd := t.like(x), t.make(x.Rows()), t.make(x.Rows())
	t.Backend.LayerNorm(y, mean, rstd, x, gain, bias, eps)
	return t.record(node{back: layerNormBack, in: [5]*Tensor{x, gain, bias}, out: y, saved: [2]*Tensor{mean, rstd}})
}

func layerNormBack(t *Tape, n *node) {
	x, gain, bias := n.in[0], n.in[1], n.in[2]
	t.Backend.LayerNormGrad(t.room(x), t.grad(gain), t.grad(bias), n.out.Grad, x, gain, n.saved[0], n.saved[1])
}

// RMSNorm scales the rows of x to a root mean square of 1, then by gain, whose
// length is a row's: for x (N,H,D) and gain (D) each head on its own, which
// is QK-norm.
func (t *Tape) RMSNorm(x, gain *Tensor, eps float32) *Tensor {
	y, rstd := t.like(x), t.make(x.Rows())
	t.Backend.RMSNorm(y, rstd, x, gain, eps)
	return t.record(node{back: rmsNormBack, in: [5]*Tensor{x, gain}, out: y, saved: [2]*Tensor{rstd}})
}

func rmsNormBack(t *Tape, n *node) {
	x, gain := n.in[0], n.in[1]
	t.Backend.RMSNormGrad(t.room(x), t.grad(gain), n.out.Grad, x, gain, n.saved[0])
}
