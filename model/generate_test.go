package model_test

import (
	"math"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
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
	deep := relu
	deep.MLP, deep.KVHeads, deep.Ahead = "swiglu", 4, 1
	deep.Latent = recipe.Latent{Query: 10, Rank: 6, Plain: 5, Turned: 4, Value: 3}
	deep.Experts = recipe.Experts{Count: 5, Chosen: 2, Shared: 1, Hidden: 6, Dense: 1, Normed: true, Scale: 2}
	return map[string]recipe.Model{"deepseek": deep, "gpt2": gpt2, "gpt2 with biases": biased, "qwen3": qwen, "relu2": relu, "lookback": back}
}

// The parameters of a model, an adapter's included, are those that its recipe
// lists, one behind the other in Weights.
func TestParametersAreListed(t *testing.T) {
	lora := recipe.LoRA{Rank: 3, Alpha: 6, Targets: "query,gate,down,head"}
	for name, c := range forms() {
		m := model.New(cpu.New(), c)
		m.Adapt(lora)
		list, n := append(c.Tensors(), lora.On(c)...), 0
		if len(m.Parameters) != len(list) {
			t.Fatalf("%s has %d parameters, its recipe lists %d", name, len(m.Parameters), len(list))
		}
		for i, p := range m.Parameters {
			p.Upload(slices.Repeat([]float32{float32(i)}, p.Len()))
			if p.Name != list[i].Name || !slices.Equal(p.Dims, list[i].Dims) || !slices.Equal(m.Weights.Slice(n, p.Len()).Numbers(), p.Numbers()) {
				t.Errorf("%s: %s %v does not lie at %d, where its recipe lists %s %v", name, p.Name, p.Dims, n, list[i].Name, list[i].Dims)
			}
			n += p.Len()
		}
		if n != m.Weights.Len() {
			t.Errorf("%s has %d weights, its parameters %d", name, m.Weights.Len(), n)
		}
	}
}

// The cache must change nothing: each prediction equals that of a fresh look
// at the same tokens, also after the context was full and half was read again.
func TestCacheEqualsReadingAgain(t *testing.T) {
	const cacheTolerance = 1e-5 // sums of another order
	for name, c := range forms() {
		m := model.New(cpu.New(), c)
		hashWeights(m)
		cached, fresh := model.NewGenerator(m), model.NewGenerator(m)
		ids := []int32{3, 1, 4}
		seen := slices.Clone(ids)
		logits := cached.Prompt(ids)
		for i := range 3 * c.Context {
			near(t, name, cached.Probabilities(logits), fresh.Probabilities(fresh.Prompt(seen)), cacheTolerance)
			id := int32((7*i + 2) % c.Vocab)
			if len(seen) == c.Context {
				seen = seen[c.Context/2:]
			}
			seen = append(seen, id)
			logits = cached.Next(id)
		}
	}
}

// sumTolerance is for the sum of probabilities: of a large vocabulary float32
// adds up a hundred thousand in a few lanes.
const sumTolerance = 1e-5

func near(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	var sum float64
	for i := range want {
		sum += float64(got[i])
		if !(math.Abs(float64(got[i]-want[i])) <= tolerance) {
			t.Fatalf("%s: probability %d is %v, want %v", what, i, got[i], want[i])
		}
	}
	if math.Abs(sum-1) > sumTolerance {
		t.Fatalf("%s: the probabilities add up to %v", what, sum)
	}
}

func TestPromptOfAnyLength(t *testing.T) {
	m := model.New(cpu.New(), forms()["qwen3"])
	hashWeights(m)
	g, h := model.NewGenerator(m), model.NewGenerator(m)
	for _, p := range g.Probabilities(g.Prompt(nil)) {
		if math.Abs(float64(p)-1.0/11) > 1e-7 {
			t.Errorf("after nothing a token has probability %v, want 1/11", p)
		}
	}
	long := make([]int32, 100)
	for i := range long {
		long[i] = int32(i % 11)
	}
	near(t, "long prompt", g.Probabilities(g.Prompt(long)), h.Probabilities(h.Prompt(long[len(long)-8:])), 0)
}

// A token costs no memory of the Go heap, whatever block the model has.
func TestWritingAllocatesNothing(t *testing.T) {
	for name, c := range forms() {
		m := model.New(cpu.New(), c)
		hashWeights(m)
		g, s := model.NewGenerator(m), model.Sampling{Temperature: 0.8, TopK: 9, TopP: 0.9}
		rng, logits := s.Rand(), g.Prompt([]int32{1})
		write := func() {
			for range 2 * c.Context { // also where the context is full
				id := g.Pick(logits, s, rng)
				g.Probabilities(logits)
				logits = g.Next(id)
			}
		}
		write()
		if n := testing.AllocsPerRun(5, write); n != 0 {
			t.Errorf("%s: %v allocations for %d tokens, want none", name, n, 2*c.Context)
		}
	}
}

func TestInit(t *testing.T) {
	for name, c := range forms() {
		c.Channels, c.Vocab = 96, 200 // enough numbers for their deviation
		for _, how := range []string{"gpt2", "unit"} {
			a, b, other := model.New(cpu.New(), c), model.New(cpu.New(), c), model.New(cpu.New(), c)
			a.Init(how, 5)
			b.Init(how, 5)
			other.Init(how, 6)
			if !slices.Equal(a.Parameters[0].Numbers(), b.Parameters[0].Numbers()) || slices.Equal(a.Parameters[0].Numbers(), other.Parameters[0].Numbers()) {
				t.Errorf("%s, %s: the seed does not decide the weights", name, how)
			}
			if d := deviation(a.Parameters[0].Numbers()); how == "gpt2" && math.Abs(d-0.02) > 0.001 {
				t.Errorf("%s: embeddings begin with deviation %v, want 0.02", name, d)
			}
			tape := tensor.NewTape(cpu.New())
			tape.Reset(false)
			if loss := a.Loss(tape, data.Even([]int32{1, 2, 3}, []int32{2, 3, 4}, 1)).Number(); math.Abs(float64(loss)-math.Log(200)) > 1 {
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

// BenchmarkWrite is a token of the default preset, sampling included.
func BenchmarkWrite(b *testing.B) {
	r, _ := recipe.ByName(recipe.Default)
	r.Model.Vocab = r.VocabSize
	m := model.New(cpu.New(), r.Model)
	m.Init(r.Init, r.Seed)
	g, s := model.NewGenerator(m), model.Sampling{Temperature: 0.8, TopP: 0.95}
	rng, logits := s.Rand(), g.Prompt(nil)
	for b.Loop() {
		logits = g.Next(g.Pick(logits, s, rng))
	}
}
