//go:build !js

package exchange

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/format"
	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

// The tests of this file ask llama.cpp itself, which "make clients" installs.

// clients are the models that llama.cpp is given: wide enough for whole blocks
// of Q8_0.
var clients = []struct {
	name  string
	shape recipe.Model
}{
	{"qwen3", recipe.Model{Context: 96, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 32, Channels: 64, Hidden: 96, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true}},
	{"llama", recipe.Model{Context: 96, Layers: 2, Heads: 4, KVHeads: 2, Channels: 64, Hidden: 96, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 500000, MLP: "swiglu", Tied: true}},
	{"llama with biases", recipe.Model{Context: 96, Layers: 1, Heads: 2, KVHeads: 2, Channels: 64, Hidden: 96, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Bias: true}},
	{"gpt2", recipe.Model{Context: 96, Layers: 2, Heads: 4, KVHeads: 4, Channels: 64, Hidden: 96, Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu_tanh", Bias: true, Tied: true}},
	{"qwen2", recipe.Model{Context: 96, Layers: 2, Heads: 4, KVHeads: 2, Channels: 64, Hidden: 96, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Bias: true, Biased: "qkv", Tied: true}},
	{"gptneox", recipe.Model{Context: 96, Layers: 2, Heads: 4, KVHeads: 4, Channels: 64, Hidden: 96, Norm: "layernorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "gelu_tanh", Bias: true, Rotary: 4, Parallel: true}},
	{"llama 3, scaled", recipe.Model{Context: 96, Layers: 2, Heads: 2, KVHeads: 2, Channels: 64, Hidden: 96, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 500000, MLP: "swiglu",
		Scaling: recipe.Scaling{Kind: "llama3", Factor: 8, Low: 1, High: 4, Context: 64}}},
	{"deepseek", recipe.Model{Context: 96, Layers: 3, Heads: 4, KVHeads: 4, Channels: 64, Hidden: 96, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu",
		Latent:  recipe.Latent{Query: 48, Rank: 32, Plain: 16, Turned: 8, Value: 24},
		Experts: recipe.Experts{Count: 8, Chosen: 2, Shared: 1, Hidden: 32, Dense: 1, Normed: true, Scale: 1.5}}},
	{"llama, linear", recipe.Model{Context: 96, Layers: 1, Heads: 2, KVHeads: 2, Channels: 64, Hidden: 96, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Scaling: recipe.Scaling{Kind: "linear", Factor: 4}}},
}

// tolerances are for llama.cpp's logits against ours with the same rounded
// weights, as a part of the largest logit. In F32 sums are taken in another
// order. For F16 llama.cpp rounds the other factor of each product to F16 as
// well (2⁻¹¹), for Q8_0 to Q8_0 (1/254 of a block's largest), and the errors of
// many products meet.
var tolerances = map[format.DType]float64{format.F32: 1e-5, format.F16: 2e-3, format.Q8: 3e-2}

// geluTolerance is gpt2's in F32: llama.cpp looks GELU up in a table by its
// argument rounded to F16.
const geluTolerance = 1e-3

var clientText = strings.Repeat("Tom went to the café, and the owl said 日本 to him. “Hello,” said Tom 🙂.\n\nAnna’s    cat isn't here; it's 12 o'clock!\n", 8)

var clientPrompts = []string{
	"Tom", "the owl said", " said", "café 日本", "🙂", "Anna’s  ", "\n\nAnna", "it's 12", "“Hello,” ☃", "Tom went to the café, and the owl",
}

// taught is a run that has learned clientText a little: its best tokens stand
// apart from the others.
func taught(t *testing.T, shape recipe.Model, tok tokenizer.Tokenizer) checkpoint.Run {
	t.Helper()
	run := checkpointtest.Fresh(t, shape, tok)
	run.Model.Train(run.Recipe)
	ids := tok.Encode([]byte(clientText))
	tape := tensor.NewTape(cpu.New())
	const batch, time = 4, 48
	for step := range 60 {
		var x, y []int32
		for b := range batch {
			at := (step*31 + b*67) % (len(ids) - time - 1)
			x, y = append(x, ids[at:at+time]...), append(y, ids[at+1:at+time+1]...)
		}
		run.Model.Grad(tape, data.Even(x, y, batch))
		var square float64
		gradients, weights := run.Model.Gradients.Numbers(), run.Model.Weights.Numbers()
		for _, g := range gradients {
			square += float64(g) * float64(g)
		}
		rate := float32(0.5 / math.Max(1, math.Sqrt(square)))
		for i, g := range gradients {
			weights[i] -= rate * g
		}
		run.Model.Weights.Upload(weights)
	}
	return run
}

type clientAnswer struct {
	Answers []struct {
		IDs, Written []int32
		Logits       [][]float32
	}
	EOS int32
}

const clientTokens = 50

// askLlama lets llama.cpp, started once, go on from the prompts by each file.
func askLlama(t *testing.T, files map[string][]byte, prompts []string, tokens int) (answers map[string]clientAnswer) {
	t.Helper()
	askClients(t, "llama.mjs", files, map[string]any{"prompts": prompts, "tokens": tokens, "context": 96}, &answers)
	return answers
}

// followLlama compares what llama.cpp makes of each file with what we make of it.
func followLlama(t *testing.T, files map[string][]byte, dtype format.DType) {
	t.Helper()
	answers := askLlama(t, files, clientPrompts, clientTokens)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			compareWithLlama(t, asImported(t, file), answers[name], dtype)
		})
	}
}

func asImported(t *testing.T, file []byte) checkpoint.Run {
	t.Helper()
	run, _, err := Import(fstest.MapFS{"a.gguf": &fstest.MapFile{Data: file}}, generous)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// llama.cpp cuts our prompts into the same ids. With f32 it writes the same
// tokens; with f16 and q8_0, where it rounds on the way, its logits are ours
// within a tolerance, and it writes another token only where our two best are
// closer than twice that.
func TestLlamaCpp(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts llama.cpp three times")
	}
	if !kernel.Fast {
		t.Skip("llama.cpp is compared with the fast kernels")
	}
	chars, err := tokenizer.NewChars([]byte(clientText))
	if err != nil {
		t.Fatal(err)
	}
	bpe, err := tokenizer.TrainBPE([]byte(clientText), 300, tokenizer.WithSpecials(layout.EndOfText))
	if err != nil {
		t.Fatal(err)
	}
	toks := []tokenizer.Tokenizer{chars, tokenizer.NewBytes(), bpe}
	files := map[format.DType]map[string][]byte{format.F32: {}, format.F16: {}, format.Q8: {}}
	for i, c := range clients {
		tok := toks[i%len(toks)]
		run := taught(t, c.shape, tok)
		dtypes := []format.DType{format.F32, format.F16, format.Q8}
		if i >= 4 { // how numbers are rounded does not hang on the form
			dtypes = dtypes[:1]
		}
		for _, dtype := range dtypes {
			var file bytes.Buffer
			if notes, err := WriteGGUF(&file, run, dtype); err != nil || len(notes) > 0 {
				t.Fatal(c.name, dtype, err, notes)
			}
			files[dtype][c.name+", "+string(tok.Kind())+", "+string(dtype)] = file.Bytes()
		}
	}
	for dtype, some := range files {
		followLlama(t, some, dtype)
	}
}

func compareWithLlama(t *testing.T, run checkpoint.Run, a clientAnswer, dtype format.DType) {
	end, has := run.Tokenizer.Special(layout.EndOfText)
	if !has {
		end = int32(run.Tokenizer.Size())
	}
	if a.EOS != end {
		t.Errorf("llama.cpp takes token %d for the end of text, want %d", a.EOS, end)
	}
	g := model.NewGenerator(run.Model)
	tolerance := tolerances[dtype]
	if dtype == format.F32 && run.Recipe.Model.MLP == "gelu_tanh" {
		tolerance = geluTolerance
	}
	worst, others := 0.0, 0
	for i, prompt := range clientPrompts {
		theirs := a.Answers[i]
		if ids := run.Tokenizer.Encode([]byte(prompt)); !reflect.DeepEqual(theirs.IDs, ids) {
			t.Fatalf("llama.cpp cuts %q into %v, want %v", prompt, theirs.IDs, ids)
		}
		if len(theirs.Written) != clientTokens {
			t.Fatalf("llama.cpp wrote %d tokens after %q, want %d", len(theirs.Written), prompt, clientTokens)
		}
		ours := g.Prompt(theirs.IDs)
		for step, id := range theirs.Written {
			off := largestOff(theirs.Logits[step][:len(ours)], ours)
			worst = max(worst, off)
			best := argmax(ours)
			if id != best {
				others++
				gap := float64(ours[best]-ours[id]) / largest(ours)
				if dtype == format.F32 || gap > 2*tolerance {
					t.Fatalf("after %q, at token %d, llama.cpp writes %d and we %d, %.2g apart", prompt, step, id, best, gap)
				}
			}
			ours = g.Next(id)
		}
	}
	if worst > tolerance || math.IsNaN(worst) {
		t.Errorf("logits are off by %.2g of the largest, more than %g", worst, tolerance)
	}
	t.Logf("%d tokens: logits within %.2g of the largest, %d other choices", len(clientPrompts)*clientTokens, worst, others)
}

func argmax(x []float32) (best int32) {
	for i := range x {
		if x[i] > x[best] {
			best = int32(i)
		}
	}
	return best
}

func largest(x []float32) (l float64) {
	for _, v := range x {
		l = max(l, math.Abs(float64(v)))
	}
	return l
}
