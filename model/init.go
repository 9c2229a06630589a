package model

import (
	"math"
	"math/rand/v2"
	"strings"

	"hornbook/model/tensor"
)

// Init draws the weights from seed, in one of two ways. "gpt2": normal with
// deviation 0.02, divided by √(2·layers) for the matrices that write to the
// residual stream, as nanoGPT does. "unit": embeddings of deviation 1,
// matrices of 1/√fan-in, and zeros in the matrices that write to the residual
// stream, in the head and in the table of trigrams, so that every block begins as the identity. Gains
// are 1 and biases 0 in both.
func (m *GPT) Init(how string, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x9E3779B97F4A7C15))
	for _, p := range m.Parameters {
		switch deviation := m.deviation(how, p); {
		case len(p.Dims) == 2:
			x := make([]float32, p.Len())
			for i := range x {
				x[i] = float32(rng.NormFloat64() * deviation)
			}
			p.Upload(x)
		case strings.HasSuffix(p.Name, "gain"):
			m.Backend.Fill(p, 1)
		default:
			m.Backend.Fill(p, 0)
		}
	}
}

// deviation is the standard deviation that matrix p begins with.
func (m *GPT) deviation(how string, p *tensor.Tensor) float64 {
	output := strings.HasSuffix(p.Name, "output.weight") || strings.HasSuffix(p.Name, "down.weight")
	embedding := strings.HasPrefix(p.Name, "tokens.") || strings.HasPrefix(p.Name, "positions.") ||
		strings.HasPrefix(p.Name, "lookback.")
	zero := output || p.Name == "trigrams.weight" || p == m.head.w && !m.Tied
	switch {
	case how == "unit" && zero:
		return 0
	case how == "unit" && embedding && !m.Tied:
		return 1
	case how == "unit" && !embedding:
		return 1 / math.Sqrt(float64(p.Cols()))
	case output:
		return 0.02 / math.Sqrt(2*float64(m.Layers))
	}
	return 0.02
}
