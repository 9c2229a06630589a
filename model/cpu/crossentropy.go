package cpu

import (
	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// counted is the number of targets that are not masked.
func counted(targets []int32) int {
	n := 0
	for _, t := range targets {
		if t >= 0 {
			n++
		}
	}
	return n
}

// CrossEntropy is the mean over the rows that are not masked, 0 if all are.
func (c *CPU) CrossEntropy(loss, lse, logits *tensor.Tensor, targets []int32) {
	if cap(c.rows) < len(targets) {
		c.rows = make([]float32, len(targets))
	}
	rows := c.rows[:len(targets)]
	kernel.CrossEntropy(rows, lse.Data, logits.Data, targets, logits.Cols())
	var sum float64
	for _, l := range rows {
		sum += float64(l)
	}
	loss.Data[0] = float32(sum / float64(max(1, counted(targets))))
}

func (c *CPU) CrossEntropyGrad(dlogits, dloss, logits, lse *tensor.Tensor, targets []int32) {
	adding(dlogits)
	scale := dloss.Data[0] / float32(max(1, counted(targets)))
	kernel.CrossEntropyGrad(dlogits.Data, logits.Data, lse.Data, targets, logits.Cols(), scale)
}
