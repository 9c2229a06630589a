package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/recipe"
)

// openGGUF looks at a GGUF file, or at the parts of one that was split, of which
// the first is names[0].
func openGGUF(fsys fs.FS, names []string) (_ *checkpoint.Opening, err error) {
	o := &checkpoint.Opening{File: names[0]}
	defer func() {
		var p *format.Problem
		if errors.As(err, &p) && p.File == "" {
			p.File = names[0]
		}
		if err != nil {
			o.Close()
		}
	}()
	f, err := addGGUFs(o, fsys, names)
	if err != nil {
		return nil, err
	}
	if err := wholeModel(f); err != nil {
		return nil, err
	}
	m, form, err := ggufShape(f, o.Tensors)
	if err != nil {
		return nil, err
	}
	if o.Run.Tokenizer, err = vocabularyOf(o, f); err != nil {
		return nil, err
	}
	o.Run.Papers = ggufPapers(f, o.Run.Tokenizer.Size())
	delete(o.Tensors, ropeFactors)
	ggufBiases(&m, o.Tensors)
	_, head := o.Tensors["output.weight"]
	m.Tied = !head
	if embedding, has := o.Tensors["token_embd.weight"]; has && len(embedding.Shape) == 2 {
		m.Vocab = embedding.Shape[0]
	}
	if f.Value(keyEndAdded) == true {
		m.Vocab--
	}
	if title, is := f.Value("general.name").(string); is {
		o.Run.Name = strings.ToValidUTF8(title, "")
	}
	o.Layout = func(g *model.GPT) []layout.Slot { return layout.GGUF(g, form) }
	return o, settle(o, m, names[0])
}

// addGGUFs opens all parts and adds their tensors to o. The keys are the first's.
func addGGUFs(o *checkpoint.Opening, fsys fs.FS, names []string) (first *gguf.File, err error) {
	for i, name := range names {
		b, err := format.Open(fsys, name)
		if err != nil {
			return nil, err
		}
		o.Keep(b)
		f, err := readGGUF(b, name)
		if err != nil {
			return nil, err
		}
		no, split := gguf.Whole(f.Value("split.no"))
		count, _ := gguf.Whole(f.Value("split.count"))
		switch {
		case i == 0:
			first = f
		case !split || count != int64(len(names)):
			return nil, format.Wrong(format.Damaged, name, "it is no part of %s, beside which it lies; give the parts of one model", names[0])
		}
		if split && count > 1 && (no != int64(i) || count != int64(len(names))) {
			return nil, format.Wrong(format.Incomplete, name, "it is part %d of %d of a model that was split, and %d were given; give all parts together, under the names that they had", no+1, count, len(names))
		}
		for _, t := range f.Tensors {
			if other, twice := o.Tensors[t.Name]; twice {
				return nil, format.Wrong(format.Damaged, name, "tensor %q lies in it and in %s", t.Name, other.File)
			}
			o.Tensors[t.Name] = layout.Stored{File: name, DType: t.Type.String(), Shape: t.Shape, Read: func(dst []float32) error { return f.Read(t, dst) }}
		}
	}
	if all, said := gguf.Whole(first.Value("split.tensors.count")); said && all != int64(len(o.Tensors)) {
		return nil, format.Wrong(format.Damaged, names[0], "its parts have %d tensors together, and should have %d; get them again", len(o.Tensors), all)
	}
	return first, nil
}

// partName is how llama.cpp names the parts of a model that was split.
var partName = regexp.MustCompile(`^(.*)-(\d{5})-of-(\d{5})\.(?i:gguf)$`)

// partsOf are names in the order of their parts, if they are those of one model;
// a *format.Problem names the first that is missing.
func partsOf(names []string) (parts []string, is bool, err error) {
	split := partName.FindStringSubmatch(names[0])
	if split == nil {
		return nil, false, nil
	}
	count, _ := strconv.Atoi(split[3])
	for i := range count {
		part := fmt.Sprintf("%s-%05d-of-%s.", split[1], i+1, split[3])
		at := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, part) })
		if at < 0 {
			return nil, true, format.Wrong(format.Incomplete, part+"gguf", "it is missing: the model was split into %d files; give all of them together", count)
		}
		parts = append(parts, names[at])
	}
	return parts, len(parts) == len(names), nil
}

// wholeModel refuses what lies in a GGUF file and is no language model.
func wholeModel(f *gguf.File) error {
	kind, _ := f.Value("general.type").(string)
	switch {
	case kind == "adapter":
		return format.Wrong(format.Unsupported, "", "it is an adapter alone, in llama.cpp's format; get it in PEFT's (adapter_config.json and adapter_model.safetensors) and bring it to the model that it was made for")
	case kind == "mmproj" || kind == "imatrix":
		return format.Wrong(format.Unsupported, "", "it is no language model but a file that goes with one (%s); open the model's own .gguf file", kind)
	case len(f.Tensors) == 0 && f.Value("tokenizer.ggml.tokens") != nil:
		return format.Wrong(format.Unsupported, "", "it is a vocabulary alone, without any weights; get the model's own .gguf file")
	}
	return nil
}

// readGGUF reads the header.
func readGGUF(b *format.File, name string) (*gguf.File, error) {
	f, err := gguf.Open(b, b.Size)
	switch {
	case errors.Is(err, gguf.ErrType):
		return nil, &format.Problem{Kind: format.Unsupported, File: name, What: "its weights are quantized in a way that cannot be opened; get the model as f32, f16, bf16, q8_0 or q4_k_m", Err: err}
	case errors.Is(err, gguf.ErrVersion):
		return nil, &format.Problem{Kind: format.Unsupported, File: name, What: "convert it with a current llama.cpp", Err: err}
	case err != nil:
		return nil, format.Unreadable(name, err)
	}
	return f, nil
}

// ggufShape is the shape that the keys describe; tensors decide on vocabulary,
// head and biases.
func ggufShape(f *gguf.File, tensors map[string]layout.Stored) (m recipe.Model, form layout.Family, err error) {
	k := keys{f: f}
	arch := k.text("general.architecture")
	if form = layout.OfGGUF(arch); k.err != nil {
		return m, "", k.err
	} else if form == "" {
		return m, "", format.Wrong(format.Unsupported, "", "it is a model of the kind %q; llama, qwen2, qwen3, gpt2, gptneox and deepseek2 can be opened", arch)
	}
	k.prefix = arch + "."
	m = recipe.Model{
		Context: k.number("context_length", -1), Layers: k.number("block_count", -1), Channels: k.number("embedding_length", -1),
		Hidden: k.number("feed_forward_length", -1), Heads: k.number("attention.head_count", -1), RoPEBase: 10000,
	}
	if form == layout.GPT2 || form == layout.NeoX {
		m.KVHeads, m.Norm, m.Position, m.MLP, m.Bias = m.Heads, "layernorm", "learned", "gelu_tanh", true
		m.NormEps = k.real("attention.layer_norm_epsilon", 1e-5)
		if form == layout.NeoX { // trained with the exact one, which llama.cpp approximates
			m.Position, m.MLP, m.Parallel = "rope", "gelu", f.Value(k.prefix+"use_parallel_residual") != false
			err = k.turning(&m, tensors)
		}
		if known := k.text(keyMLP); known == "gelu" || known == "gelu_tanh" {
			m.MLP = known
		}
		return m, form, cmp.Or(k.err, err, k.unknown())
	}
	if form == layout.DeepSeek {
		err = k.deepSeek(&m, f)
		return m, form, cmp.Or(k.err, err, k.unknown())
	}
	m.Norm, m.Position, m.MLP, m.QKNorm = "rmsnorm", "rope", "swiglu", form == layout.Qwen3
	m.KVHeads, m.NormEps = k.number("attention.head_count_kv", m.Heads), k.real("attention.layer_norm_rms_epsilon", 1e-6)
	if m.Heads > 0 {
		m.HeadDim = k.number("attention.key_length", m.Channels/m.Heads)
	}
	if err = k.turning(&m, tensors); k.number("attention.value_length", m.HeadDim) != m.HeadDim || m.Rotary > 0 {
		err = cmp.Or(err, format.Wrong(format.Unsupported, "", "its heads are not of one size for keys, values and positions, which is not supported"))
	}
	if window := k.number("attention.sliding_window", 0); window > 0 && window < m.Context {
		m.Window = window
	}
	if m.HeadDim*m.Heads == m.Channels {
		m.HeadDim = 0
	}
	return m, form, cmp.Or(k.err, err, k.unknown())
}

// turning sets how m's heads turn with the position.
func (k *keys) turning(m *recipe.Model, tensors map[string]layout.Stored) error {
	m.RoPEBase = k.real("rope.freq_base", 10000)
	if m.Heads < 1 || m.Channels < m.Heads {
		return k.err
	}
	if turning := k.number("rope.dimension_count", m.HeadSize()); turning != m.HeadSize() {
		m.Rotary = turning
	}
	factor := k.real("rope.scaling.factor", k.real("rope.scale_linear", 1))
	kind := cmp.Or(k.text(k.prefix+"rope.scaling.type"), "linear")
	switch {
	case has(tensors, ropeFactors):
		s, err := scalingOf(k.f, tensors[ropeFactors], *m)
		m.Scaling = s
		return err
	case kind == "none" || kind == "linear" && factor == 1:
	case kind == "linear":
		m.Scaling = recipe.Scaling{Kind: "linear", Factor: factor}
	default:
		return format.Wrong(format.Unsupported, "", "its positions are scaled for a longer context in a way (rope scaling %q) that is not supported; use a model that was trained without", kind)
	}
	return nil
}

// asked are the ends of the keys of an architecture that ggufShape reads.
var asked = []string{"context_length", "block_count", "embedding_length", "feed_forward_length", "attention.head_count", "attention.head_count_kv",
	"attention.layer_norm_epsilon", "attention.layer_norm_rms_epsilon", "attention.key_length", "attention.value_length", "attention.sliding_window",
	"rope.dimension_count", "rope.freq_base", "rope.scaling.type", "rope.scaling.factor", "rope.scale_linear", "use_parallel_residual", "vocab_size",
	"rope.scaling.original_context_length", "rope.scaling.finetuned", "tensor_data_layout"}

// unknown refuses what an architecture's other keys say of its arithmetic: they
// begin with its name, and are passed over only where they say that there is none of
// it (0, 1, false, nothing).
func (k *keys) unknown() error {
	for _, p := range k.f.Pairs {
		end, is := strings.CutPrefix(p.Key, k.prefix)
		if end == "attention.causal" && p.Value == false {
			return format.Wrong(format.Unsupported, "", "its tokens see those behind them too (%s is false): it is no model that writes", p.Key)
		}
		if !is || end == "attention.causal" || slices.Contains(asked, end) || k.deep && slices.Contains(deepAsked, end) || neutral(p.Value) {
			continue
		}
		return format.Wrong(format.Unsupported, "", "it says %s = %v of its arithmetic, which is not supported", p.Key, p.Value)
	}
	return nil
}

// neutral tells whether a value says that there is none of something.
func neutral(v any) bool {
	n, whole := gguf.Whole(v)
	list, lists := gguf.Wholes(v)
	switch {
	case whole:
		return n == 0 || n == 1
	case lists:
		return len(list) == 0 || slices.Max(list) == 0
	}
	switch v := v.(type) {
	case bool:
		return !v
	case float32:
		return v == 0 || v == 1
	case float64:
		return v == 0 || v == 1
	case string:
		return v == "" || v == "none"
	}
	return false
}

// ggufBiases sets where m has biases, by the names of its tensors.
func ggufBiases(m *recipe.Model, tensors map[string]layout.Stored) {
	any := func(parts ...string) bool {
		for name := range tensors {
			middle, is := strings.CutSuffix(name, ".bias")
			if is && slices.Contains(parts, middle[strings.LastIndex(middle, ".")+1:]) {
				return true
			}
		}
		return false
	}
	if m.Norm == "layernorm" {
		m.Bias = any("attn_qkv", "attn_output", "ffn_up", "ffn_down", "attn_norm")
		return
	}
	reads, writes, mlp := any("attn_q", "attn_k", "attn_v"), any("attn_output"), any("ffn_gate", "ffn_up", "ffn_down")
	m.Bias, m.Biased = reads || writes || mlp, where(reads, writes, mlp)
}

// where names the layers that have biases, as recipe.Model.Biased does.
func where(reads, writes, mlp bool) string {
	switch {
	case reads && !writes && !mlp:
		return "qkv"
	case !mlp && (reads || writes):
		return "attention"
	case mlp && !reads && !writes:
		return "mlp"
	}
	return ""
}

func has(tensors map[string]layout.Stored, name string) bool {
	_, there := tensors[name]
	return there
}

// keys reads values of a file and keeps the first error.
type keys struct {
	f      *gguf.File
	prefix string
	deep   bool // it is DeepSeek's form
	err    error
}

func (k *keys) text(key string) string {
	s, is := k.f.Value(key).(string)
	if (!is && k.f.Value(key) != nil || !utf8.ValidString(s)) && k.err == nil {
		k.err = format.Wrong(format.Damaged, "", "its key %q is not a text of UTF-8", key)
	}
	return s
}

// number is a whole number, or otherwise where the key is missing; -1 as that
// means that it must be there. A list, one number a layer, will do if all are the
// same.
func (k *keys) number(key string, otherwise int) int {
	key = k.prefix + key
	v := k.f.Value(key)
	n, is := gguf.Whole(v)
	list, _ := gguf.Wholes(v)
	switch {
	case is:
		return int(max(-1, min(n, 1<<40))) // far over every limit
	case v == nil && otherwise >= 0:
		return otherwise
	case len(list) > 0 && slices.Min(list) == slices.Max(list):
		return int(max(-1, min(list[0], 1<<40)))
	case k.err != nil:
	case v == nil:
		k.err = format.Wrong(format.Damaged, "", "its key %q is missing", key)
	case len(list) > 0:
		k.err = format.Wrong(format.Unsupported, "", "its layers differ: its key %q is a list of different numbers, which is not supported", key)
	default:
		k.err = format.Wrong(format.Damaged, "", "its key %q is no whole number", key)
	}
	return otherwise
}

// real is a number, whole or not, of whatever width.
func (k *keys) real(key string, otherwise float64) float64 {
	v := k.f.Value(k.prefix + key)
	n, whole := gguf.Whole(v)
	switch v := v.(type) {
	case nil:
		return otherwise
	case float32:
		return shortest(v)
	case float64:
		return v
	}
	if whole {
		return float64(n)
	}
	if k.err == nil {
		k.err = format.Wrong(format.Damaged, "", "its key %q is no number", k.prefix+key)
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
