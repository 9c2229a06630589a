package exchange

import (
	"cmp"
	"encoding/json"
	"slices"

	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// hfConfig is config.json as far as it changes what a model computes, in
// LlamaConfig's and Qwen3Config's names, then in GPT2Config's. Files hold much
// besides, so unknown fields are not refused; those known to change the
// arithmetic are.
type hfConfig struct {
	Architectures         []string        `json:"architectures"`
	ModelType             string          `json:"model_type"`
	VocabSize             int             `json:"vocab_size"`
	HiddenSize            int             `json:"hidden_size"`
	IntermediateSize      int             `json:"intermediate_size"`
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
	LayerTypes            []string        `json:"layer_types"`
	PartialRotaryFactor   *float64        `json:"partial_rotary_factor"`
	QuantizationConfig    json.RawMessage `json:"quantization_config"`

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
}

type ropeParameters struct {
	Type                string   `json:"rope_type"`
	OldType             string   `json:"type"`
	Theta               *float64 `json:"rope_theta"`
	PartialRotaryFactor *float64 `json:"partial_rotary_factor"`
}

// unsupported is a reason not to run what a config describes.
func unsupported(text string, args ...any) error {
	return format.Wrong(format.Unsupported, layout.ConfigFile, text, args...)
}

// readConfig reads config.json. Bias and a missing head are not decided here:
// the tensors tell.
func readConfig(text []byte) (recipe.Model, layout.Family, error) {
	var c hfConfig
	if err := json.Unmarshal(text, &c); err != nil {
		return recipe.Model{}, "", format.Unreadable(layout.ConfigFile, err)
	}
	f := layout.Family("")
	for known, name := range layout.Architectures {
		if slices.Contains(c.Architectures, name) || len(c.Architectures) == 0 && c.ModelType == string(known) {
			f = known
		}
	}
	if f == "" {
		return recipe.Model{}, "", unsupported("it describes a model of the kind %q (%q); LlamaForCausalLM, Qwen3ForCausalLM and GPT2LMHeadModel can be opened", c.Architectures, c.ModelType)
	}
	if len(c.QuantizationConfig) > 0 && string(c.QuantizationConfig) != "null" {
		return recipe.Model{}, "", unsupported("its weights are quantized; get the model in float32, float16 or bfloat16")
	}
	if f == layout.GPT2 {
		m, err := c.gpt2()
		return m, f, err
	}
	m, err := c.rope(f)
	return m, f, err
}

// rope is the model of a Llama or a Qwen3.
func (c *hfConfig) rope(f layout.Family) (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: c.MaxPositionEmbeddings, Layers: c.NumHiddenLayers, Heads: c.NumAttentionHeads,
		KVHeads: orElse(c.NumKeyValueHeads, c.NumAttentionHeads), Channels: c.HiddenSize, Hidden: c.IntermediateSize,
		HeadDim: orElse(c.HeadDim, 0), Norm: "rmsnorm", NormEps: orElse(c.RMSNormEps, 1e-6), Position: "rope",
		RoPEBase: orElse(c.RopeTheta, 10000), MLP: "swiglu", QKNorm: f == layout.Qwen3, Tied: orElse(c.TieWordEmbeddings, false),
	}
	if f == layout.Qwen3 && c.HeadDim == nil {
		m.HeadDim = 128 // Qwen3Config's default
	}
	if m.HeadDim*m.Heads == m.Channels {
		m.HeadDim = 0
	}
	if p := c.RopeParameters; p != nil && p.Theta != nil {
		m.RoPEBase = *p.Theta
	}
	sliding := c.SlidingWindow != nil && orElse(c.UseSlidingWindow, f != layout.Qwen3) || slices.ContainsFunc(c.LayerTypes, func(t string) bool { return t != "full_attention" })
	switch {
	case c.HiddenAct != "" && c.HiddenAct != "silu" && c.HiddenAct != "swish":
		return m, unsupported("its activation is %q (hidden_act); only \"silu\" is known for this kind of model", c.HiddenAct)
	case sliding:
		return m, unsupported("its attention looks back over a sliding window, which is not supported")
	case orElse(c.PartialRotaryFactor, 1) != 1:
		return m, unsupported("only a part of each head turns with the position (partial_rotary_factor), which is not supported")
	}
	return m, errorsOfRope(c.RopeScaling, c.RopeParameters)
}

// errorsOfRope refuses what changes RoPE's angles.
func errorsOfRope(all ...*ropeParameters) error {
	for _, p := range all {
		if p == nil {
			continue
		}
		if kind := cmp.Or(p.Type, p.OldType, "default"); kind != "default" {
			return unsupported("its positions are scaled for a longer context (rope scaling %q), which is not supported; use a model that was trained without", kind)
		}
		if orElse(p.PartialRotaryFactor, 1) != 1 {
			return unsupported("only a part of each head turns with the position (partial_rotary_factor), which is not supported")
		}
	}
	return nil
}

func (c *hfConfig) gpt2() (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: c.NPositions, Layers: c.NLayer, Heads: c.NHead, KVHeads: c.NHead, Channels: c.NEmbd,
		Hidden: orElse(c.NInner, 4*c.NEmbd), Norm: "layernorm", NormEps: orElse(c.LayerNormEpsilon, 1e-5),
		Position: "learned", RoPEBase: 10000, Bias: true, Tied: orElse(c.TieWordEmbeddings, true),
	}
	switch cmp.Or(c.ActivationFunction, "gelu_new") {
	case "gelu_new", "gelu_pytorch_tanh":
		m.MLP = "gelu_tanh"
	case "gelu":
		m.MLP = "gelu"
	default:
		return m, unsupported("its activation is %q (activation_function); \"gelu_new\" and \"gelu\" are known for this kind of model", c.ActivationFunction)
	}
	if !orElse(c.ScaleAttnWeights, true) || c.ScaleByLayer || c.AddCrossAttention {
		return m, unsupported("its attention is not GPT-2's usual one (scale_attn_weights, scale_attn_by_inverse_layer_idx, add_cross_attention), which is not supported")
	}
	return m, nil
}

func orElse[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
