package exchange

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/recipe"
)

// openGGUF looks at a GGUF file.
func openGGUF(fsys fs.FS, name string) (_ *checkpoint.Opening, err error) {
	b, err := format.Open(fsys, name)
	if err != nil {
		return nil, err
	}
	o := &checkpoint.Opening{File: name}
	o.Keep(b)
	defer func() {
		var p *format.Problem
		if errors.As(err, &p) && p.File == "" {
			p.File = name
		}
		if err != nil {
			o.Close()
		}
	}()
	f, err := readGGUF(b)
	if err != nil {
		return nil, err
	}
	m, form, err := ggufShape(f)
	if err != nil {
		return nil, err
	}
	if o.Run.Tokenizer, err = vocabularyOf(f); err != nil {
		return nil, err
	}
	for _, t := range f.Tensors {
		o.Tensors[t.Name] = layout.Stored{File: name, DType: t.Type.String(), Shape: t.Shape, Read: func(dst []float32) error { return f.Read(t, dst) }}
		m.Bias = m.Bias || strings.HasPrefix(t.Name, "blk.") && strings.HasSuffix(t.Name, ".bias")
	}
	_, head := o.Tensors["output.weight"]
	m.Tied = !head
	if embedding, has := o.Tensors["token_embd.weight"]; has && len(embedding.Shape) == 2 {
		m.Vocab = embedding.Shape[0]
	}
	if f.Value(keyEndAdded) == true {
		m.Vocab--
	}
	if title, is := f.Value("general.name").(string); is {
		o.Run.Name = title
	}
	o.Layout = func(g *model.GPT) []layout.Slot { return layout.GGUF(g, form) }
	return o, settle(o, m, name)
}

// readGGUF reads the header.
func readGGUF(b *format.File) (*gguf.File, error) {
	f, err := gguf.Open(b, b.Size)
	switch {
	case errors.Is(err, gguf.ErrType):
		return nil, &format.Problem{Kind: format.Unsupported, What: "its weights are quantized in a way that cannot be opened; get the model as f32, f16, bf16 or q8_0", Err: err}
	case errors.Is(err, gguf.ErrVersion):
		return nil, &format.Problem{Kind: format.Unsupported, What: "convert it with a current llama.cpp", Err: err}
	case err != nil:
		return nil, format.Unreadable("", err)
	}
	return f, nil
}

// ggufShape is the shape that the keys describe; tensors decide on vocabulary,
// head and biases.
func ggufShape(f *gguf.File) (m recipe.Model, form layout.Family, err error) {
	k := keys{f: f}
	form = layout.Family(k.text("general.architecture"))
	if _, known := layout.Architectures[form]; !known {
		return m, "", format.Wrong(format.Unsupported, "", "it is a model of the kind %q; llama, qwen3 and gpt2 can be opened", string(form))
	}
	k.prefix = string(form) + "."
	m = recipe.Model{
		Context: k.number("context_length", -1), Layers: k.number("block_count", -1), Channels: k.number("embedding_length", -1),
		Hidden: k.number("feed_forward_length", -1), Heads: k.number("attention.head_count", -1), RoPEBase: 10000,
	}
	if form == layout.GPT2 {
		m.KVHeads, m.Norm, m.Position, m.MLP = m.Heads, "layernorm", "learned", "gelu_tanh"
		m.NormEps = k.real("attention.layer_norm_epsilon", 1e-5)
		if k.text(keyMLP) == "gelu" {
			m.MLP = "gelu"
		}
		return m, form, k.err
	}
	m.Norm, m.Position, m.MLP, m.QKNorm = "rmsnorm", "rope", "swiglu", form == layout.Qwen3
	m.KVHeads = k.number("attention.head_count_kv", m.Heads)
	m.NormEps, m.RoPEBase = k.real("attention.layer_norm_rms_epsilon", 1e-6), k.real("rope.freq_base", 10000)
	if m.Heads > 0 {
		m.HeadDim = k.number("attention.key_length", m.Channels/m.Heads)
	}
	scaling := k.text(k.prefix + "rope.scaling.type")
	switch {
	case k.err != nil:
	case scaling != "" && scaling != "none" || f.Value(k.prefix+"rope.scale_linear") != nil || hasTensor(f, "rope_freqs.weight"):
		err = format.Wrong(format.Unsupported, "", "its positions are scaled for a longer context (rope scaling %q), which is not supported; use a model that was trained without", scaling)
	case k.number("attention.sliding_window", 0) > 0:
		err = format.Wrong(format.Unsupported, "", "its attention looks back over a sliding window, which is not supported")
	case k.number("expert_count", 0) > 0:
		err = format.Wrong(format.Unsupported, "", "it is a mixture of experts, which is not supported")
	case k.number("attention.value_length", m.HeadDim) != m.HeadDim || k.number("rope.dimension_count", m.HeadDim) != m.HeadDim:
		err = format.Wrong(format.Unsupported, "", "its heads are not of one size for keys, values and positions, which is not supported")
	}
	if m.HeadDim*m.Heads == m.Channels {
		m.HeadDim = 0
	}
	if k.err != nil {
		err = k.err
	}
	return m, form, err
}

func hasTensor(f *gguf.File, name string) bool {
	for _, t := range f.Tensors {
		if t.Name == name {
			return true
		}
	}
	return false
}

// keys reads values of a file and keeps the first error.
type keys struct {
	f      *gguf.File
	prefix string
	err    error
}

func (k *keys) text(key string) string {
	s, is := k.f.Value(key).(string)
	if !is && k.f.Value(key) != nil && k.err == nil {
		k.err = format.Wrong(format.Damaged, "", "its key %q is not a text", key)
	}
	return s
}

// number is a whole number, or otherwise where the key is missing; -1 as that
// means that it must be there.
func (k *keys) number(key string, otherwise int) int {
	key = k.prefix + key
	n := otherwise
	switch v := k.f.Value(key).(type) {
	case nil:
		if otherwise < 0 && k.err == nil {
			k.err = format.Wrong(format.Damaged, "", "its key %q is missing", key)
		}
	case uint32:
		n = int(v)
	case int32:
		n = int(v)
	case uint64:
		n = int(min(v, 1<<40)) // far over every limit
	default:
		if k.err == nil {
			k.err = format.Wrong(format.Unsupported, "", "its key %q is %v, not one whole number", key, v)
		}
	}
	return n
}

func (k *keys) real(key string, otherwise float64) float64 {
	switch v := k.f.Value(k.prefix + key).(type) {
	case nil:
		return otherwise
	case float32:
		return shortest(v)
	default:
		if k.err == nil {
			k.err = format.Wrong(format.Damaged, "", "its key %q is %v, not a real number", k.prefix+key, v)
		}
	}
	return otherwise
}

// shortest is the number that a person wrote where a file has a float32: 1e-5,
// not 9.99999974e-06.
func shortest(x float32) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	if err != nil {
		return float64(x)
	}
	return y
}
