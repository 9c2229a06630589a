package tensor

// CrossEntropy is the mean loss, in nats, of predicting targets (R) from
// logits (R,V) over the rows whose target is not negative: a single number.
// targets must not change before Backward.
func (t *Tape) CrossEntropy(logits *Tensor, targets []int32) *Tensor {
	loss, lse := t.make(1), t.make(logits.Rows())
	t.Backend.CrossEntropy(loss, lse, logits, targets)
	return t.record(node{back: crossEntropyBack, in: [5]*Tensor{logits}, out: loss, saved: [2]*Tensor{lse}, ids: targets})
}

func crossEntropyBack(t *Tape, n *node) {
	t.Backend.CrossEntropyGrad(t.grad(n.in[0]), n.out.Grad, n.in[0], n.saved[0], n.ids)
}
