package tensor

// TokenLoss is the weighted sum of the losses, in nats, of predicting targets
// (R) from logits (R,V): a single number,
//
//	Σ_r weights[r] · -log softmax(logits[r])[targets[r]]
//
// A row of weight 0 or with a negative target counts nothing. With weights of
// 1/R it is the mean cross-entropy; what else a weight says (who is speaking,
// how good a sample was) is its maker's. targets and weights must not change
// before Backward.
func (t *Tape) TokenLoss(logits *Tensor, targets []int32, weights []float32) *Tensor {
	loss, lse := t.make(1), t.make(logits.Rows())
	t.Backend.TokenLoss(loss, lse, logits, targets, weights)
	return t.record(node{back: tokenLossBack, in: [5]*Tensor{logits}, out: loss, saved: [2]*Tensor{lse}, ids: targets, weights: weights})
}

func tokenLossBack(t *Tape, n *node) {
	t.Backend.TokenLossGrad(t.grad(n.in[0]), n.out.Grad, n.in[0], n.saved[0], n.ids, n.weights)
}
