package tensor

// Divergence says (R) how far a student's next tokens are from a teacher's, by
// the logits (R,V) of both: with their softmax S and T and the mixture
// M = (1-β)·S + β·T
//
//	β·KL(T‖M) + (1-β)·KL(S‖M)
//
// in nats, the generalized Jensen–Shannon divergence (Agarwal et al. 2023, eq. 1).
// β of 0 is KL(T‖S), by which the student covers all that the teacher may say, and
// β of 1 KL(S‖T), by which it says nothing that the teacher would not: the
// divergence's limits, divided by β and by 1-β. No gradient reaches the teacher.
func (t *Tape) Divergence(student, teacher *Tensor, beta float32) *Tensor {
	d := t.make(student.Rows())
	t.Backend.Divergence(d, student, teacher, beta)
	return t.record(node{back: divergenceBack, in: [5]*Tensor{student, teacher}, out: d, scale: beta})
}

func divergenceBack(t *Tape, n *node) {
	t.Backend.DivergenceGrad(t.grad(n.in[0]), n.out.Grad, n.in[0], n.in[1], n.scale)
}

// Entropy is that (R), in nats, of the next token by logits (R,V):
//
//	-Σ_v p[v]·log p[v],   p = softmax(logits[r])
//
// It has no gradient.
func (t *Tape) Entropy(logits *Tensor) *Tensor {
	h := t.make(logits.Rows())
	t.Backend.Entropy(h, logits)
	return h
}
