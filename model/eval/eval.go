// Package eval measures models.
package eval

import (
	"math"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/tensor"
)

// Loss is the mean loss, in nats a token, over n batches of s, which are the
// same for the same seed. between, unless nil, is called after each batch.
func Loss(m *model.GPT, t *tensor.Tape, s *data.Sampler, batch, n int, seed uint64, between func()) float64 {
	s.Seed(seed)
	var sum float64
	for range n {
		s.Next()
		t.Reset(false)
		sum += float64(m.Loss(t, s.X, s.Y, batch).Data[0])
		if between != nil {
			between()
		}
	}
	return sum / float64(n)
}

// BitsPerByte turns nats a token into bits a byte of text, by which models of
// different tokenizers can be compared.
func BitsPerByte(loss, bytesPerToken float64) float64 { return loss / math.Ln2 / bytesPerToken }
