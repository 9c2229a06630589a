package layout

import (
	"encoding/json"
	"fmt"

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

// EndOfText is the special token that ends a text, where there is one.
const EndOfText = chat.EndOfText

// Architectures are Hugging Face's names of the families.
var Architectures = map[Family]string{Llama: "LlamaForCausalLM", Qwen3: "Qwen3ForCausalLM", GPT2: "GPT2LMHeadModel"}

// Config is config.json of a model of family f, its weights of type t.
func Config(c recipe.Model, f Family, t format.DType, tok tokenizer.Tokenizer) ([]byte, error) {
	dtype := map[format.DType]string{format.F32: "float32", format.F16: "float16"}[t]
	out := map[string]any{
		"architectures": []string{Architectures[f]}, "model_type": string(f), "vocab_size": c.Vocab,
		"tie_word_embeddings": c.Tied, "dtype": dtype, "torch_dtype": dtype, "use_cache": true,
		"bos_token_id": nil, "eos_token_id": oneOrMore(Ends(tok)), "pad_token_id": nil,
	}
	if id, has := tok.Special(EndOfText); has {
		out["bos_token_id"] = id
	}
	add := func(more map[string]any) {
		for key, value := range more {
			out[key] = value
		}
	}
	if f == GPT2 {
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
	case Llama:
		add(map[string]any{"mlp_bias": c.Bias, "pretraining_tp": 1})
	case Qwen3:
		add(map[string]any{"use_sliding_window": false, "sliding_window": nil})
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("checkpoint: write %s: %w", ConfigFile, err)
	}
	return append(text, '\n'), nil
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
