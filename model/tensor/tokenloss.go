package tensor

// TokenLoss is the loss (R), in nats, of predicting targets (R) from logits
// (R,V):
//
//	loss[r] = -log softmax(logits[r])[targets[r]]
//
// A row with a negative target has none: 0. targets must not change before
// Backward.
func (t *Tape) TokenLoss(logits *Tensor, targets []int32) *Tensor {
	losses, lse := t.make(logits.Rows()), t.make(logits.Rows())
	t.Backend.TokenLoss(losses, lse, logits, targets)
	return t.record(node{back: tokenLossBack, in: [5]*Tensor{logits}, out: losses, saved: [2]*Tensor{lse}, ids: targets})
}

func tokenLossBack(t *Tape, n *node) {
	t.Backend.TokenLossGrad(t.grad(n.in[0]), n.out.Grad, n.in[0], n.saved[0], n.ids)
}
