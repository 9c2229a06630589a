package tensor

// Draw says which of the numbers that chance could give a Dropout takes: those
// of each Time rows of x, the b-th of a batch's, come from Seed and Row+b alone,
// so that a batch may be divided in any way.
type Draw struct {
	Seed uint64
	Row  int
	Time int
}

// Dropout sets a part rate of x (N,…) to zero and divides the rest by 1-rate
// (Srivastava et al. 2014). A tape that does not record leaves x as it is.
func (t *Tape) Dropout(x *Tensor, rate float32, d Draw) *Tensor {
	if !t.recording || rate == 0 {
		return x
	}
	y, mask := t.like(x), t.like(x)
	t.Backend.Dropout(y, mask, x, rate, d)
	return t.record(node{back: dropoutBack, in: [5]*Tensor{x}, out: y, saved: [2]*Tensor{mask}})
}

// dx += dy·mask
func dropoutBack(t *Tape, n *node) { t.Backend.DropoutGrad(t.grad(n.in[0]), n.out.Grad, n.saved[0]) }
