//go:build !js

package exchange

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// quantised are the types of blocks that are read and not written: where the f16
// numbers of a block stand, by its bytes.
var quantised = map[string]struct {
	t       gguf.Type
	numbers int
	bytes   int
	scales  []int
}{
	"Q4_0": {2, 32, 18, []int{0}}, "Q4_1": {3, 32, 20, []int{0, 2}}, "Q5_0": {6, 32, 22, []int{0}}, "Q5_1": {7, 32, 24, []int{0, 2}},
	"Q8_0": {8, 32, 34, []int{0}}, "IQ4_NL": {20, 32, 18, []int{0}}, "Q2_K": {10, 256, 84, []int{80, 82}}, "Q3_K": {11, 256, 110, []int{108}},
	"Q4_K": {12, 256, 144, []int{0, 2}}, "Q5_K": {13, 256, 176, []int{0, 2}}, "Q6_K": {14, 256, 210, []int{208}},
}

// withBlocks is a GGUF file of run whose embedding, put last, is of random blocks.
func withBlocks(t *testing.T, run checkpoint.Run, kind string) []byte {
	q, name := quantised[kind], "token_embd.weight"
	file := remade(t, run, func(f *gguf.File) {
		at := slices.IndexFunc(f.Tensors, func(x gguf.Tensor) bool { return x.Name == name })
		f.Tensors = append(slices.Delete(slices.Clone(f.Tensors), at, at+1), f.Tensors[at])
	})
	info := bytes.LastIndex(file, []byte(name)) + len(name) + 4 + 2*8
	binary.LittleEndian.PutUint32(file[info:], uint32(q.t))
	c := run.Recipe.Model
	numbers := (c.Vocab + 1) * c.Channels // with the end that is added
	rng := rand.New(rand.NewPCG(uint64(q.t), 1))
	blocks := make([]byte, numbers/q.numbers*q.bytes)
	for i := range blocks {
		blocks[i] = byte(rng.Uint32())
	}
	for at := 0; at < len(blocks); at += q.bytes {
		for _, s := range q.scales { // between 2⁻¹¹ and 2⁻⁹, of either sign
			binary.LittleEndian.PutUint16(blocks[at+s:], uint16(0x1000+rng.UintN(0x0800)|rng.UintN(2)<<15))
		}
	}
	file = append(file[:len(file)-4*numbers], blocks...)
	return append(file, make([]byte, -len(blocks)&31)...)
}

// Weights of all types of blocks are to us what they are to llama.cpp: the embedding
// has them, whose rows it looks up, which it does exactly; all else is F32.
func TestQuantisedAsLlamaCpp(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts llama.cpp")
	}
	if !kernel.Fast {
		t.Skip("llama.cpp is compared with the fast kernels")
	}
	shape := recipe.Model{Context: 96, Layers: 1, Heads: 4, KVHeads: 2, Channels: 256, Hidden: 64, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu"}
	run := checkpointtest.Fresh(t, shape, tokenizer.NewBytes())
	files := map[string][]byte{}
	for kind := range quantised {
		files[kind] = withBlocks(t, run, kind)
		for _, x := range asImported(t, files[kind]).Model.Parameters[0].Numbers() {
			if math.Abs(float64(x)) > 64 {
				t.Fatalf("%s: a weight of %v is none that tells much", kind, x)
			}
		}
	}
	followLlama(t, files, format.F32)
}

// llama.cpp cuts texts as we do by each rule that both know, and by SentencePiece's
// vocabularies.
func TestCutsAsLlamaCpp(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts llama.cpp")
	}
	if !kernel.Fast {
		t.Skip("llama.cpp is compared with the fast kernels")
	}
	files := map[string][]byte{"SentencePiece": ofPieces(t, clients[1].shape)}
	for _, rule := range splitRules {
		files[rule.names[0]] = remade(t, checkpointtest.Fresh(t, clients[1].shape, splitting(t, rule)), func(*gguf.File) {})
	}
	prompts := []string{"the thing said", awkward, "2026 2612 and12", "café 日本", "a", "Ünï's 1234567890", "\n\n x"}
	answers := askLlama(t, files, prompts, 1)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			back := asImported(t, file)
			for i, prompt := range prompts {
				if ids := back.Tokenizer.Encode([]byte(prompt)); !slices.Equal(ids, answers[name].Answers[i].IDs) {
					t.Errorf("llama.cpp cuts %q into %v, and we into %v", prompt, answers[name].Answers[i].IDs, ids)
				}
			}
		})
	}
}
