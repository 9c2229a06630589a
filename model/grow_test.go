package model_test

import (
	"math"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
)

// A model with more tokens says of the old ones what it said, next to each
// other, and holds the new ones for as likely as one of them.
func TestGrow(t *testing.T) {
	for name, c := range forms() {
		c.Trigrams = 0
		m := model.New(cpu.New(), c)
		hashWeights(m)
		larger := m.Grow(5)
		if larger.Vocab != c.Vocab+5 || larger.Weights.Len() != larger.Config.Parameters() {
			t.Fatalf("%s: %d tokens became %d", name, c.Vocab, larger.Vocab)
		}
		for _, prompt := range [][]int32{{3}, {3, 1, 4, 1, 5}} {
			before := slices.Clone(model.NewGenerator(m).Prompt(prompt))
			after := model.NewGenerator(larger).Prompt(prompt)
			var mean float64
			for i, z := range before {
				mean += float64(z) / float64(len(before))
				if math.Abs(float64(z-after[i])) > 1e-5 {
					t.Errorf("%s: the logit of token %d was %v and is %v", name, i, z, after[i])
				}
			}
			for _, z := range after[c.Vocab:] {
				if math.Abs(float64(z)-mean) > 1e-5 {
					t.Errorf("%s: a new token has the logit %v, the mean is %v", name, z, mean)
				}
			}
		}
	}
}
