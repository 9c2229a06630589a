package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

func (c *CPU) TokenLoss(losses, lse, logits *tensor.Tensor, targets []int32) {
	kernel.CrossEntropy(data(losses), data(lse), data(logits), targets, logits.Cols())
}

func (c *CPU) TokenLossGrad(dlogits tensor.Into, dlosses, logits, lse *tensor.Tensor, targets []int32) {
	kernel.CrossEntropyGrad(adding(dlogits), data(logits), data(lse), targets, data(dlosses), logits.Cols(), 1)
}

// Weigh sums in float64.
func (c *CPU) Weigh(sum, x *tensor.Tensor, weights []float32) {
	var all float64
	for r, v := range data(x) {
		if w := weights[r]; w != 0 {
			all += float64(w) * float64(v)
		}
	}
	data(sum)[0] = float32(all)
}

func (c *CPU) WeighGrad(dx tensor.Into, dsum *tensor.Tensor, weights []float32) {
	by := data(dsum)[0]
	for r, to := 0, adding(dx); r < len(to); r++ {
		to[r] += by * weights[r]
	}
}
