package tensor

// Route deals N tokens to the chosen of E experts each (DeepSeek-V3, arXiv 2412.19437,
// eq. 12-16), by logits (N,E) and balance (E):
//
//	s = sigmoid(logits);  the chosen are those of the highest s + balance
//	weights = scale · s / Σ s of the chosen, or scale · s
//
// weights (R) are in the order of d. Of balance nothing is learned by the loss: what
// stands as its gradient is how many tokens each expert was dealt.
func (t *Tape) Route(logits, balance *Tensor, chosen int, scale float32, normed bool) (weights *Tensor, d Dealt) {
	rows, experts := logits.Rows(), logits.Cols()
	if chosen < 1 || chosen > experts {
		panic("tensor: more experts are chosen than there are")
	}
	d = Dealt{IDs: t.IDs(rows * chosen), Counts: t.IDs(experts), Scale: scale, Normed: normed}
	weights = t.make(rows * chosen)
	t.experts().Route(weights, logits, balance, d)
	return t.record(node{back: routeBack, in: [5]*Tensor{logits, balance}, out: weights, dealt: d}), d
}

// With S = Σ s, of the chosen:  ds = scale · (dw/S - Σ dw·s / S²), or scale · dw;
// dlogits = ds·s·(1-s)
func routeBack(t *Tape, n *node) {
	logits, balance := n.in[0], n.in[1]
	t.experts().RouteGrad(t.grad(logits), t.grad(balance), n.out.Grad, logits, n.dealt)
}
