package exchange

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/recipe"
)

// Keys of our own, by which an import of our export gives the same model.
const (
	keyMLP       = "hornbook.mlp"       // recipe.Model.MLP: gpt2 does not tell one GELU from the other
	keyTokenizer = "hornbook.tokenizer" // the kind
	keyEndAdded  = "hornbook.end_added" // the last token is not the model's: it is there so that llama.cpp knows an end
)

// fileTypes are general.file_type of llama.cpp.
var fileTypes = map[format.DType]uint32{format.F32: 0, format.F16: 1, format.Q8: 7}

// ggufTypes are the types of matrices; vectors and positions stay F32.
var ggufTypes = map[format.DType]gguf.Type{format.F32: gguf.F32, format.F16: gguf.F16, format.Q8: gguf.Q8_0}

// NoteGELU is WriteGGUF's note on models with exact GELU.
const NoteGELU = "llama.cpp computes GELU by its approximation with tanh, and this model was trained with the exact one: it will write almost, but not always, the same"

// NoteAhead is WriteGGUF's note on models that expect the word after the next too.
const NoteAhead = "the block that expects the word after the next is left out, since llama.cpp has no place for it; what the model writes does not need it"

// NoteF16 is WriteGGUF's note on rows that Q8_0 cannot have.
const NoteF16 = "some matrices have rows that are no multiple of 32 and cannot be q8_0; they are written as f16"

// WriteGGUF writes model, with an adapter merged into its weights, and tokenizer
// for llama.cpp, and returns what a person should know of it. Where the vocabulary has no end of text, one more token is
// added, because llama.cpp takes token 11 for it otherwise. Its row in the head
// is the mean of the others, so its logit is the mean of theirs and never the
// largest.
func WriteGGUF(w io.Writer, run checkpoint.Run, t format.DType) (notes []string, err error) {
	f, err := exportable(run)
	if err != nil {
		return nil, err
	}
	if _, known := ggufTypes[t]; !known {
		return nil, format.Wrong(format.Unsupported, "", "GGUF is written as f32, f16 or q8_0, not as %q", t)
	}
	if err := ggufable(run.Recipe.Model, f); err != nil {
		return nil, err
	}
	pre, defined, err := ruleOf(run.Tokenizer)
	if err != nil {
		return nil, err
	}
	run = merged(run)
	hasEnd := len(run.Manner().Ends) > 0
	slots := layout.GGUF(run.Model, f)
	tensors := make([]gguf.Lazy, len(slots))
	short := false
	var room []float32
	for i, s := range slots {
		if s.PerID && !hasEnd {
			s.Mean = true
			s.Shape[0]++
		}
		tensors[i] = gguf.Lazy{Name: s.Name, Shape: s.Shape, Type: ggufTypes[t], Values: func() []float32 {
			room = slices.Grow(room, s.Len())
			return s.Values(room)
		}}
		switch cols := s.Shape[len(s.Shape)-1]; {
		case len(s.Shape) == 1 || s.Name == "position_embd.weight":
			tensors[i].Type = gguf.F32
		case t == format.Q8 && cols%32 != 0:
			tensors[i].Type = gguf.F16
			short = true
		}
	}
	if run.Recipe.Model.MLP == "gelu" {
		notes = append(notes, NoteGELU)
	}
	if run.Recipe.Model.Ahead > 0 {
		notes = append(notes, NoteAhead)
	}
	if short {
		notes = append(notes, NoteF16)
	}
	pairs := append(ggufModel(run, f, t), ggufTokens(run, pre, defined)...)
	pairs = append(pairs, pairsOfPapers(run, pairs)...)
	if c := run.Recipe.Model; c.Scaling.Kind == "llama3" {
		s := c.Scaling
		pairs = append(pairs, gguf.Pair{Key: keyScaling, Value: []float64{s.Factor, s.Low, s.High, float64(s.Context)}})
		tensors = append(tensors, gguf.Lazy{Name: ropeFactors, Shape: []int{c.HeadSize() / 2}, Type: gguf.F32, Values: func() []float32 { return factorsOf(c) }})
	}
	if err := gguf.Write(w, pairs, tensors); err != nil {
		return nil, fmt.Errorf("write GGUF: %w", err)
	}
	return notes, nil
}

// ggufable refuses what llama.cpp has no way to compute.
func ggufable(c recipe.Model, f layout.Family) error {
	switch {
	case layout.GGUFArchitecture(f) == "":
		return format.Wrong(format.Unsupported, "", "llama.cpp has no form for %s; export it as hf", layout.Architecture(f))
	case c.Window > 0:
		return format.Wrong(format.Unsupported, "", "llama.cpp's %s has no attention over a window; export it as hf", layout.GGUFArchitecture(f))
	case f == layout.DeepSeek && (c.Layers == 26 || c.Layers == 27):
		return format.Wrong(format.Unsupported, "", "llama.cpp takes a deepseek2 of %d layers for DeepSeek V2 Lite, which has another form; export it as hf", c.Layers)
	case f == layout.NeoX && c.Biased != "":
		return format.Wrong(format.Unsupported, "", "llama.cpp's gptneox has biases everywhere, and this model not; export it as hf")
	}
	return nil
}

// ggufModel are the keys that describe the model.
func ggufModel(run checkpoint.Run, f layout.Family, t format.DType) []gguf.Pair {
	c, arch := run.Recipe.Model, layout.GGUFArchitecture(f)
	number := func(key string, n int) gguf.Pair { return gguf.Pair{Key: arch + "." + key, Value: uint32(n)} }
	real := func(key string, x float64) gguf.Pair { return gguf.Pair{Key: arch + "." + key, Value: float32(x)} }
	vocab := c.Vocab
	if len(run.Manner().Ends) == 0 {
		vocab++
	}
	pairs := []gguf.Pair{
		{Key: "general.architecture", Value: arch},
		{Key: "general.name", Value: cmp.Or(run.Name, "Hornbook model")},
		{Key: "general.file_type", Value: fileTypes[t]},
		{Key: "general.quantization_version", Value: uint32(2)},
		number("context_length", c.Context), number("embedding_length", c.Channels), number("block_count", c.Layers),
		number("feed_forward_length", c.Hidden), number("attention.head_count", c.Heads),
		number("vocab_size", vocab), {Key: keyMLP, Value: c.MLP},
	}
	if c.Norm == "layernorm" {
		pairs = append(pairs, real("attention.layer_norm_epsilon", c.NormEps))
	}
	if c.Position == "learned" {
		return pairs
	}
	pairs = append(pairs, number("rope.dimension_count", cmp.Or(c.Rotary, c.Turning())), real("rope.freq_base", c.RoPEBase))
	if c.Scaling.Kind == "linear" {
		pairs = append(pairs, gguf.Pair{Key: arch + ".rope.scaling.type", Value: "linear"}, real("rope.scaling.factor", c.Scaling.Factor))
	}
	if f == layout.DeepSeek {
		return append(pairs, ggufDeepSeek(c, number, real)...)
	}
	if f == layout.NeoX {
		return append(pairs, gguf.Pair{Key: arch + ".use_parallel_residual", Value: c.Parallel})
	}
	return append(pairs, number("attention.head_count_kv", c.KVHeads), number("attention.key_length", c.HeadSize()),
		number("attention.value_length", c.HeadSize()), real("attention.layer_norm_rms_epsilon", c.NormEps))
}
