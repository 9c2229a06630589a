package exchange

import (
	"cmp"

	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/recipe"
)

// deepSeekConfig is config.json in the names of DeepseekV3Config.
type deepSeekConfig struct {
	QLoraRank          *int     `json:"q_lora_rank"`
	KVLoraRank         *int     `json:"kv_lora_rank"`
	QKNopeHeadDim      *int     `json:"qk_nope_head_dim"`
	QKRopeHeadDim      *int     `json:"qk_rope_head_dim"`
	VHeadDim           *int     `json:"v_head_dim"`
	RopeInterleave     *bool    `json:"rope_interleave"`
	NRoutedExperts     *int     `json:"n_routed_experts"`
	NumExpertsPerTok   *int     `json:"num_experts_per_tok"`
	NSharedExperts     *int     `json:"n_shared_experts"`
	MoEIntermediate    *int     `json:"moe_intermediate_size"`
	FirstKDenseReplace *int     `json:"first_k_dense_replace"`
	MoELayerFreq       *int     `json:"moe_layer_freq"`
	NormTopkProb       *bool    `json:"norm_topk_prob"`
	RoutedScaling      *float64 `json:"routed_scaling_factor"`
	NGroup             *int     `json:"n_group"`
	TopkGroup          *int     `json:"topk_group"`
	ScoringFunc        string   `json:"scoring_func"`
	TopkMethod         string   `json:"topk_method"`
	AttentionBias      bool     `json:"attention_bias"`
}

// deepSeek is DeepSeek V3. What the file does not say is as DeepseekV3Config has it.
func (c *hfConfig) deepSeek() (recipe.Model, error) {
	m := recipe.Model{
		Vocab: c.VocabSize, Context: c.MaxPositionEmbeddings, Layers: c.NumHiddenLayers, Heads: c.NumAttentionHeads, KVHeads: c.NumAttentionHeads,
		Channels: c.HiddenSize, Hidden: orElse(c.IntermediateSize, 0), Norm: "rmsnorm", NormEps: orElse(c.RMSNormEps, 1e-6), Position: "rope",
		MLP: "swiglu", Tied: orElse(c.TieWordEmbeddings, false),
		Latent: recipe.Latent{Query: orElse(c.QLoraRank, 0), Rank: orElse(c.KVLoraRank, 512), Plain: orElse(c.QKNopeHeadDim, 128),
			Turned: orElse(c.QKRopeHeadDim, 64), Value: orElse(c.VHeadDim, 128)},
		Experts: recipe.Experts{Count: orElse(c.NRoutedExperts, 256), Chosen: orElse(c.NumExpertsPerTok, 8), Shared: orElse(c.NSharedExperts, 1),
			Hidden: orElse(c.MoEIntermediate, 2048), Dense: orElse(c.FirstKDenseReplace, 3), Normed: orElse(c.NormTopkProb, true), Scale: orElse(c.RoutedScaling, 2.5)},
	}
	m.Experts.Dense = min(m.Experts.Dense, max(0, m.Layers))
	switch groups := orElse(c.NGroup, 1); {
	case c.QLoraRank == nil:
		return m, unsupported("its queries are not made of a smaller vector (q_lora_rank is missing or null), which is not supported")
	case groups != orElse(c.TopkGroup, groups):
		return m, unsupported("its experts are chosen by groups (n_group %d, topk_group %d), which is not supported", groups, orElse(c.TopkGroup, groups))
	case cmp.Or(c.ScoringFunc, "sigmoid") != "sigmoid" || cmp.Or(c.TopkMethod, "noaux_tc") != "noaux_tc":
		return m, unsupported("its experts are chosen in a way (scoring_func %q, topk_method %q) that is not supported; \"sigmoid\" with \"noaux_tc\" is", c.ScoringFunc, c.TopkMethod)
	case orElse(c.MoELayerFreq, 1) != 1:
		return m, unsupported("only some of its layers have experts (moe_layer_freq %d), which is not supported", *c.MoELayerFreq)
	case !orElse(c.RopeInterleave, true):
		return m, unsupported("the channels of its heads turn in halves and not in pairs (rope_interleave), which is not supported for this kind of model")
	case m.NormEps != 1e-6:
		return m, unsupported("its rms_norm_eps is %v; only 1e-06 is supported for this kind of model, which its inner norms have", m.NormEps)
	case c.AttentionBias:
		return m, unsupported("its attention has biases (attention_bias), which is not supported for this kind of model")
	case m.Experts.Shared < 1:
		return m, unsupported("it has no shared expert (n_shared_experts), which is not supported")
	case cmp.Or(c.HiddenAct, "silu") != "silu":
		return m, unsupported("its activation is %q (hidden_act); only \"silu\" is known for this kind of model", c.HiddenAct)
	}
	return m, c.turning(&m, layout.DeepSeek, 1)
}

// ggufDeepSeek are the keys of llama.cpp's deepseek2 that others have not.
func ggufDeepSeek(c recipe.Model, number func(string, int) gguf.Pair, real func(string, float64) gguf.Pair) []gguf.Pair {
	l, e := c.Latent, c.Experts
	return []gguf.Pair{
		number("attention.head_count_kv", 1), real("attention.layer_norm_rms_epsilon", c.NormEps),
		number("attention.q_lora_rank", l.Query), number("attention.kv_lora_rank", l.Rank),
		number("attention.key_length", l.Rank+l.Turned), number("attention.value_length", l.Rank),
		number("attention.key_length_mla", l.Plain+l.Turned), number("attention.value_length_mla", l.Value),
		number("leading_dense_block_count", e.Dense), number("expert_count", e.Count), number("expert_used_count", e.Chosen),
		number("expert_shared_count", e.Shared), number("expert_feed_forward_length", e.Hidden), real("expert_weights_scale", e.Scale),
		{Key: "deepseek2.expert_weights_norm", Value: e.Normed}, number("expert_gating_func", gatingSigmoid),
	}
}

// gatingSigmoid is llama.cpp's number for it; without one it computes softmax.
const gatingSigmoid = 2

// deepAsked are the ends of the keys that only deepSeek reads.
var deepAsked = []string{"attention.q_lora_rank", "attention.kv_lora_rank", "attention.key_length_mla", "attention.value_length_mla", "leading_dense_block_count",
	"expert_count", "expert_used_count", "expert_shared_count", "expert_feed_forward_length", "expert_weights_scale", "expert_weights_norm", "expert_gating_func"}

// deepSeek is the shape by the keys of deepseek2.
func (k *keys) deepSeek(m *recipe.Model, f *gguf.File) error {
	k.deep = true
	m.KVHeads, m.Norm, m.Position, m.MLP = m.Heads, "rmsnorm", "rope", "swiglu"
	m.NormEps, m.RoPEBase = k.real("attention.layer_norm_rms_epsilon", 1e-6), k.real("rope.freq_base", 10000)
	turned := k.number("rope.dimension_count", -1)
	m.Latent = recipe.Latent{Query: k.number("attention.q_lora_rank", -1), Rank: k.number("attention.kv_lora_rank", -1), Turned: turned,
		Plain: k.number("attention.key_length_mla", -1) - turned, Value: k.number("attention.value_length_mla", -1)}
	normed, _ := f.Value(k.prefix + "expert_weights_norm").(bool)
	m.Experts = recipe.Experts{Count: k.number("expert_count", -1), Chosen: k.number("expert_used_count", -1), Shared: k.number("expert_shared_count", -1),
		Hidden: k.number("expert_feed_forward_length", -1), Dense: k.number("leading_dense_block_count", 0), Normed: normed, Scale: k.real("expert_weights_scale", 1)}
	l := m.Latent
	switch {
	case k.err != nil:
	case k.number("expert_gating_func", 1) != gatingSigmoid:
		return format.Wrong(format.Unsupported, "", "its experts are not chosen by sigmoid (expert_gating_func), which is not supported")
	case k.number("attention.head_count_kv", 1) != 1 || k.number("attention.key_length", l.Rank+l.Turned) != l.Rank+l.Turned || k.number("attention.value_length", l.Rank) != l.Rank:
		return format.Wrong(format.Unsupported, "", "its heads are not as those of attention through a latent vector are (head_count_kv, key_length, value_length); convert it with a current llama.cpp")
	case cmp.Or(k.text(k.prefix+"rope.scaling.type"), "none") != "none":
		return format.Wrong(format.Unsupported, "", "its positions are scaled for a longer context in a way (rope scaling %q) that is not supported; use a model that was trained without", k.text(k.prefix+"rope.scaling.type"))
	}
	return k.err
}
