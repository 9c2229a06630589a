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
	"hornbook/tokenizer"
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
	if !tokenizer.AsGPT2(run.Tokenizer) {
		return nil, format.Wrong(format.Unsupported, "", "its tokenizer cuts text otherwise than GPT-2's, which is not written into GGUF yet; export it for Hugging Face, and convert that by llama.cpp")
	}
	if _, known := ggufTypes[t]; !known {
		return nil, format.Wrong(format.Unsupported, "", "GGUF is written as f32, f16 or q8_0, not as %q", t)
	}
	run = merged(run)
	_, hasEnd := run.Tokenizer.Special(layout.EndOfText)
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
	if short {
		notes = append(notes, NoteF16)
	}
	pairs := append(ggufModel(run, f, t), ggufTokens(run.Tokenizer)...)
	if err := gguf.Write(w, pairs, tensors); err != nil {
		return nil, fmt.Errorf("write GGUF: %w", err)
	}
	return notes, nil
}

// ggufModel are the keys that describe the model.
func ggufModel(run checkpoint.Run, f layout.Family, t format.DType) []gguf.Pair {
	c := run.Recipe.Model
	number := func(key string, n int) gguf.Pair { return gguf.Pair{Key: string(f) + "." + key, Value: uint32(n)} }
	vocab := c.Vocab
	if _, has := run.Tokenizer.Special(layout.EndOfText); !has {
		vocab++
	}
	pairs := []gguf.Pair{
		{Key: "general.architecture", Value: string(f)},
		{Key: "general.name", Value: cmp.Or(run.Name, "Hornbook model")},
		{Key: "general.file_type", Value: fileTypes[t]},
		{Key: "general.quantization_version", Value: uint32(2)},
		number("context_length", c.Context), number("embedding_length", c.Channels), number("block_count", c.Layers),
		number("feed_forward_length", c.Hidden), number("attention.head_count", c.Heads),
		number("vocab_size", vocab), {Key: keyMLP, Value: c.MLP},
	}
	if f == layout.GPT2 {
		return append(pairs, gguf.Pair{Key: "gpt2.attention.layer_norm_epsilon", Value: float32(c.NormEps)})
	}
	return append(pairs, number("attention.head_count_kv", c.KVHeads), number("attention.key_length", c.HeadSize()),
		number("attention.value_length", c.HeadSize()), number("rope.dimension_count", c.HeadSize()),
		gguf.Pair{Key: string(f) + ".rope.freq_base", Value: float32(c.RoPEBase)},
		gguf.Pair{Key: string(f) + ".attention.layer_norm_rms_epsilon", Value: float32(c.NormEps)})
}
