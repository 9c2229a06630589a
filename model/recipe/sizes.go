package recipe

import (
	"maps"
	"slices"
)

// sizes are shapes of models that others have, to be timed with an adapter beside random
// weights: their contexts are those that an adapter may learn from on a small machine.
var sizes = map[string]Model{
	"smollm2-135m": {Vocab: 49152, Context: 256, Layers: 30, Heads: 9, KVHeads: 3, Channels: 576, Hidden: 1536, Norm: "rmsnorm", NormEps: 1e-5,
		Position: "rope", RoPEBase: 1e5, MLP: "swiglu", Tied: true},
	"gpt2-124m": {Vocab: 50257, Context: 256, Layers: 12, Heads: 12, KVHeads: 12, Channels: 768, Hidden: 3072, Norm: "layernorm", NormEps: 1e-5,
		Position: "learned", RoPEBase: 1e4, MLP: "gelu_tanh", Bias: true, Tied: true},
	"tinystories-33m": {Vocab: 50257, Context: 256, Layers: 4, Heads: 16, KVHeads: 16, Channels: 768, Hidden: 3072, Norm: "layernorm", NormEps: 1e-5,
		Position: "learned", RoPEBase: 1e4, MLP: "gelu_tanh", Bias: true, Biased: "rest", Unscaled: true, Tied: true},
	"qwen2.5-0.5b": {Vocab: 151936, Context: 128, Layers: 24, Heads: 14, KVHeads: 2, Channels: 896, Hidden: 4864, Norm: "rmsnorm", NormEps: 1e-6,
		Position: "rope", RoPEBase: 1e6, MLP: "swiglu", Bias: true, Biased: "qkv", Tied: true},
	"llama3.2-1b": {Vocab: 128256, Context: 128, Layers: 16, Heads: 32, KVHeads: 8, HeadDim: 64, Channels: 2048, Hidden: 8192, Norm: "rmsnorm", NormEps: 1e-5,
		Position: "rope", RoPEBase: 5e5, MLP: "swiglu", Tied: true},
}

// SizeNames are the names of those, in order.
func SizeNames() []string { return slices.Sorted(maps.Keys(sizes)) }

// BySize is the recipe by which an adapter is taught beside a model of that size, a row a
// step.
func BySize(name string) (Recipe, bool) {
	m, known := sizes[name]
	r := nanoGPT()
	r.Model = m
	r = FineTune(r, Lora, 0)
	r.Preset, r.Batch = name, 1
	return r, known
}
