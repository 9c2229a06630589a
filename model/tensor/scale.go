package tensor

// Scale is c·x.
func (t *Tape) Scale(x *Tensor, c float32) *Tensor {
	y := t.like(x)
	t.Backend.Scale(y, x, c)
	return t.record(node{back: scaleBack, in: [5]*Tensor{x}, out: y, scale: c})
}

func scaleBack(t *Tape, n *node) { t.Backend.ScaleGrad(t.grad(n.in[0]), n.out.Grad, n.scale) }
