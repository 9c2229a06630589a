package tensor

// Linear is y = x·wᵀ + b for x (…,C), w (O,C) and b (O) or nil: y (…,O).
func (t *Tape) Linear(x, w, b *Tensor) *Tensor {
	if x.Cols() != w.Cols() {
		panic("tensor: linear of the wrong width")
	}
	var dims [4]int
	n := copy(dims[:], x.Dims)
	dims[n-1] = w.Dims[0]
	y := t.make(dims[:n]...)
	t.Backend.Linear(y, x, w, b)
	return t.record(node{back: linearBack, in: [5]*Tensor{x, w, b}, out: y})
}

// dx += dy·w;  dw += dyᵀ·x;  db += Σ_rows dy
func linearBack(t *Tape, n *node) {
	x, w, b := n.in[0], n.in[1], n.in[2]
	t.Backend.LinearGrad(t.grad(x), t.grad(w), t.grad(b), n.out.Grad, x, w)
}
