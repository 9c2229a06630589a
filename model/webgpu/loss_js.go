package webgpu

import (
	"math"

	"hornbook/model/tensor"
)

var (
	tokenLoss      = load("token_loss", "")
	tokenLossGrad  = load("token_loss_grad", "")
	weigh          = load("weigh", "")
	weighGrad      = load("weigh_grad", "")
	divergence     = load("divergence", "")
	divergenceGrad = load("divergence_grad", "")
	entropy        = load("entropy", "")
)

func (b *Backend) TokenLoss(losses, lse, logits *tensor.Tensor, targets []int32) {
	b.call(tokenLoss).on(losses, lse, logits).list(b.these(targets)).whole(logits.Cols()).rows(len(targets))
}

func (b *Backend) TokenLossGrad(dlogits tensor.Into, dlosses, logits, lse *tensor.Tensor, targets []int32) {
	n := logits.Len()
	b.call(tokenLossGrad).on(dlogits.T, dlosses, logits, lse).list(b.these(targets)).whole(n, logits.Cols()).yes(dlogits.Add).each(n)
}

// bits lists real numbers as whole ones.
func (b *Backend) bits(x []float32) []uint32 {
	b.rows.from(b.Card, len(x))
	for _, v := range x {
		b.rows.a = append(b.rows.a, math.Float32bits(v))
	}
	return b.rows.a
}

func (b *Backend) Weigh(sum, x *tensor.Tensor, weights []float32) {
	b.call(weigh).on(sum, x).list(b.bits(weights)).whole(len(weights)).groups(1)
}

func (b *Backend) WeighGrad(dx tensor.Into, dsum *tensor.Tensor, weights []float32) {
	b.call(weighGrad).on(dx.T, dsum).list(b.bits(weights)).whole(len(weights)).yes(dx.Add).each(len(weights))
}

// logs are log(1-β) and log β, as far as they are finite.
func logs(beta float32) (fromStudent, fromTeacher float32) {
	log := func(x float64) float32 { return float32(max(-1e30, math.Log(x))) }
	return log(1 - float64(beta)), log(float64(beta))
}

func (b *Backend) Divergence(d, student, teacher *tensor.Tensor, beta float32) {
	s, t := logs(beta)
	b.call(divergence).on(d, student, teacher).whole(student.Cols()).real(beta, s, t).rows(student.Rows())
}

func (b *Backend) DivergenceGrad(dstudent tensor.Into, dd, student, teacher *tensor.Tensor, beta float32) {
	s, t := logs(beta)
	b.call(divergenceGrad).on(dstudent.T, dd, student, teacher).whole(student.Cols()).real(beta, s, t).yes(dstudent.Add).rows(student.Rows())
}

func (b *Backend) Entropy(h, logits *tensor.Tensor) {
	b.call(entropy).on(h, logits).whole(logits.Cols()).rows(logits.Rows())
}
