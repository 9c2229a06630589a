package tensor

// Into is where a gradient rule puts a gradient: it is added to T, or T is
// written whole, whatever its memory holds. A T of nil wants none.
type Into struct {
	T   *Tensor
	Add bool
}

// grad is where the gradient of x is put: it is written the first time and
// added to from then on. The rule that asks for it must put it, and of several
// of one tensor, in the order in which it asked.
func (t *Tape) grad(x *Tensor) Into {
	if x == nil || !x.live {
		return Into{}
	}
	g := t.view(x)
	of := g
	for of.of != nil {
		of = of.of
	}
	add := of.holds
	of.holds = true
	return Into{g, add}
}

// view is the gradient of x, that of the tensor that x is a view of in x's
// shape.
func (t *Tape) view(x *Tensor) *Tensor {
	switch {
	case x.Grad != nil:
	case x.of != nil:
		g := t.view(x.of)
		x.Grad = t.fresh(x.Dims...)
		x.Grad.Storage, x.Grad.Offset, x.Grad.of = g.Storage, g.Offset, g
	default:
		x.Grad = t.make(x.Dims...)
	}
	return x.Grad
}

// room is where x's gradient is put or, where x wants none, memory for what a
// rule computes along with others.
func (t *Tape) room(x *Tensor) Into {
	if g := t.grad(x); g.T != nil {
		return g
	}
	return Into{T: t.like(x)}
}

// inherit is grad(x) for an x as large as n's output, whose gradient is not
// needed after n: where x has none yet, that one becomes x's. The rule must then
// be able to write where it reads.
func (t *Tape) inherit(x *Tensor, n *node) Into {
	if !x.live || x.Grad != nil || x.of != nil {
		return t.grad(x)
	}
	x.Grad, n.out.Grad = n.out.Grad, nil
	return Into{T: x.Grad}
}
