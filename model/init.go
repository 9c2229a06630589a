package model

import (
	"math"
	"math/rand/v2"

	"hornbook/model/recipe"
)

// Init draws the weights from seed, in one of two ways. "gpt2": normal with
// deviation 0.02, divided by √(2·layers) for the matrices that write to the
// residual stream, as nanoGPT does. "unit": embeddings of deviation 1,
// matrices of 1/√fan-in, and zeros in the matrices that write to the residual
// stream, in the head and in the table of trigrams, so that every block begins as the identity. Gains
// are 1 and biases 0 in both.
func (m *GPT) Init(how string, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x9E3779B97F4A7C15))
	for i, t := range m.Tensors() {
		p := m.Parameters[i]
		switch t.Role {
		case recipe.Gain:
			m.Backend.Fill(p, 1)
		case recipe.Bias, recipe.Load:
			m.Backend.Fill(p, 0)
		default:
			deviation, x := m.deviation(how, t), make([]float32, p.Len())
			for i := range x {
				x[i] = float32(rng.NormFloat64() * deviation)
			}
			p.Upload(x)
		}
	}
}

// deviation is the standard deviation that a matrix or a table begins with.
func (m *GPT) deviation(how string, t recipe.Tensor) float64 {
	unit := how == "unit"
	switch t.Role {
	case recipe.Table:
		if unit && !m.Tied {
			return 1
		}
	case recipe.Trigram, recipe.Head:
		if unit {
			return 0
		}
	case recipe.Matrix:
		if unit {
			return 1 / math.Sqrt(float64(t.Dims[len(t.Dims)-1]))
		}
	case recipe.Output:
		if unit {
			return 0
		}
		return 0.02 / math.Sqrt(2*float64(m.Layers))
	}
	return 0.02
}
