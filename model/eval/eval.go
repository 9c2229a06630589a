// Package eval measures models.
package eval

import (
	"math"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/tensor"
)

// Losses fills out with the losses, in nats a token, of the batches of s that
// follow the first skip of seed, at most so many rows in a pass; the same seed draws the
// same. between, unless nil, is called after each; when it reports false, the rest is left
// out and Losses reports false.
func Losses(out []float32, skip, rows int, m *model.GPT, t *tensor.Tape, s data.Source, seed uint64, between func() bool) bool {
	s.Seed(seed)
	for range skip {
		s.Next()
	}
	for i := range out {
		out[i] = loss(s.Next(), rows, m, t)
		if between != nil && !between() {
			return false
		}
	}
	return true
}

// loss is that of b, at most so many rows in a pass.
func loss(b data.Batch, rows int, m *model.GPT, t *tensor.Tape) (sum float32) {
	for rest := len(b.IDs) / m.Context; rest > rows; rest -= rows {
		sum += loss(b.Rows(0, rows, m.Context), rows, m, t)
		b = b.Rows(rows, rest, m.Context)
	}
	t.Reset(false)
	return sum + m.Loss(t, b).Number()
}

// Mean is the mean of losses, taken in their order.
func Mean(losses []float32) float64 {
	var sum float64
	for _, l := range losses {
		sum += float64(l)
	}
	return sum / float64(len(losses))
}

// BitsPerByte turns nats a token into bits a byte of text, by which models of
// different tokenizers can be compared.
func BitsPerByte(loss, bytesPerToken float64) float64 { return loss / math.Ln2 / bytesPerToken }
