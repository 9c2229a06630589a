package exchange

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

// karpathys are files of llama2.c with run's weights, as its export.py writes them.
func karpathys(t testing.TB, run checkpoint.Run, version int) fstest.MapFS {
	t.Helper()
	c := run.Recipe.Model
	byName := map[string][]float32{}
	for _, s := range layout.GGUF(run.Model, layout.Llama) { // its order of rows
		byName[s.Name] = s.Values(nil)
	}
	vocab := int32(c.Vocab)
	if version == 0 && !c.Tied {
		vocab = -vocab
	}
	numbers := []int32{int32(c.Channels), int32(c.Hidden), int32(c.Layers), int32(c.Heads), int32(c.KVHeads), vocab, int32(c.Context)}
	var b []byte
	put := func(x any) { b, _ = binary.Append(b, binary.LittleEndian, x) }
	layers := func(names ...string) {
		for _, name := range names {
			for l := range c.Layers {
				put(byName[strings.Replace("blk.%d."+name+".weight", "%d", string(rune('0'+l)), 1)])
			}
		}
	}
	if version == 0 {
		put(numbers)
		put(byName["token_embd.weight"])
		layers("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_down", "ffn_up")
		put(byName["output_norm.weight"])
		put(make([]float32, c.Context*c.HeadSize()))
	} else {
		put(uint32(0x616b3432))
		put(int32(version))
		put(numbers)
		put(c.Tied)
		b = append(b, make([]byte, 256-len(b))...)
		layers("attn_norm", "ffn_norm")
		put(byName["output_norm.weight"])
		put(byName["token_embd.weight"])
		layers("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_down", "ffn_up")
	}
	if !c.Tied {
		put(byName["output.weight"])
	}
	weights := b
	b = nil
	tokens, scores, _ := pieces()
	put(int32(27))
	for i, token := range tokens[:c.Vocab] {
		switch i {
		case 1, 2:
			token = "\n" + token + "\n"
		}
		token = strings.ReplaceAll(token, "▁", " ")
		put(scores[i])
		put(int32(len(token)))
		b = append(b, token...)
	}
	return fstest.MapFS{"stories.bin": {Data: weights}, llama2cTokens: {Data: b}}
}

// Weights of llama2.c give the logits that they were made of, in both versions, tied
// or not, and their tokens cut as SentencePiece does.
func TestLlama2c(t *testing.T) {
	tokens, _, _ := pieces()
	names := make([]string, len(tokens)-256)
	for i := range names {
		names[i] = "<" + strings.Repeat("x", i+1) + ">"
	}
	tok := tokenizer.NewBytes(names...)
	for _, tied := range []bool{true, false} {
		for version := range 2 {
			shape := recipe.Model{Context: 32, Layers: 2, Heads: 4, KVHeads: 2, Channels: 32, Hidden: 48, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Tied: tied}
			run := checkpointtest.Fresh(t, shape, tok)
			got, _, err := Import(karpathys(t, run, version), generous)
			if err != nil {
				t.Fatal(err)
			}
			logits := func(run checkpoint.Run) []float32 {
				tape := tensor.NewTape(cpu.New())
				tape.Reset(false)
				return run.Model.Forward(model.Whole(tape, []int32{1, 260, 5, 77, 261, 3}, []int{6})).Numbers()
			}
			if !slices.Equal(logits(got), logits(run)) {
				t.Errorf("version %d, tied %v: the logits are others", version, tied)
			}
			if ids, want := tokenizer.EncodeWhole(got.Tokenizer, []byte("the thing")), []int32{1, 261, 260}; !slices.Equal(ids[:3], want) {
				t.Errorf("it cuts into %v, want %v…", ids, want)
			}
		}
	}
}

// What is wrong with such files is said.
func TestBadLlama2c(t *testing.T) {
	run := checkpointtest.Fresh(t, recipe.Model{Context: 32, Layers: 1, Heads: 4, KVHeads: 2, Channels: 32, Hidden: 48, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Tied: true}, tokenizer.NewBytes("<a>", "<b>", "<c>"))
	good, one := karpathys(t, run, 0), karpathys(t, run, 1)
	quantized := slices.Clone(one["stories.bin"].Data)
	quantized[4] = 2
	huge := slices.Clone(one["stories.bin"].Data)
	binary.LittleEndian.PutUint32(huge[8:], 1<<20)
	nan := slices.Clone(good["stories.bin"].Data)
	binary.LittleEndian.PutUint32(nan[40:], math.Float32bits(float32(math.NaN())))
	with := func(weights, tokens []byte) fstest.MapFS {
		files := fstest.MapFS{"stories.bin": {Data: weights}}
		if tokens != nil {
			files[llama2cTokens] = &fstest.MapFile{Data: tokens}
		}
		return files
	}
	tokens := good[llama2cTokens].Data
	for name, c := range map[string]struct {
		files fstest.MapFS
		says  string
	}{
		"without its tokens": {with(good["stories.bin"].Data, nil), "tokenizer.bin: it is missing"},
		"quantized":          {with(quantized, tokens), "its version 2, which are quantized"},
		"cut off":            {with(one["stories.bin"].Data[:999], tokens), "it was cut off"},
		"huge":               {with(huge, tokens), "that is impossible"},
		"few tokens":         {with(good["stories.bin"].Data, tokens[:300]), "do not belong together"},
		"no tokens":          {with(good["stories.bin"].Data, []byte{1}), "do not belong together"},
		"a long token":       {with(good["stories.bin"].Data, []byte("\x01\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff")), "do not belong together"},
		"no number":          {with(nan, tokens), "no finite numbers"},
		"something else":     {with(append(slices.Clone(good["stories.bin"].Data), 0), tokens), "or is something else"},
	} {
		if _, _, err := Import(c.files, generous); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// FuzzLlama2c: whatever lies in the two files, Import gives a run that can be saved,
// or an error of the kinds that are told apart.
func FuzzLlama2c(f *testing.F) {
	run := checkpointtest.Fresh(f, recipe.Model{Context: 8, Layers: 1, Heads: 2, KVHeads: 1, Channels: 8, Hidden: 8, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Tied: true}, tokenizer.NewBytes("<a>", "<b>", "<c>"))
	for version := range 2 {
		files := karpathys(f, run, version)
		f.Add(files["stories.bin"].Data, files[llama2cTokens].Data)
	}
	f.Fuzz(func(t *testing.T, weights, tokens []byte) {
		tryImport(t, fstest.MapFS{"stories.bin": {Data: weights}, llama2cTokens: {Data: tokens}})
	})
}
