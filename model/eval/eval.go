// Package eval measures models.
package eval

import (
	"math"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/tensor"
)

// Loss is the mean loss, in nats a token, over n batches of s, which are the
// same for the same seed. between, unless nil, is called after each batch; when
// it reports false, the rest is left out.
func Loss(m *model.GPT, t *tensor.Tape, s *data.Sampler, batch, n int, seed uint64, between func() bool) float64 {
	s.Seed(seed)
	var sum float64
	done := 0
	for done < n {
		s.Next()
		t.Reset(false)
		sum += float64(m.Loss(t, s.X, s.Y, batch).Data[0])
		done++
		if between != nil && !between() {
			break
		}
	}
	return sum / float64(done)
}

// BitsPerByte turns nats a token into bits a byte of text, by which models of
// different tokenizers can be compared.
func BitsPerByte(loss, bytesPerToken float64) float64 { return loss / math.Ln2 / bytesPerToken }
