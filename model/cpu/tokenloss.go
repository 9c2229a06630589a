package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// TokenLoss sums in float64.
func (c *CPU) TokenLoss(loss, lse, logits *tensor.Tensor, targets []int32, weights []float32) {
	if cap(c.rows) < len(targets) {
		c.rows = make([]float32, len(targets))
	}
	rows := c.rows[:len(targets)]
	kernel.CrossEntropy(rows, data(lse), data(logits), targets, logits.Cols())
	var sum float64
	for r, l := range rows {
		if w := weights[r]; w != 0 {
			sum += float64(w) * float64(l)
		}
	}
	data(loss)[0] = float32(sum)
}

func (c *CPU) TokenLossGrad(dlogits tensor.Into, dloss, logits, lse *tensor.Tensor, targets []int32, weights []float32) {
	kernel.CrossEntropyGrad(adding(dlogits), data(logits), data(lse), targets, weights, logits.Cols(), data(dloss)[0])
}
