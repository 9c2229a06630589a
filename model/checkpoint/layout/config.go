package layout

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"

	"hornbook/model/data/chat"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// The names of files that others read as well.
const (
	ConfigFile          = "config.json"
	WeightsFile         = "model.safetensors"
	TokenizerFile       = "tokenizer.json"
	TokenizerConfigFile = "tokenizer_config.json"
	AdapterConfigFile   = "adapter_config.json"
	AdapterFile         = "adapter_model.safetensors"
)

// real is a number that JSON writes with a point or an exponent even where it is whole:
// transformers 5 takes no 1 where it wants a float.
type real float64

func (x real) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(float64(x))
	if err == nil && !bytes.ContainsAny(text, ".e") {
		text = append(text, ".0"...)
	}
	return text, err
}

// EndOfText is the special token that ends a text, where there is one.
const EndOfText = chat.EndOfText

// Config is config.json of a model of family f, its weights of type t.
func Config(c recipe.Model, f Family, t format.DType, tok tokenizer.Tokenizer) ([]byte, error) {
	dtype := map[format.DType]string{format.F32: "float32", format.Kept: "float32", format.F16: "float16"}[t]
	out := map[string]any{
		"architectures": []string{Architecture(f)}, "model_type": string(f), "vocab_size": c.Vocab,
		"tie_word_embeddings": c.Tied, "dtype": dtype, "torch_dtype": dtype, "use_cache": true,
		"bos_token_id": nil, "eos_token_id": oneOrMore(Ends(tok)), "pad_token_id": nil,
	}
	if id, has := tok.Special(EndOfText); has {
		out["bos_token_id"] = id
	}
	maps.Copy(out, shapeOf(c, f))
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("checkpoint: write %s: %w", ConfigFile, err)
	}
	return append(text, '\n'), nil
}

// shapeOf are the keys of config.json that are f's own.
func shapeOf(c recipe.Model, f Family) map[string]any {
	gelu := map[string]string{"gelu": "gelu", "gelu_tanh": "gelu_new"}[c.MLP]
	switch f {
	case GPT2:
		return map[string]any{
			"n_positions": c.Context, "n_ctx": c.Context, "n_embd": c.Channels, "n_layer": c.Layers, "n_head": c.Heads, "n_inner": c.Hidden,
			"activation_function": gelu, "layer_norm_epsilon": real(c.NormEps),
			"resid_pdrop": real(0), "embd_pdrop": real(0), "attn_pdrop": real(0), "scale_attn_weights": true,
		}
	case DeepSeek:
		return deepSeekShape(c)
	case Neo:
		kinds := make([]string, c.Layers)
		for i := range kinds {
			if kinds[i] = "global"; c.Looks(i) > 0 {
				kinds[i] = "local"
			}
		}
		return map[string]any{
			"max_position_embeddings": c.Context, "hidden_size": c.Channels, "num_layers": c.Layers, "num_heads": c.Heads, "intermediate_size": c.Hidden,
			"activation_function": gelu, "layer_norm_epsilon": real(c.NormEps), "attention_types": []any{[]any{kinds, 1}}, "attention_layers": kinds,
			"window_size": max(1, c.Window), "resid_dropout": real(0), "embed_dropout": real(0), "attention_dropout": real(0),
		}
	case NeoX:
		part := 1.0
		if c.Rotary > 0 {
			part = float64(c.Rotary) / float64(c.HeadSize())
		}
		return map[string]any{
			"max_position_embeddings": c.Context, "hidden_size": c.Channels, "num_hidden_layers": c.Layers, "num_attention_heads": c.Heads,
			"intermediate_size": c.Hidden, "hidden_act": gelu, "layer_norm_eps": real(c.NormEps), "rotary_pct": real(part), "rotary_emb_base": real(c.RoPEBase),
			"use_parallel_residual": c.Parallel, "attention_bias": c.Biased == "", "attention_dropout": real(0), "hidden_dropout": real(0),
			"rope_scaling": scalingOf(c, false), "rope_parameters": scalingOf(c, true),
		}
	}
	out := map[string]any{
		"hidden_size": c.Channels, "intermediate_size": c.Hidden, "num_hidden_layers": c.Layers, "num_attention_heads": c.Heads,
		"num_key_value_heads": c.KVHeads, "head_dim": c.HeadSize(), "max_position_embeddings": c.Context, "hidden_act": "silu",
		"rms_norm_eps": real(c.NormEps), "rope_theta": real(c.RoPEBase), "rope_parameters": scalingOf(c, true),
		"rope_scaling": scalingOf(c, false), "attention_dropout": real(0),
	}
	switch f {
	case Llama:
		out["attention_bias"], out["mlp_bias"], out["pretraining_tp"] = c.Bias && c.Biased != "mlp", c.Bias && c.Biased != "attention", 1
	case Mistral:
		out["sliding_window"] = orNull(c.Window)
	case Qwen2, Qwen3:
		if f == Qwen3 {
			out["attention_bias"] = c.Bias
		}
		out["use_sliding_window"], out["sliding_window"] = c.Window > 0, orNull(c.Window)
		kinds := make([]string, c.Layers)
		for i := range kinds {
			if kinds[i] = "full_attention"; c.Looks(i) > 0 {
				kinds[i] = "sliding_attention"
			}
		}
		out["layer_types"] = kinds
	}
	return out
}

func orNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// scalingOf are rope_parameters, which name θ, or the older rope_scaling, which is
// null where nothing is scaled.
func scalingOf(c recipe.Model, parameters bool) any {
	s := c.Scaling
	out := map[string]any{"rope_type": cmp.Or(s.Kind, "default")}
	switch s.Kind {
	case "llama3":
		out["low_freq_factor"], out["high_freq_factor"], out["original_max_position_embeddings"] = real(s.Low), real(s.High), s.Context
		fallthrough
	case "linear":
		out["factor"] = real(s.Factor)
	default:
		if !parameters {
			return nil
		}
	}
	if parameters {
		out["rope_theta"] = real(c.RoPEBase)
		if c.Rotary > 0 {
			out["partial_rotary_factor"] = real(c.Rotary) / real(c.HeadSize())
		}
	}
	return out
}

// TokenizerConfig is tokenizer_config.json.
func TokenizerConfig(c recipe.Model, tok tokenizer.Tokenizer) ([]byte, error) {
	out := map[string]any{
		"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": c.Context,
		"clean_up_tokenization_spaces": false, "add_prefix_space": false,
	}
	if _, has := tok.Special(EndOfText); has {
		out["bos_token"], out["eos_token"] = EndOfText, EndOfText
	}
	addTemplate(out, tok)
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("checkpoint: write %s: %w", TokenizerConfigFile, err)
	}
	return append(text, '\n'), nil
}
