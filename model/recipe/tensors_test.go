package recipe_test

import (
	"fmt"
	"testing"

	"hornbook/model/recipe"
)

// What is counted without the list is what the list has, of every shape.
func TestCounts(t *testing.T) {
	shapes := map[string]recipe.Model{"gpt2": {Vocab: 7, Context: 9, Layers: 3, Heads: 2, KVHeads: 2, Channels: 8, Hidden: 12, Norm: "layernorm", Position: "learned", MLP: "gelu", Bias: true, Tied: true},
		"qwen3":    {Vocab: 7, Context: 9, Layers: 5, Heads: 4, KVHeads: 2, HeadDim: 6, Channels: 8, Hidden: 12, Norm: "rmsnorm", Position: "rope", MLP: "swiglu", QKNorm: true},
		"qwen2":    {Vocab: 7, Context: 9, Layers: 2, Heads: 4, KVHeads: 2, Channels: 8, Hidden: 12, Norm: "rmsnorm", Position: "rope", MLP: "swiglu", Bias: true, Biased: "qkv"},
		"gpt-neox": {Vocab: 7, Context: 9, Layers: 2, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 12, Norm: "layernorm", Position: "rope", MLP: "gelu", Bias: true, Rotary: 4, Parallel: true}}
	for _, r := range append(recipe.Presets(), recipe.Further()...) {
		r.Model.Vocab = 65
		shapes[r.Preset] = r.Model
	}
	for name, m := range shapes {
		all := m.Tensors()
		if got, want := m.Parameters(), recipe.Count(all); got != want {
			t.Errorf("%s: %d parameters are counted, the list has %d", name, got, want)
		}
		names := map[string]bool{}
		for _, tensor := range all {
			names[tensor.Name] = true
		}
		if len(names) != len(all) {
			t.Errorf("%s: two of %d tensors share a name", name, len(all))
		}
		for _, trains := range []string{recipe.All, recipe.Last, recipe.Adapter} {
			for layers := 1; layers <= m.Layers; layers++ {
				r := recipe.Recipe{Model: m, Trains: trains, Tuning: recipe.Tuning{LastLayers: layers, LoRA: recipe.LoRA{Rank: 3, Targets: "query,down,head"}}}
				if got, want := r.Trained(), recipe.Count(r.Tensors()); got != want {
					t.Errorf("%s, %s %d: %d weights train, the list has %d", name, trains, layers, got, want)
				}
			}
		}
	}
}

// A shape that nobody has checked yet is counted as fast as any: the page
// counts while numbers are typed.
func TestCountsOfAnyShape(t *testing.T) {
	m := recipe.Model{Vocab: 7, Context: 8, Layers: 1 << 40, Heads: 1, KVHeads: 1, Channels: 8, Hidden: 8, Norm: "rmsnorm", Position: "rope", MLP: "gelu"}
	before := m.Parameters()
	m.Lookback = 1 << 40
	if got, want := m.Parameters()-before, (7+1)*8<<40; got != want {
		t.Errorf("tables of earlier tokens have %d parameters, want %d", got, want)
	}
}

// The numbers of a step follow from the list: those of a published model are
// those that were published (GPT-2 small: 124,439,808 parameters).
func TestPublishedCount(t *testing.T) {
	m := recipe.Model{Vocab: 50257, Context: 1024, Layers: 12, Heads: 12, KVHeads: 12, Channels: 768, Hidden: 3072,
		Norm: "layernorm", Position: "learned", MLP: "gelu_tanh", Bias: true, Tied: true}
	if got := fmt.Sprint(m.Parameters()); got != "124439808" {
		t.Errorf("GPT-2 small has %s parameters", got)
	}
}
