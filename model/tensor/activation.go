package tensor

// Add is a + b, of one shape.
func (t *Tape) Add(a, b *Tensor) *Tensor {
	y := t.like(a)
	t.Backend.Add(y, a, b)
	return t.record(node{back: addBack, in: [5]*Tensor{a, b}, out: y})
}

func addBack(t *Tape, n *node) {
	for _, x := range n.in[:2] {
		if dx := t.grad(x); dx.T != nil {
			t.Backend.AddGrad(dx, n.out.Grad)
		}
	}
}

// GELU is x·Φ(x), exactly.
func (t *Tape) GELU(x *Tensor) *Tensor {
	y := t.like(x)
	var slope *Tensor
	if t.recording && x.live {
		slope = t.like(x)
	}
	t.Backend.GELU(y, slope, x)
	return t.record(node{back: geluBack, in: [5]*Tensor{x}, out: y, saved: [2]*Tensor{slope}})
}

func geluBack(t *Tape, n *node) {
	dy := n.out.Grad
	t.Backend.GELUGrad(t.inherit(n.in[0], n), dy, n.saved[0])
}

// GELUTanh is GELU by its approximation with tanh.
func (t *Tape) GELUTanh(x *Tensor) *Tensor {
	y := t.like(x)
	var slope *Tensor
	if t.recording && x.live {
		slope = t.like(x)
	}
	t.Backend.GELUTanh(y, slope, x)
	return t.record(node{back: geluBack, in: [5]*Tensor{x}, out: y, saved: [2]*Tensor{slope}})
}

// ReLU2 is max(x,0)².
func (t *Tape) ReLU2(x *Tensor) *Tensor {
	y := t.like(x)
	t.Backend.ReLU2(y, x)
	return t.record(node{back: relu2Back, in: [5]*Tensor{x}, out: y})
}

func relu2Back(t *Tape, n *node) { t.Backend.ReLU2Grad(t.grad(n.in[0]), n.out.Grad, n.in[0]) }

// SwiGLU is gate·σ(gate)·up.
func (t *Tape) SwiGLU(gate, up *Tensor) *Tensor {
	y := t.like(gate)
	t.Backend.SwiGLU(y, gate, up)
	return t.record(node{back: swigluBack, in: [5]*Tensor{gate, up}, out: y})
}

func swigluBack(t *Tape, n *node) {
	gate, up := n.in[0], n.in[1]
	t.Backend.SwiGLUGrad(t.room(gate), t.room(up), n.out.Grad, gate, up)
}
