package exchange

import (
	"math"

	"hornbook/model"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/recipe"
)

// ropeFactors is the tensor by which llama.cpp divides RoPE's frequencies, where a
// model has Llama 3's scaling: the numbers that the scaling was made of are not in
// a GGUF file.
const ropeFactors = "rope_freqs.weight"

// keyScaling is our own key with those numbers.
const keyScaling = "hornbook.rope_scaling"

// factorsOf are the divisors of c's frequencies.
func factorsOf(c recipe.Model) []float32 {
	plain := c
	plain.Scaling = recipe.Scaling{}
	before, after := model.Frequencies(plain), model.Frequencies(c)
	factors := make([]float32, len(before))
	for i := range factors {
		factors[i] = float32(before[i] / after[i])
	}
	return factors
}

// scalingOf finds the scaling whose divisors t has: by our own key, else by the
// numbers of Llama 3's models, else by solving for them. They are all tried, and
// one is taken that gives each divisor within a millionth of what it is.
func scalingOf(f *gguf.File, t layout.Stored, m recipe.Model) (s recipe.Scaling, err error) {
	if len(t.Shape) != 1 || t.Shape[0] != m.HeadSize()/2 || t.Shape[0] > 1<<10 {
		return s, format.Wrong(format.Damaged, t.File, "tensor %q has shape %v, but the model needs one of %d", ropeFactors, t.Shape, m.HeadSize()/2)
	}
	factors := make([]float32, t.Shape[0])
	if err := t.Read(factors); err != nil {
		return s, format.Unreadable(t.File, err)
	}
	if x, is := f.Value(keyScaling).([]float64); is && len(x) == 4 && gives(m, recipe.Scaling{Kind: "llama3", Factor: x[0], Low: x[1], High: x[2], Context: int(x[3])}, factors) {
		return recipe.Scaling{Kind: "llama3", Factor: x[0], Low: x[1], High: x[2], Context: int(x[3])}, nil
	}
	if gives(m, s, factors) {
		return s, nil // divided by 1
	}
	largest := float64(factors[len(factors)-1])
	for _, context := range []int{8192, 4096, 2048, 16384, 32768, m.Context} {
		for _, high := range []float64{4, 2, 8, 32} {
			try := recipe.Scaling{Kind: "llama3", Factor: largest, Low: 1, High: high, Context: context}
			if gives(m, try, factors) {
				return try, nil
			}
		}
	}
	if try := solved(m, factors); gives(m, try, factors) {
		return try, nil
	}
	return s, format.Wrong(format.Unsupported, t.File, "its positions are scaled for a longer context by divisors (%s) that are not of Llama 3's way, which is not supported", ropeFactors)
}

// gives tells whether s divides m's frequencies by factors.
func gives(m recipe.Model, s recipe.Scaling, factors []float32) bool {
	m.Scaling = s
	if s.Kind != "" && (s.Factor <= 0 || s.High <= s.Low || s.Context < 1) {
		return false
	}
	for i, x := range factorsOf(m) {
		if !(math.Abs(float64(x-factors[i])) <= 1e-6*float64(x)) {
			return false
		}
	}
	return true
}

// solved is the scaling with Low 1 of two divisors between 1 and the largest: the
// part that is not divided grows evenly with the frequency between the two bounds.
func solved(m recipe.Model, factors []float32) recipe.Scaling {
	m.Scaling = recipe.Scaling{}
	largest := float64(factors[len(factors)-1])
	var parts, turns []float64
	for i, f := range model.Frequencies(m) {
		if d := float64(factors[i]); d > 1 && d < largest {
			parts, turns = append(parts, (1/d-1/largest)/(1-1/largest)), append(turns, f/(2*math.Pi))
		}
	}
	n := len(parts) - 1
	if n < 1 || parts[0] == parts[n] || turns[0] == turns[n] {
		return recipe.Scaling{}
	}
	slope := (parts[0] - parts[n]) / (turns[0] - turns[n]) // Context/(High-Low)
	begin := slope*turns[0] - parts[0]                     // Low/(High-Low)
	width := 1 / begin
	return recipe.Scaling{Kind: "llama3", Factor: largest, Low: 1, High: 1 + width, Context: int(math.Round(slope * width))}
}
