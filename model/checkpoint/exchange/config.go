package exchange

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// hfConfig is config.json as far as it changes what a model computes, in the names
// of LlamaConfig and its like, then of GPT2Config's, GPTNeoConfig and
// GPTNeoXConfig. What a class computes is known, and which of the keys it reads;
// files hold much besides, which changes nothing and is passed over. Of what a class
// reads all that Hornbook does not do is refused by its name.
type hfConfig struct {
	Architectures         []string        `json:"architectures"`
	ModelType             string          `json:"model_type"`
	VocabSize             int             `json:"vocab_size"`
	HiddenSize            int             `json:"hidden_size"`
	IntermediateSize      *int            `json:"intermediate_size"`
	NumHiddenLayers       int             `json:"num_hidden_layers"`
	NumAttentionHeads     int             `json:"num_attention_heads"`
	NumKeyValueHeads      *int            `json:"num_key_value_heads"`
	HeadDim               *int            `json:"head_dim"`
	MaxPositionEmbeddings int             `json:"max_position_embeddings"`
	HiddenAct             string          `json:"hidden_act"`
	RMSNormEps            *float64        `json:"rms_norm_eps"`
	RopeTheta             *float64        `json:"rope_theta"`
	RopeScaling           *ropeParameters `json:"rope_scaling"`
	RopeParameters        *ropeParameters `json:"rope_parameters"`
	TieWordEmbeddings     *bool           `json:"tie_word_embeddings"`
	SlidingWindow         *int            `json:"sliding_window"`
	UseSlidingWindow      *bool           `json:"use_sliding_window"`
	MaxWindowLayers       *int            `json:"max_window_layers"`
	LayerTypes            []string        `json:"layer_types"`
	PartialRotaryFactor   *float64        `json:"partial_rotary_factor"`
	QuantizationConfig    json.RawMessage `json:"quantization_config"`
	PrunedHeads           map[string]any  `json:"pruned_heads"`

	NPositions         int      `json:"n_positions"`
	NEmbd              int      `json:"n_embd"`
	NLayer             int      `json:"n_layer"`
	NHead              int      `json:"n_head"`
	NInner             *int     `json:"n_inner"`
	ActivationFunction string   `json:"activation_function"`
	LayerNormEpsilon   *float64 `json:"layer_norm_epsilon"`
	ScaleAttnWeights   *bool    `json:"scale_attn_weights"`
	ScaleByLayer       bool     `json:"scale_attn_by_inverse_layer_idx"`
	AddCrossAttention  bool     `json:"add_cross_attention"`

	NumLayers       int             `json:"num_layers"`
	NumHeads        int             `json:"num_heads"`
	WindowSize      *int            `json:"window_size"`
	AttentionLayers []string        `json:"attention_layers"`
	AttentionTypes  json.RawMessage `json:"attention_types"`

	LayerNormEps        *float64 `json:"layer_norm_eps"`
	RotaryPct           *float64 `json:"rotary_pct"`
	RotaryEmbBase       *float64 `json:"rotary_emb_base"`
	UseParallelResidual *bool    `json:"use_parallel_residual"`

	deepSeekConfig
}

type ropeParameters struct {
	Type                string   `json:"rope_type"`
	OldType             string   `json:"type"`
	Theta               *float64 `json:"rope_theta"`
	PartialRotaryFactor *float64 `json:"partial_rotary_factor"`
	Factor              float64  `json:"factor"`
	Low                 float64  `json:"low_freq_factor"`
	High                float64  `json:"high_freq_factor"`
	Original            int      `json:"original_max_position_embeddings"`

	Full    *ropeParameters `json:"full_attention"` // of layers of a kind, where these may differ
	Sliding *ropeParameters `json:"sliding_attention"`
}

// ofAll are those of all layers, an error where kinds of them turn in different ways.
func (p *ropeParameters) ofAll() (*ropeParameters, error) {
	switch {
	case p == nil || p.Full == nil && p.Sliding == nil:
		return p, nil
	case p.Full != nil && p.Sliding != nil && !reflect.DeepEqual(p.Full, p.Sliding):
		return nil, unsupported("heads of some layers turn otherwise with the position than those of others (rope_parameters), which is not supported")
	case p.Full != nil:
		return p.Full, nil
	}
	return p.Sliding, nil
}

// unsupported is a reason not to run what a config describes.
func unsupported(text string, args ...any) error {
	return format.Wrong(format.Unsupported, layout.ConfigFile, text, args...)
}

// readConfig reads config.json. Bias and a missing head are not decided here:
// the tensors tell.
func readConfig(text []byte) (m recipe.Model, f layout.Family, err error) {
	var c hfConfig
	if err := json.Unmarshal(layout.Loose(text), &c); err != nil {
		return m, "", format.Unreadable(layout.ConfigFile, err)
	}
	var known []string
	for _, one := range layout.Families() {
		known = append(known, layout.Architecture(one))
		if slices.Contains(c.Architectures, layout.Architecture(one)) || slices.Contains(c.Architectures, layout.Bare(one)) || len(c.Architectures) == 0 && c.ModelType == string(one) {
			f = one
		}
	}
	switch {
	case f == "":
		return m, "", unsupported("it describes a model of the kind %q (%q); %s can be opened", c.Architectures, c.ModelType, strings.Join(known, ", "))
	case c.quantized() != "":
		return m, "", unsupported("its weights are quantized (%s); get the model in float32, float16 or bfloat16", c.quantized())
	case len(c.PrunedHeads) > 0:
		return m, "", unsupported("some of its heads were taken out (pruned_heads), which is not supported")
	}
	switch f {
	case layout.GPT2:
		m, err = c.gpt2()
	case layout.Neo:
		m, err = c.neo()
	case layout.NeoX:
		m, err = c.neox()
	case layout.DeepSeek:
		m, err = c.deepSeek()
	default:
		m, err = c.rope(f)
	}
	return m, f, err
}

// quantized says by what the weights are quantized, "" if they are not.
func (c *hfConfig) quantized() string {
	var q map[string]any
	if json.Unmarshal(c.QuantizationConfig, &q) == nil && len(q) == 0 {
		return ""
	}
	if method, is := q["quant_method"].(string); is {
		return method
	}
	return strings.Repeat("quantization_config", min(1, len(c.QuantizationConfig)))
}

// usualContext is what classes have by themselves.
var usualContext = map[layout.Family]int{layout.Llama: 2048, layout.Mistral: 131072, layout.Qwen2: 32768, layout.Qwen3: 32768, layout.NeoX: 2048}

// rope is the model of a Llama and its like. Without heads of keys and values told their
// tensors tell.
func (c *hfConfig) rope(f layout.Family) (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: cmp.Or(c.MaxPositionEmbeddings, usualContext[f]), Layers: c.NumHiddenLayers, Heads: c.NumAttentionHeads,
		KVHeads: orElse(c.NumKeyValueHeads, 0), Channels: c.HiddenSize, Hidden: orElse(c.IntermediateSize, 0),
		HeadDim: orElse(c.HeadDim, 0), Norm: "rmsnorm", NormEps: orElse(c.RMSNormEps, 1e-6), Position: "rope",
		MLP: "swiglu", QKNorm: f == layout.Qwen3, Tied: orElse(c.TieWordEmbeddings, false),
	}
	if f == layout.Qwen3 && c.HeadDim == nil {
		m.HeadDim = 128 // Qwen3Config's default
	}
	if m.HeadDim*m.Heads == m.Channels {
		m.HeadDim = 0
	}
	if c.HiddenAct != "" && c.HiddenAct != "silu" && c.HiddenAct != "swish" {
		return m, unsupported("its activation is %q (hidden_act); only \"silu\" is known for this kind of model", c.HiddenAct)
	}
	if err := c.turning(&m, f, 1); err != nil {
		return m, err
	}
	return m, c.looking(&m, f)
}

// turning sets how m's heads turn with the position.
func (c *hfConfig) turning(m *recipe.Model, f layout.Family, part float64) error {
	m.RoPEBase = orElse(c.RopeTheta, 10000)
	part = orElse(c.PartialRotaryFactor, part)
	for _, kinds := range []*ropeParameters{c.RopeScaling, c.RopeParameters} {
		p, err := kinds.ofAll()
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		m.RoPEBase, part = orElse(p.Theta, m.RoPEBase), orElse(p.PartialRotaryFactor, part)
		switch kind := cmp.Or(p.Type, p.OldType, "default"); kind {
		case "default":
		case "linear":
			m.Scaling = recipe.Scaling{Kind: kind, Factor: p.Factor}
		case "llama3":
			m.Scaling = recipe.Scaling{Kind: kind, Factor: p.Factor, Low: p.Low, High: p.High, Context: p.Original}
		default:
			return unsupported("its positions are scaled for a longer context in a way (rope scaling %q) that is not supported; use a model that was trained without, or with \"llama3\" or \"linear\"", kind)
		}
	}
	if m.Scaling.Kind == "linear" && m.Scaling.Factor == 1 {
		m.Scaling = recipe.Scaling{}
	}
	if part != 1 && f != layout.NeoX {
		return unsupported("only a part of each head turns with the position (partial_rotary_factor), which is not supported for this kind of model")
	}
	if part != 1 && m.Heads > 0 {
		if m.Rotary = int(part * float64(m.HeadSize())); m.Rotary == m.HeadSize() {
			m.Rotary = 0
		}
	}
	return nil
}

// looking sets how far m's attention looks back, as classes that can have a window
// read it; of others the keys mean nothing.
func (c *hfConfig) looking(m *recipe.Model, f layout.Family) error {
	window := orElse(c.SlidingWindow, 0)
	switch {
	case f == layout.Mistral:
	case f == layout.Qwen2 || f == layout.Qwen3:
		if !orElse(c.UseSlidingWindow, false) {
			window = 0
		}
	default:
		window = 0
	}
	if window == 0 {
		return nil
	}
	kinds := c.LayerTypes
	if f == layout.Mistral { // of which all layers have the window
		kinds = nil
	} else if len(kinds) == 0 {
		for i := range min(max(0, m.Layers), 1<<10) {
			kinds = append(kinds, "full_attention")
			if i >= orElse(c.MaxWindowLayers, 28) {
				kinds[i] = "sliding_attention"
			}
		}
	}
	return windowed(m, window, kinds, "sliding_attention", "full_attention")
}

// windowed gives m a window in the layers of one kind, of all if there are no kinds.
func windowed(m *recipe.Model, window int, kinds []string, with, without string) error {
	m.Window = window
	for i, kind := range kinds {
		switch {
		case i >= m.Layers:
		case kind == with:
			m.Windowed += "w"
		case kind == without:
			m.Windowed += "-"
		default:
			return unsupported("its layer %d has attention of the kind %q, which is not supported", i, kind)
		}
	}
	switch {
	case len(kinds) > 0 && len(kinds) < m.Layers:
		return unsupported("it names the kind of attention of %d layers, and has %d", len(kinds), m.Layers)
	case len(kinds) > 0 && !strings.Contains(m.Windowed, "w") || window >= m.Context && m.Position == "learned":
		m.Window, m.Windowed = 0, ""
	case !strings.Contains(m.Windowed, "-"):
		m.Windowed = ""
	}
	return nil
}

func (c *hfConfig) gpt2() (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: c.NPositions, Layers: c.NLayer, Heads: c.NHead, KVHeads: c.NHead, Channels: c.NEmbd,
		Hidden: orElse(c.NInner, 4*c.NEmbd), Norm: "layernorm", NormEps: orElse(c.LayerNormEpsilon, 1e-5),
		Position: "learned", RoPEBase: 10000, Bias: true, Tied: orElse(c.TieWordEmbeddings, true),
	}
	if !orElse(c.ScaleAttnWeights, true) || c.ScaleByLayer || c.AddCrossAttention {
		return m, unsupported("its attention is not GPT-2's usual one (scale_attn_weights, scale_attn_by_inverse_layer_idx, add_cross_attention), which is not supported")
	}
	return m, gelu(&m, "activation_function", cmp.Or(c.ActivationFunction, "gelu_new"))
}

// gelu sets the activation of layernorm's models.
func gelu(m *recipe.Model, key, name string) error {
	switch name {
	case "gelu_new", "gelu_pytorch_tanh", "gelu_fast":
		m.MLP = "gelu_tanh"
	case "gelu", "gelu_python":
		m.MLP = "gelu"
	default:
		return unsupported("its activation is %q (%s); \"gelu_new\" and \"gelu\" are known for this kind of model", name, key)
	}
	return nil
}

// neo is GPT-Neo: GPT-2 with unscaled attention, which in some layers looks back
// over a window.
func (c *hfConfig) neo() (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: c.MaxPositionEmbeddings, Layers: c.NumLayers, Heads: c.NumHeads, KVHeads: c.NumHeads, Channels: c.HiddenSize,
		Hidden: orElse(c.IntermediateSize, 4*c.HiddenSize), Norm: "layernorm", NormEps: orElse(c.LayerNormEpsilon, 1e-5),
		Position: "learned", RoPEBase: 10000, Bias: true, Biased: "rest", Unscaled: true, Tied: orElse(c.TieWordEmbeddings, true),
	}
	if err := gelu(&m, "activation_function", cmp.Or(c.ActivationFunction, "gelu_new")); err != nil {
		return m, err
	}
	kinds, err := neoLayers(c.AttentionTypes, m.Layers)
	if len(kinds) == 0 {
		kinds = c.AttentionLayers
	}
	if err != nil || len(kinds) == 0 {
		return m, unsupported("it does not say which of its layers look back how far (attention_types)")
	}
	return m, windowed(&m, orElse(c.WindowSize, 256), kinds, "local", "global")
}

// neoLayers spells attention_types out: [[["global","local"],6]] means twelve layers.
func neoLayers(text json.RawMessage, layers int) (kinds []string, err error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	var groups [][2]json.RawMessage
	if err := json.Unmarshal(text, &groups); err != nil {
		return nil, err
	}
	for _, g := range groups {
		var names []string
		var times int
		if err := errors.Join(json.Unmarshal(g[0], &names), json.Unmarshal(g[1], &times)); err != nil {
			return nil, err
		}
		for range min(times, max(0, layers)) {
			if kinds = append(kinds, names...); len(kinds) > 1<<10 {
				return nil, errors.New("too many layers")
			}
		}
	}
	return kinds, nil
}

// neox is GPT-NeoX, Pythia among them.
func (c *hfConfig) neox() (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: cmp.Or(c.MaxPositionEmbeddings, usualContext[layout.NeoX]), Layers: c.NumHiddenLayers, Heads: c.NumAttentionHeads, KVHeads: c.NumAttentionHeads,
		Channels: c.HiddenSize, Hidden: orElse(c.IntermediateSize, 0), Norm: "layernorm", NormEps: orElse(c.LayerNormEps, 1e-5),
		Position: "rope", Bias: true, Parallel: orElse(c.UseParallelResidual, true), Tied: orElse(c.TieWordEmbeddings, false),
	}
	if err := gelu(&m, "hidden_act", cmp.Or(c.HiddenAct, "gelu")); err != nil {
		return m, err
	}
	if c.RopeTheta == nil {
		c.RopeTheta = c.RotaryEmbBase
	}
	if c.RotaryPct != nil {
		return m, c.turning(&m, layout.NeoX, *c.RotaryPct)
	}
	return m, c.turning(&m, layout.NeoX, 0.25) // GPTNeoXConfig's default
}

func orElse[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
