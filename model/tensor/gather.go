package tensor

// Gather brings rows together again: y (N,C) with y[n] = Σ_r weights[r]·x[r] over the
// rows r of x (R,C) with ids[r] = n, in their order. ids must not change before Backward.
func (t *Tape) Gather(x, weights *Tensor, ids []int32, rows int) *Tensor {
	y := t.make(rows, x.Cols())
	t.experts().Gather(y, x, weights, ids)
	return t.record(node{back: gatherBack, in: [5]*Tensor{x, weights}, out: y, ids: ids})
}

// dx[r] += weights[r]·dy[ids[r]];  dweights[r] += x[r]·dy[ids[r]]
func gatherBack(t *Tape, n *node) {
	x, weights := n.in[0], n.in[1]
	t.experts().GatherGrad(t.grad(x), t.grad(weights), n.out.Grad, x, weights, n.ids)
}
