package model_test

import (
	"math"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// forms are small models of every kind of block.
func forms() map[string]recipe.Model {
	gpt2 := recipe.Model{Vocab: 11, Context: 8, Layers: 2, Heads: 2, KVHeads: 2, Channels: 12, Hidden: 20,
		Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu", Tied: true}
	biased := gpt2
	biased.Bias, biased.Tied = true, false
	qwen := recipe.Model{Vocab: 11, Context: 8, Layers: 2, Heads: 4, KVHeads: 2, Channels: 16, Hidden: 20,
		Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true}
	relu := qwen
	relu.MLP, relu.QKNorm, relu.Tied = "relu2", false, true
	back := qwen
	back.Lookback, back.Trigrams = 3, 17
	return map[string]recipe.Model{"gpt2": gpt2, "gpt2 with biases": biased, "qwen3": qwen, "relu2": relu, "lookback": back}
}

func TestParametersAreCounted(t *testing.T) {
	for name, c := range forms() {
		m, n := model.New(c), 0
		seen := map[string]bool{}
		for _, p := range m.Parameters {
			n += p.Len()
			if seen[p.Name] {
				t.Errorf("%s: two parameters are called %s", name, p.Name)
			}
			seen[p.Name] = true
		}
		if n != c.Parameters() {
			t.Errorf("%s has %d parameters, its recipe says %d", name, n, c.Parameters())
		}
	}
}

// The cache must change nothing: each prediction equals that of a fresh look
// at the same tokens, also after the context was full and half was read again.
func TestCacheEqualsReadingAgain(t *testing.T) {
	const cacheTolerance = 1e-5 // sums of another order
	for name, c := range forms() {
		m := model.New(c)
		hashWeights(m)
		cached, fresh := model.NewGenerator(m, cpu.New()), model.NewGenerator(m, cpu.New())
		ids := []int32{3, 1, 4}
		seen := slices.Clone(ids)
		probs := cached.Prompt(ids)
		for i := range 3 * c.Context {
			near(t, name, probs, fresh.Prompt(seen), cacheTolerance)
			id := int32((7*i + 2) % c.Vocab)
			if len(seen) == c.Context {
				seen = seen[c.Context/2:]
			}
			seen = append(seen, id)
			probs = cached.Next(id)
		}
	}
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	var sum float64
	for i := range want {
		sum += got[i]
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Fatalf("%s: probability %d is %v, want %v", what, i, got[i], want[i])
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Fatalf("%s: the probabilities add up to %v", what, sum)
	}
}

func TestPromptOfAnyLength(t *testing.T) {
	m := model.New(forms()["qwen3"])
	hashWeights(m)
	g, h := model.NewGenerator(m, cpu.New()), model.NewGenerator(m, cpu.New())
	for _, p := range g.Prompt(nil) {
		if p != 1.0/11 {
			t.Errorf("after nothing a token has probability %v, want 1/11", p)
		}
	}
	long := make([]int32, 100)
	for i := range long {
		long[i] = int32(i % 11)
	}
	near(t, "long prompt", g.Prompt(long), slices.Clone(h.Prompt(long[len(long)-8:])), 0)
}

func TestPick(t *testing.T) {
	probs := []float64{0.1, 0.4, 0.2, 0.25, 0.05}
	m := model.New(recipe.Model{Vocab: 5, Context: 8, Layers: 1, Heads: 1, KVHeads: 1, Channels: 8, Hidden: 8, Norm: "rmsnorm", Position: "rope", RoPEBase: 1e4, MLP: "gelu"})
	g := model.NewGenerator(m, cpu.New())
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
			count[g.Pick(probs, c.s, rng)]++
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
	m := model.New(forms()["gpt2"])
	hashWeights(m)
	write := func(seed uint64) []int32 {
		g, s := model.NewGenerator(m, cpu.New()), model.Sampling{Temperature: 1, Seed: seed}
		rng, probs := s.Rand(), g.Prompt([]int32{1})
		var ids []int32
		for range 40 {
			ids = append(ids, g.Pick(probs, s, rng))
			probs = g.Next(ids[len(ids)-1])
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

func TestInit(t *testing.T) {
	for name, c := range forms() {
		c.Channels, c.Vocab = 96, 200 // enough numbers for their deviation
		for _, how := range []string{"gpt2", "unit"} {
			a, b, other := model.New(c), model.New(c), model.New(c)
			a.Init(how, 5)
			b.Init(how, 5)
			other.Init(how, 6)
			if !slices.Equal(a.Parameters[0].Data, b.Parameters[0].Data) || slices.Equal(a.Parameters[0].Data, other.Parameters[0].Data) {
				t.Errorf("%s, %s: the seed does not decide the weights", name, how)
			}
			if d := deviation(a.Parameters[0].Data); how == "gpt2" && math.Abs(d-0.02) > 0.001 {
				t.Errorf("%s: embeddings begin with deviation %v, want 0.02", name, d)
			}
			tape := tensor.NewTape(cpu.New())
			tape.Reset(false)
			if loss := a.Loss(tape, []int32{1, 2, 3}, []int32{2, 3, 4}, 1).Data[0]; math.Abs(float64(loss)-math.Log(200)) > 1 {
				t.Errorf("%s, %s: the first loss is %v, want about ln 200 = 5.3", name, how, loss)
			}
		}
	}
}

func deviation(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(x)))
}
