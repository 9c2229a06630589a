package checkpoint

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// endOfText is the special token that ends a text, where there is one.
const endOfText = "<|endoftext|>"

// architectures are Hugging Face's names of the families.
var architectures = map[family]string{llama: "LlamaForCausalLM", qwen3: "Qwen3ForCausalLM", gpt2: "GPT2LMHeadModel"}

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
func unsupported(format string, args ...any) error {
	return problem(Unsupported, configFile, format, args...)
}

// readConfig reads config.json. Bias and a missing head are not decided here:
// the tensors tell.
func readConfig(text []byte) (recipe.Model, family, error) {
	var c hfConfig
	if err := json.Unmarshal(text, &c); err != nil {
		return recipe.Model{}, "", damaged(configFile, err)
	}
	f := family("")
	for known, name := range architectures {
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
	if f == gpt2 {
		m, err := c.gpt2()
		return m, f, err
	}
	m, err := c.rope(f)
	return m, f, err
}

// rope is the model of a Llama or a Qwen3.
func (c *hfConfig) rope(f family) (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: c.MaxPositionEmbeddings, Layers: c.NumHiddenLayers, Heads: c.NumAttentionHeads,
		KVHeads: orElse(c.NumKeyValueHeads, c.NumAttentionHeads), Channels: c.HiddenSize, Hidden: c.IntermediateSize,
		HeadDim: orElse(c.HeadDim, 0), Norm: "rmsnorm", NormEps: orElse(c.RMSNormEps, 1e-6), Position: "rope",
		RoPEBase: orElse(c.RopeTheta, 10000), MLP: "swiglu", QKNorm: f == qwen3, Tied: orElse(c.TieWordEmbeddings, false),
	}
	if f == qwen3 && c.HeadDim == nil {
		m.HeadDim = 128 // Qwen3Config's default
	}
	if m.HeadDim*m.Heads == m.Channels {
		m.HeadDim = 0
	}
	if p := c.RopeParameters; p != nil && p.Theta != nil {
		m.RoPEBase = *p.Theta
	}
	sliding := c.SlidingWindow != nil && orElse(c.UseSlidingWindow, f != qwen3) || slices.ContainsFunc(c.LayerTypes, func(t string) bool { return t != "full_attention" })
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

// writeConfig is config.json of a model of family f, its weights of type t.
func writeConfig(c recipe.Model, f family, t DType, tok tokenizer.Tokenizer) ([]byte, error) {
	dtype := map[DType]string{DTypeF32: "float32", DTypeF16: "float16"}[t]
	out := map[string]any{
		"architectures": []string{architectures[f]}, "model_type": string(f), "vocab_size": c.Vocab,
		"tie_word_embeddings": c.Tied, "dtype": dtype, "torch_dtype": dtype, "use_cache": true,
		"bos_token_id": nil, "eos_token_id": nil, "pad_token_id": nil,
	}
	if id, has := tok.Special(endOfText); has {
		out["bos_token_id"], out["eos_token_id"] = id, id
	}
	add := func(more map[string]any) {
		for key, value := range more {
			out[key] = value
		}
	}
	if f == gpt2 {
		add(map[string]any{
			"n_positions": c.Context, "n_ctx": c.Context, "n_embd": c.Channels, "n_layer": c.Layers, "n_head": c.Heads, "n_inner": c.Hidden,
			"activation_function": map[string]string{"gelu": "gelu", "gelu_tanh": "gelu_new"}[c.MLP], "layer_norm_epsilon": c.NormEps,
			"resid_pdrop": 0, "embd_pdrop": 0, "attn_pdrop": 0, "scale_attn_weights": true,
		})
	} else {
		add(map[string]any{
			"hidden_size": c.Channels, "intermediate_size": c.Hidden, "num_hidden_layers": c.Layers, "num_attention_heads": c.Heads,
			"num_key_value_heads": c.KVHeads, "head_dim": c.HeadSize(), "max_position_embeddings": c.Context, "hidden_act": "silu",
			"rms_norm_eps": c.NormEps, "rope_theta": c.RoPEBase, "rope_parameters": map[string]any{"rope_type": "default", "rope_theta": c.RoPEBase},
			"rope_scaling": nil, "attention_bias": c.Bias, "attention_dropout": 0,
		})
	}
	switch f {
	case llama:
		add(map[string]any{"mlp_bias": c.Bias, "pretraining_tp": 1})
	case qwen3:
		add(map[string]any{"use_sliding_window": false, "sliding_window": nil})
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("checkpoint: write %s: %w", configFile, err)
	}
	return append(text, '\n'), nil
}

// writeTokenizerConfig is tokenizer_config.json.
func writeTokenizerConfig(c recipe.Model, tok tokenizer.Tokenizer) ([]byte, error) {
	out := map[string]any{
		"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": c.Context,
		"clean_up_tokenization_spaces": false, "add_prefix_space": false,
	}
	if _, has := tok.Special(endOfText); has {
		out["bos_token"], out["eos_token"] = endOfText, endOfText
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("checkpoint: write %s: %w", tokenizerConfigFile, err)
	}
	return append(text, '\n'), nil
}
