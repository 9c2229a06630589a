package model_test

import (
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/memtest"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// shapes are some in which different things are large: what a layer computes of
// wide heads, the cache, the MLP, the vocabulary.
var shapes = map[string]recipe.Model{
	"wide heads": {Vocab: 11, Context: 1024, Layers: 8, Heads: 1, KVHeads: 1, HeadDim: 256, Channels: 8, Hidden: 8, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 1e4, MLP: "swiglu", QKNorm: true},
	"wide mlp":   {Vocab: 11, Context: 700, Layers: 4, Heads: 4, KVHeads: 2, Channels: 64, Hidden: 1024, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 1e4, MLP: "swiglu"},
	"gpt2":       {Vocab: 11, Context: 1024, Layers: 6, Heads: 4, KVHeads: 4, Channels: 128, Hidden: 512, Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 1e4, MLP: "gelu_tanh", Bias: true},
	"many words": {Vocab: 50_000, Context: 128, Layers: 2, Heads: 4, KVHeads: 4, Channels: 16, Hidden: 16, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 1e4, MLP: "relu2"},
	"lookback":   {Vocab: 11, Context: 600, Layers: 2, Heads: 2, KVHeads: 2, Channels: 32, Hidden: 32, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 1e4, MLP: "swiglu", Lookback: 2, Trigrams: 64},
	"deepseek": {Vocab: 11, Context: 700, Layers: 3, Heads: 4, KVHeads: 4, Channels: 64, Hidden: 128, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 1e4, MLP: "swiglu",
		Latent: recipe.Latent{Query: 48, Rank: 24, Plain: 16, Turned: 8, Value: 20}, Experts: recipe.Experts{Count: 6, Chosen: 2, Shared: 1, Hidden: 40, Dense: 1, Normed: true, Scale: 1}, Ahead: 1},
}

func prompt(n int) []int32 {
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(i*i%11+i) % 11
	}
	return ids
}

// besides is memory that no shape decides: the smallest chunk of an arena.
const besides = 3 << 20

// What writing to the context's end takes is what WritingBytes says, or less.
func TestWritingBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("memory is the same whatever computes")
	}
	for name, c := range shapes {
		m := model.New(cpu.New(), c)
		hashWeights(m)
		for what, took := range map[string]struct{ is, said float64 }{
			"one sequence": {memtest.Live(func() any {
				g := model.NewGenerator(m)
				g.Probabilities(g.Prompt(prompt(c.Context)))
				return g
			}), c.WritingBytes(1, c.Context)},
			"eight sequences": {memtest.Live(func() any {
				w := model.NewWriter(m)
				prompts := []model.Prompt{{IDs: prompt(c.Context - 8), Seeds: []uint64{1, 2, 3, 4}}, {IDs: prompt(c.Context - 9), Seeds: []uint64{1, 2, 3, 4}}}
				w.Write(prompts, model.Rule{Tokens: 4}, nil)
				return w
			}), c.WritingBytes(8, c.Context)},
		} {
			if took.is > took.said+besides || took.is < took.said/4-besides {
				t.Errorf("%s, %s: it took %.1f MB, and %.1f are said", name, what, took.is/1e6, took.said/1e6)
			}
		}
	}
}

// A generator that has read nothing, or little, has taken little.
func TestGeneratorsCacheGrows(t *testing.T) {
	c := shapes["wide heads"]
	m := model.New(cpu.New(), c)
	hashWeights(m)
	took := memtest.Live(func() any {
		g := model.NewGenerator(m)
		g.Prompt(prompt(60))
		return g
	})
	if most := c.CacheBytes(1, c.Context) / 2; took > most {
		t.Errorf("60 tokens took %.1f MB, the whole context would take %.1f", took/1e6, 2*most/1e6)
	}
}

// A prompt that is read in pieces, into a cache that grows, says what one pass
// over all of it does; and so do the tokens after it.
func TestLongPrompts(t *testing.T) {
	for name, c := range shapes {
		m := model.New(cpu.New(), c)
		hashWeights(m)
		g, h := model.NewGenerator(m), model.NewGenerator(m)
		tape := tensor.NewTape(cpu.New())
		ids := prompt(c.Context)
		lengths := []int{63, 64, 65, c.Context / 2, c.Context - 1}
		if testing.Short() {
			lengths = lengths[:3]
		}
		for _, n := range lengths {
			g.Prompt(ids[:n])
			logits := g.Next(ids[n])
			tape.Reset(false)
			all := m.Forward(model.Whole(tape, ids[:n+1], []int{n + 1}))
			want := all.Numbers()[n*c.Vocab:]
			near(t, name, g.Probabilities(logits), h.Probabilities(want), 2e-5)
		}
	}
}
