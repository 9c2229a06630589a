// Package checkpointtest holds small runs of every form that can be saved, for
// the tests of how they are.
package checkpointtest

import (
	"testing"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

// Forms are small runs of every form that can be saved.
var Forms = map[string]recipe.Model{
	"qwen3":         {Context: 16, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, Channels: 16, Hidden: 24, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true},
	"llama":         {Context: 16, Layers: 2, Heads: 4, KVHeads: 2, Channels: 32, Hidden: 64, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 500000, MLP: "swiglu"},
	"llama, biases": {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Bias: true, Tied: true},
	"gpt2":          {Context: 16, Layers: 2, Heads: 2, KVHeads: 2, Channels: 32, Hidden: 40, Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu_tanh", Bias: true, Tied: true},
	"gpt2, bare":    {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu"},
	"qwen2":         {Context: 16, Layers: 2, Heads: 4, KVHeads: 2, Channels: 32, Hidden: 24, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Bias: true, Biased: "qkv", Tied: true},
	"mistral":       {Context: 16, Layers: 2, Heads: 4, KVHeads: 2, Channels: 32, Hidden: 24, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Window: 5},
	"llama 3": {Context: 16, Layers: 2, Heads: 2, KVHeads: 2, Channels: 32, Hidden: 24, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 500000, MLP: "swiglu",
		Scaling: recipe.Scaling{Kind: "llama3", Factor: 8, Low: 1, High: 4, Context: 64}},
	"gpt-neo":  {Context: 16, Layers: 2, Heads: 2, KVHeads: 2, Channels: 32, Hidden: 40, Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu_tanh", Bias: true, Biased: "rest", Tied: true, Unscaled: true, Window: 5, Windowed: "-w"},
	"gpt-neox": {Context: 16, Layers: 2, Heads: 2, KVHeads: 2, Channels: 32, Hidden: 40, Norm: "layernorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "gelu", Bias: true, Rotary: 4, Parallel: true},
	"deepseek": {Context: 16, Layers: 2, Heads: 2, KVHeads: 2, Channels: 32, Hidden: 40, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu",
		Latent:  recipe.Latent{Query: 12, Rank: 8, Plain: 6, Turned: 4, Value: 5},
		Experts: recipe.Experts{Count: 4, Chosen: 2, Shared: 1, Hidden: 10, Dense: 1, Normed: true, Scale: 1.5}, Ahead: 1},
	"no one's: relu2": {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "relu2"},
	"no one's: lookback": {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000,
		MLP: "swiglu", Lookback: 1, Trigrams: 8},
}

// Text is what the tests' tokenizers are made of.
const Text = "to be or not to be, é, 日本 and 🙂"

// modelOf makes a model of that shape with random weights, biases included, and the
// recipe of one.
func modelOf(t testing.TB, shape recipe.Model, tok tokenizer.Tokenizer) (recipe.Recipe, *model.GPT) {
	t.Helper()
	r, _ := recipe.ByName("tiny")
	r.Model, r.Tokenizer = shape, string(tok.Kind())
	r.Model.Vocab = tok.Size()
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	m := model.New(cpu.New(), r.Model)
	m.Init("gpt2", 7)
	weights := m.Weights.Numbers()
	for i := range weights { // so that no two are equal, and none is zero
		weights[i] += float32(i%17-8)*0.003 + 0.0001
	}
	m.Weights.Upload(weights)
	return r, m
}

// Chars is a tokenizer of Text's characters.
func Chars(t testing.TB) tokenizer.Tokenizer {
	t.Helper()
	tok, err := tokenizer.NewChars([]byte(Text))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// Logits are those of run's model after each of the first tokens of Text.
func Logits(run checkpoint.Run) []float32 {
	tape := tensor.NewTape(cpu.New())
	tape.Reset(false)
	ids := run.Tokenizer.Encode([]byte(Text))[:12]
	return run.Model.Forward(model.Whole(tape, ids, []int{len(ids)})).Numbers()
}
