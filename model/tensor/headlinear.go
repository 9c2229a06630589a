package tensor

// HeadLinear is y[n,h] = w[h]·x[n,h] for x (N,H,D) and w (H·O,I), of the first I
// channels of each head: y (N,H,O). Turned it is w[h]ᵀ·x[n,h], for w (H·I,O).
func (t *Tape) HeadLinear(x, w *Tensor, turned bool) *Tensor {
	heads := x.Dims[1]
	into, out := w.Cols(), w.Rows()/heads
	if turned {
		into, out = out, into
	}
	if w.Rows()%heads != 0 || into > x.Cols() {
		panic("tensor: a linear layer that does not fit its heads")
	}
	y := t.make(x.Dims[0], heads, out)
	t.experts().HeadLinear(y, x, w, turned)
	back := headLinearBack
	if turned {
		back = headLinearTurnedBack
	}
	return t.record(node{back: back, in: [5]*Tensor{x, w}, out: y})
}

// dx[n,h] += w[h]ᵀ·dy[n,h];  dw[h] += Σ_n dy[n,h]·x[n,h]ᵀ
func headLinearBack(t *Tape, n *node) { headLinearGrad(t, n, false) }

// dx[n,h] += w[h]·dy[n,h];  dw[h] += Σ_n x[n,h]·dy[n,h]ᵀ
func headLinearTurnedBack(t *Tape, n *node) { headLinearGrad(t, n, true) }

func headLinearGrad(t *Tape, n *node, turned bool) {
	x, w := n.in[0], n.in[1]
	t.experts().HeadLinearGrad(t.grad(x), t.grad(w), n.out.Grad, x, w, turned)
}
