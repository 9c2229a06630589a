// Package eval measures models.
package eval

import (
	"math"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/tensor"
)

// Losses fills out with the losses, in nats a token, of the batches of s that
// follow the first skip of seed; the same seed draws the same. between, unless
// nil, is called after each; when it reports false, the rest is left out and
// Losses reports false.
func Losses(out []float32, skip int, m *model.GPT, t *tensor.Tape, s data.Source, seed uint64, between func() bool) bool {
	s.Seed(seed)
	for range skip {
		s.Next()
	}
	for i := range out {
		t.Reset(false)
		out[i] = m.Loss(t, s.Next()).Number()
		if between != nil && !between() {
			return false
		}
	}
	return true
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
