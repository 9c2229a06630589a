package model_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
)

func TestPick(t *testing.T) {
	probs := []float64{0.1, 0.4, 0.2, 0.25, 0.05}
	logits := make([]float32, len(probs))
	for i, p := range probs {
		logits[i] = float32(math.Log(p))
	}
	m := model.New(cpu.New(), recipe.Model{Vocab: 5, Context: 8, Layers: 1, Heads: 1, KVHeads: 1, Channels: 8, Hidden: 8, Norm: "rmsnorm", Position: "rope", RoPEBase: 1e4, MLP: "gelu"})
	g := model.NewGenerator(m)
	for _, c := range []struct {
		name string
		s    model.Sampling
		want []float64 // the distribution
	}{
		{"greedy", model.Sampling{Temperature: 0}, []float64{0, 1, 0, 0, 0}},
		{"plain", model.Sampling{Temperature: 1}, probs},
		{"top-k", model.Sampling{Temperature: 1, TopK: 2}, []float64{0, 0.4 / 0.65, 0, 0.25 / 0.65, 0}},
		{"top-k beyond all", model.Sampling{Temperature: 1, TopK: 50}, probs},
		{"top-p", model.Sampling{Temperature: 1, TopP: 0.7}, []float64{0, 0.4 / 0.85, 0.2 / 0.85, 0.25 / 0.85, 0}},
		{"tiny top-p", model.Sampling{Temperature: 1, TopP: 1e-9}, []float64{0, 1, 0, 0, 0}},
		{"cold", model.Sampling{Temperature: 0.5}, squares(probs)},
	} {
		const draws = 20000
		rng, count := c.s.Rand(), make([]float64, len(probs))
		for range draws {
			count[g.Pick(logits, c.s, rng)]++
		}
		for i, want := range c.want {
			// Five standard deviations of a share that is drawn 20,000 times.
			if off := math.Abs(count[i]/draws - want); off > 5*math.Sqrt(want*(1-want)/draws) {
				t.Errorf("%s: token %d was drawn %v of the time, want %v", c.name, i, count[i]/draws, want)
			}
		}
	}
}

func squares(p []float64) []float64 {
	out, total := make([]float64, len(p)), 0.0
	for i, x := range p {
		out[i] = x * x
		total += x * x
	}
	for i := range out {
		out[i] /= total
	}
	return out
}

func TestSameSeedSamePicks(t *testing.T) {
	m := model.New(cpu.New(), forms()["gpt2"])
	hashWeights(m)
	write := func(seed uint64) []int32 {
		g, s := model.NewGenerator(m), model.Sampling{Temperature: 1, Seed: seed}
		rng, logits := s.Rand(), g.Prompt([]int32{1})
		var ids []int32
		for range 40 {
			ids = append(ids, g.Pick(logits, s, rng))
			logits = g.Next(ids[len(ids)-1])
		}
		return ids
	}
	if !slices.Equal(write(1), write(1)) {
		t.Error("the same seed wrote two texts")
	}
	if slices.Equal(write(1), write(2)) {
		t.Error("two seeds wrote the same text")
	}
}

// What may be drawn is what sorting the whole vocabulary would leave, with
// many equal logits too.
func TestPickKeepsTheLikeliest(t *testing.T) {
	const v = 300
	c := forms()["qwen3"]
	c.Vocab = v
	g := model.NewGenerator(model.New(cpu.New(), c))
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 200
	if testing.Short() {
		rounds = 40
	}
	for round := range rounds {
		logits := make([]float32, v)
		for i := range logits {
			logits[i] = float32(rng.IntN(1 + round)) // from all equal to few equal
			if round%2 == 0 {
				logits[i] /= 8
			}
		}
		s := model.Sampling{Temperature: 0.5 + rng.Float64(), TopK: rng.IntN(v + 20), TopP: rng.Float64()}
		if round%3 == 0 {
			s.TopK = 0
		}
		kept := sorted(logits, s)
		drawn := map[int32]bool{}
		for range 400 {
			drawn[g.Pick(logits, s, rng)] = true
		}
		for id := range drawn {
			if !slices.Contains(kept, id) {
				t.Fatalf("round %d: %d was drawn, which is not among the %d likeliest", round, id, len(kept))
			}
		}
		if len(kept) <= 4 && len(drawn) != len(kept) {
			t.Errorf("round %d: only %d of %d were drawn", round, len(drawn), len(kept))
		}
		s.Temperature = 0
		if id := g.Pick(logits, s, rng); id != kept[0] {
			t.Errorf("round %d: the likeliest is %d, not %d", round, kept[0], id)
		}
	}
}

// sorted is what s leaves of the ids, likeliest first.
func sorted(logits []float32, s model.Sampling) []int32 {
	order, weights := make([]int32, len(logits)), make([]float64, len(logits))
	for i, z := range logits {
		order[i], weights[i] = int32(i), math.Exp(float64(z-slices.Max(logits))/s.Temperature)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case logits[a] > logits[b]:
			return -1
		case logits[a] < logits[b]:
			return 1
		}
		return 0
	})
	if s.TopK > 0 {
		order = order[:min(s.TopK, len(order))]
	}
	var total, sum float64
	for _, id := range order {
		total += weights[id]
	}
	for i, id := range order {
		if sum += weights[id]; s.TopP > 0 && sum >= s.TopP*total {
			return order[:i+1]
		}
	}
	return order
}

func TestOddLogits(t *testing.T) {
	c := forms()["qwen3"]
	g := model.NewGenerator(model.New(cpu.New(), c))
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, odd := range []float32{nan, inf, -inf, 3e38} {
		logits := make([]float32, c.Vocab)
		for i := range logits {
			logits[i] = odd
		}
		logits[3] = 1
		for _, s := range []model.Sampling{{}, {Temperature: 1}, {Temperature: 5e-324, TopK: 2}, {Temperature: 1, TopK: 3, TopP: 5e-324}, {Temperature: 10, TopP: 0.5}} {
			if id := g.Pick(logits, s, s.Rand()); id < 0 || int(id) >= c.Vocab {
				t.Errorf("of logits %v it picked %d", odd, id)
			}
		}
	}
}
