package tensor

// Join is [a | b], side by side in the last dimension.
func (t *Tape) Join(a, b *Tensor) *Tensor {
	if a.Rows() != b.Rows() {
		panic("tensor: rows of different numbers are joined")
	}
	var dims [MaxDims]int
	n := copy(dims[:], a.Dims)
	dims[n-1] += b.Cols()
	y := t.make(dims[:n]...)
	t.experts().Join(y, a, b)
	return t.record(node{back: joinBack, in: [5]*Tensor{a, b}, out: y})
}

func joinBack(t *Tape, n *node) {
	t.experts().JoinGrad(t.grad(n.in[0]), t.grad(n.in[1]), n.out.Grad)
}
