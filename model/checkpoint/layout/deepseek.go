package layout

import (
	"fmt"
	"strings"

	"hornbook/model/recipe"
)

// Hugging Face's DeepseekV3ForCausalLM and llama.cpp's deepseek2. What is one matrix of
// theirs are several here (recipe's tensors say why); llama.cpp has the halves of
// kv_b_proj apart.
var deepSeekModules = []module{
	{[]string{"tokens"}, "model.embed_tokens", "token_embd"},
	{[]string{"blocks.%d.norm1"}, "model.layers.%d.input_layernorm", "blk.%d.attn_norm"},
	{[]string{"blocks.%d.attention.query_down"}, "model.layers.%d.self_attn.q_a_proj", "blk.%d.attn_q_a"},
	{[]string{"blocks.%d.attention.query_norm"}, "model.layers.%d.self_attn.q_a_layernorm", "blk.%d.attn_q_a_norm"},
	{[]string{"blocks.%d.attention.query", "blocks.%d.attention.query_turned"}, "model.layers.%d.self_attn.q_b_proj", "blk.%d.attn_q_b"},
	{[]string{"blocks.%d.attention.latent", "blocks.%d.attention.key_turned"}, "model.layers.%d.self_attn.kv_a_proj_with_mqa", "blk.%d.attn_kv_a_mqa"},
	{[]string{"blocks.%d.attention.latent_norm"}, "model.layers.%d.self_attn.kv_a_layernorm", "blk.%d.attn_kv_a_norm"},
	{[]string{"blocks.%d.attention.key", "blocks.%d.attention.value"}, "model.layers.%d.self_attn.kv_b_proj", ""},
	{[]string{"blocks.%d.attention.key"}, "", "blk.%d.attn_k_b"},
	{[]string{"blocks.%d.attention.value"}, "", "blk.%d.attn_v_b"},
	{[]string{"blocks.%d.attention.output"}, "model.layers.%d.self_attn.o_proj", "blk.%d.attn_output"},
	{[]string{"blocks.%d.norm2"}, "model.layers.%d.post_attention_layernorm", "blk.%d.ffn_norm"},
	{[]string{"blocks.%d.mlp.gate"}, "model.layers.%d.mlp.gate_proj", "blk.%d.ffn_gate"},
	{[]string{"blocks.%d.mlp.up"}, "model.layers.%d.mlp.up_proj", "blk.%d.ffn_up"},
	{[]string{"blocks.%d.mlp.down"}, "model.layers.%d.mlp.down_proj", "blk.%d.ffn_down"},
	{[]string{"blocks.%d.mlp.router"}, "model.layers.%d.mlp.gate", "blk.%d.ffn_gate_inp"},
	{[]string{balanceOf}, "model.layers.%d.mlp.gate.e_score_correction_bias", "blk.%d.exp_probs_b.bias"},
	{[]string{"blocks.%d.mlp.experts.gate"}, "model.layers.%d.mlp.experts.%d.gate_proj", "blk.%d.ffn_gate_exps"},
	{[]string{"blocks.%d.mlp.experts.up"}, "model.layers.%d.mlp.experts.%d.up_proj", "blk.%d.ffn_up_exps"},
	{[]string{"blocks.%d.mlp.experts.down"}, "model.layers.%d.mlp.experts.%d.down_proj", "blk.%d.ffn_down_exps"},
	{[]string{"blocks.%d.mlp.shared.gate"}, "model.layers.%d.mlp.shared_experts.gate_proj", "blk.%d.ffn_gate_shexp"},
	{[]string{"blocks.%d.mlp.shared.up"}, "model.layers.%d.mlp.shared_experts.up_proj", "blk.%d.ffn_up_shexp"},
	{[]string{"blocks.%d.mlp.shared.down"}, "model.layers.%d.mlp.shared_experts.down_proj", "blk.%d.ffn_down_shexp"},
	{[]string{"norm"}, "model.norm", "output_norm"},
	{[]string{"head"}, "lm_head", "output"},
}

// What expects the word after the next is one block more in DeepSeek's own files;
// transformers passes over it, and llama.cpp has no place for it.
var deepSeekAhead = []module{
	{[]string{"ahead.embedding_norm"}, "model.layers.%d.enorm", ""},
	{[]string{"ahead.hidden_norm"}, "model.layers.%d.hnorm", ""},
	{[]string{"ahead.join"}, "model.layers.%d.eh_proj", ""},
	{[]string{"ahead.norm"}, "model.layers.%d.shared_head.norm", ""},
}

// balanceOf is the only tensor whose names end in no ".weight".
const balanceOf = "blocks.%d.mlp.router.balance"

// AheadName is a tensor that a model of family f in Hugging Face's files has if it
// looks ahead behind so many layers.
func AheadName(layers int) string { return numbered("model.layers.%d.eh_proj.weight", layers) }

// deepSeekOrder: a head's plain channels lie before those that turn, of which 2i turns
// with 2i+1; the rows of a head's key lie before those of its value.
func deepSeekOrder(c recipe.Model, mod module, gguf bool) (order []int) {
	if len(mod.ours) == 1 {
		return nil
	}
	l, heads := c.Latent, c.Heads
	first, second, turns := l.Plain, l.Turned, true
	switch {
	case strings.HasSuffix(mod.ours[0], ".latent"):
		heads, first = 1, l.Rank
	case strings.HasSuffix(mod.ours[0], ".key"):
		second, turns = l.Value, false
	}
	for h := range heads {
		for i := range first {
			order = append(order, h*first+i)
		}
		for i := range second {
			if turns {
				i = i/2 + i%2*(second/2)
			}
			order = append(order, heads*first+h*second+i)
		}
	}
	return order
}

// addEach adds a tensor that all experts have: one by one, or all together.
func (l *layouter) addEach(mod module, block int) {
	w := l.byName[l.own(mod.ours[0], block)+".weight"]
	if w == nil {
		return // a block without experts
	}
	if l.gguf {
		s := newSlot(numbered(mod.gguf, block)+".weight", false, partOf(w))
		s.Shape = w.Dims
		l.slots = append(l.slots, s)
		return
	}
	for e := range w.Dims[0] {
		own := w.Slice(e, 1)
		own.Name = fmt.Sprintf("%s[%d]", w.Name, e)
		l.slots = append(l.slots, newSlot(numbered(numbered(mod.hf, block), e)+".weight", false, partOf(own)))
	}
}

// headwise makes s, of a matrix a head, as llama.cpp has it: with a dimension for heads,
// and keys' with rows and columns exchanged.
func (s *Slot) headwise(heads int, turned bool) {
	rows, cols := s.Shape[0]/heads, s.Shape[1]
	if turned {
		s.turned, s.heads = true, heads
		rows, cols = cols, rows
	}
	s.Shape = []int{heads, rows, cols}
}

// deepSeek is why c has not DeepSeek's form, "" if it has.
func deepSeek(c recipe.Model) (why string) {
	switch {
	case c.Latent.Rank == 0:
		return "experts, or a block that looks ahead, without attention through a latent vector"
	case c.Experts.Count == 0 || c.Experts.Shared == 0:
		return "attention through a latent vector without experts, or without a shared one"
	case c.NormEps != 1e-6:
		return fmt.Sprintf("norms with an epsilon of %v in DeepSeek's form, whose inner ones have 1e-06", c.NormEps)
	}
	return ""
}

// deepSeekShape are the keys of config.json.
func deepSeekShape(c recipe.Model) map[string]any {
	l, e := c.Latent, c.Experts
	return map[string]any{
		"hidden_size": c.Channels, "intermediate_size": c.Hidden, "num_hidden_layers": c.Layers, "num_attention_heads": c.Heads,
		"num_key_value_heads": c.Heads, "max_position_embeddings": c.Context, "hidden_act": "silu", "rms_norm_eps": real(c.NormEps),
		"rope_theta": real(c.RoPEBase), "rope_parameters": scalingOf(c, true), "rope_scaling": nil, "rope_interleave": true,
		"attention_bias": false, "attention_dropout": real(0), "pretraining_tp": 1,
		"q_lora_rank": l.Query, "kv_lora_rank": l.Rank, "qk_nope_head_dim": l.Plain, "qk_rope_head_dim": l.Turned,
		"qk_head_dim": l.Plain + l.Turned, "head_dim": l.Turned, "v_head_dim": l.Value,
		"n_routed_experts": e.Count, "num_experts_per_tok": e.Chosen, "n_shared_experts": e.Shared, "moe_intermediate_size": e.Hidden,
		"first_k_dense_replace": e.Dense, "moe_layer_freq": 1, "norm_topk_prob": e.Normed, "routed_scaling_factor": real(e.Scale),
		"n_group": 1, "topk_group": 1, "scoring_func": "sigmoid", "topk_method": "noaux_tc", "num_nextn_predict_layers": c.Ahead,
	}
}
