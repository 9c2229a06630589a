package tensor

// Weigh is the sum of x (R) in which each row counts as its weight says, a
// single number:
//
//	Σ_r weights[r] · x[r]
//
// A row of weight 0 counts nothing, whatever it is. With weights of 1/R it is the
// mean; what else a weight says (who is speaking, how good a sample was) is its
// maker's. Weights count for the gradient as they are at Backward: who can say
// them only once x is known changes them until then.
func (t *Tape) Weigh(x *Tensor, weights []float32) *Tensor {
	sum := t.make(1)
	t.Backend.Weigh(sum, x, weights)
	return t.record(node{back: weighBack, in: [5]*Tensor{x}, out: sum, weights: weights})
}

func weighBack(t *Tape, n *node) {
	t.Backend.WeighGrad(t.grad(n.in[0]), n.out.Grad, n.weights)
}
