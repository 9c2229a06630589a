package cpu

import (
	"math"

	"hornbook/model/kernel"
)

// Softmax makes p, as long as z, the probabilities exp(z/temperature) divided by
// their sum. Both are the caller's.
func Softmax(p, z []float32, temperature float64) {
	const coldest = 1e-30 // its reciprocal is still a float32
	copy(p, z)
	var sums [2]float32
	kernel.CausalSoftmax(kernel.Mat(p[:len(z)], 1, len(z)), float32(1/math.Max(temperature, coldest)), sums[:])
}
