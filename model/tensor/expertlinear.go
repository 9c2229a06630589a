package tensor

// ExpertLinear is y[r] = w[e]·x[r] for x (R,I) and w (E,O,I): y (R,O). Expert e has
// counts[e] of the rows, one's after the other's: no row meets weights of another.
// counts must not change before Backward.
func (t *Tape) ExpertLinear(x, w *Tensor, counts []int32) *Tensor {
	if x.Cols() != w.Cols() || len(counts) != w.Dims[0] {
		panic("tensor: a linear layer that does not fit its experts")
	}
	y := t.make(x.Rows(), w.Dims[1])
	t.experts().ExpertLinear(y, x, w, counts)
	return t.record(node{back: expertLinearBack, in: [5]*Tensor{x, w}, out: y, ids: counts})
}

// dx[r] += w[e]ᵀ·dy[r];  dw[e] += Σ_r dy[r]·x[r]ᵀ
func expertLinearBack(t *Tape, n *node) {
	x, w := n.in[0], n.in[1]
	t.experts().ExpertLinearGrad(t.grad(x), t.grad(w), n.out.Grad, x, w, n.ids)
}
