package model_test

import (
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// pair is a model with weights of 16 bits, and one of the same numbers in float32.
func pair(c recipe.Model, t tensor.DType) (narrow, wide *model.GPT) {
	m := model.New(cpu.New(), c)
	hashWeights(m)
	narrow = m.Narrow(t)
	return narrow, narrow.On(cpu.New())
}

// Weights of 16 bits say what the same numbers in float32 say, to the bit, whatever
// reads them: a long pass, one token, many sequences.
func TestNarrowSaysTheSame(t *testing.T) {
	for name, c := range shapes {
		c.Context, c.Layers, c.Vocab = 96, 2, min(c.Vocab, 300)
		for _, dtype := range []tensor.DType{tensor.BF16, tensor.F16} {
			narrow, wide := pair(c, dtype)
			if narrow.Weights.Len() != c.Parameters() || narrow.Parameters[0].Storage.DType() != dtype {
				t.Fatalf("%s: %d weights, the first of type %d", name, narrow.Weights.Len(), narrow.Parameters[0].Storage.DType())
			}
			var logits [2][]float32
			for i, m := range []*model.GPT{narrow, wide} {
				g := model.NewGenerator(m)
				logits[i] = append(logits[i], g.Prompt(prompt(70))...)
				logits[i] = append(logits[i], g.Next(3)...)
				w := model.NewWriter(m)
				for _, line := range w.Write([]model.Prompt{{IDs: prompt(9), Seeds: []uint64{1, 2}}}, model.Rule{Tokens: 5, Sampling: model.Sampling{Temperature: 1}}, nil) {
					for _, id := range line {
						logits[i] = append(logits[i], float32(id))
					}
				}
			}
			if !slices.Equal(logits[0], logits[1]) {
				t.Errorf("%s, type %d: 16 bits say something else than the same numbers in float32", name, dtype)
			}
		}
	}
}

// What trains becomes float32, what does not keeps its 16 bits, and both learn what the
// same numbers in float32 learn, to the bit; a clone shares what cannot change.
func TestNarrowLearnsTheSame(t *testing.T) {
	c := shapes["wide mlp"]
	c.Context, c.Layers, c.Hidden = 32, 3, 96
	r, _ := recipe.ByName("quick")
	r.Model, r.From = c, recipe.Existing
	r.Tuning = recipe.Tuning{LastLayers: 1, LoRA: recipe.LoRA{Rank: 3, Alpha: 6, Targets: "query,down"}}
	ids, targets := prompt(64), prompt(65)[1:]
	for _, r.Trains = range []string{recipe.Adapter, recipe.Last, recipe.All} {
		narrow, wide := pair(c, tensor.BF16)
		shared := narrow.Clone()
		before := shared.Weights.Numbers()
		for _, m := range []*model.GPT{narrow, wide} {
			if r.Trains == recipe.Adapter {
				m.Adapt(r.Tuning.LoRA)
				m.InitAdapter(1)
			}
			m.Train(r)
			m.Grad(tensor.NewTape(m.Backend), data.Even(ids, targets, 2))
			w, g := m.TrainedWeights().Numbers(), m.Gradients.Numbers()
			for i := range w {
				w[i] -= 0.1 * g[i]
			}
			m.TrainedWeights().Upload(w)
		}
		if !slices.Equal(narrow.Weights.Numbers(), wide.Weights.Numbers()) || !slices.Equal(shared.Weights.Numbers(), before) {
			t.Errorf("%s: 16 bits learn something else, or change what their clone says", r.Trains)
		}
		still := 0
		for _, p := range narrow.Parameters {
			if p.Storage.DType() == tensor.BF16 {
				still += p.Len()
			}
		}
		if want := map[string]bool{recipe.Adapter: true, recipe.Last: true}[r.Trains]; want != (still > 0) {
			t.Errorf("%s: %d weights are still of 16 bits", r.Trains, still)
		}
		if r.Trains == recipe.Adapter {
			narrow.Merge()
			wide.Merge()
			if !slices.Equal(narrow.Weights.Numbers(), wide.Weights.Numbers()) {
				t.Error("merged they differ")
			}
		}
	}
}

// New tokens keep the 16 bits of all that does not grow.
func TestNarrowGrows(t *testing.T) {
	narrow, wide := pair(shapes["wide mlp"], tensor.F16)
	grown := narrow.Grow(2)
	if !slices.Equal(grown.Weights.Numbers(), wide.Grow(2).Weights.Numbers()) || grown.Parameters[2].Storage.DType() != tensor.F16 {
		t.Error("it grew into something else")
	}
}
