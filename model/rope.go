package model

import (
	"math"

	"hornbook/model/recipe"
)

// Frequencies are those of c's RoPE (Su et al. 2021), one a pair of channels of a
// head: base^(-2i/R) for the R channels that turn, 0 for the others, which lie
// behind them in each half of a head, and stretched as c says.
func Frequencies(c Config) []float64 {
	f := make([]float64, c.Turning()/2)
	turning := len(f)
	if c.Rotary > 0 {
		turning = c.Rotary / 2
	}
	for i := range turning {
		f[i] = stretched(math.Pow(c.RoPEBase, -float64(i)/float64(turning)), c.Scaling)
	}
	return f
}

// stretched is a frequency as s changes it. Llama 3's way (Dubey et al. 2024; the
// formula stands in Meta's llama-models, apply_scaling) divides it where its wave is
// longer than Context/Low, leaves it where the wave is shorter than Context/High,
// and mixes the two between.
func stretched(frequency float64, s recipe.Scaling) float64 {
	switch s.Kind {
	case "linear":
		return frequency / s.Factor
	case "llama3":
		wave := 2 * math.Pi / frequency
		short := (float64(s.Context)/wave - s.Low) / (s.High - s.Low)
		short = max(0, min(1, short))
		return (1-short)*frequency/s.Factor + short*frequency
	}
	return frequency
}
