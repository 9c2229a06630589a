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
	kernel.CrossEntropy(rows, lse.Data, logits.Data, targets, logits.Cols())
	var sum float64
	for r, l := range rows {
		if w := weights[r]; w != 0 {
			sum += float64(w) * float64(l)
		}
	}
	loss.Data[0] = float32(sum)
}

func (c *CPU) TokenLossGrad(dlogits, dloss, logits, lse *tensor.Tensor, targets []int32, weights []float32) {
	adding(dlogits)
	kernel.CrossEntropyGrad(dlogits.Data, logits.Data, lse.Data, targets, weights, logits.Cols(), dloss.Data[0])
}
