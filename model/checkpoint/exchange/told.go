package exchange

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/recipe"
)

// What the tensors of a Hugging Face folder tell of a model, and its configuration does not.

// told sets what of m the configuration leaves to the tensors: heads of keys and values,
// positions.
func told(m *recipe.Model, tensors map[string]layout.Stored) {
	rows := func(end string) int {
		for name, t := range tensors {
			if strings.HasSuffix(name, end) && len(t.Shape) == 2 {
				return t.Shape[0]
			}
		}
		return 0
	}
	if m.KVHeads == 0 && m.Heads > 0 && m.HeadSize() > 0 {
		m.KVHeads = cmp.Or(rows(".k_proj.weight")/m.HeadSize(), m.Heads)
	}
	if m.Context == 0 && m.Position == "learned" {
		m.Context = rows(".wpe.weight")
	}
}

// denied takes the biases away that transformers leave out, as the configuration says
// that there are none, and says so.
func denied(o *checkpoint.Opening, f layout.Family, text []byte) {
	var c struct {
		Attention *bool `json:"attention_bias"`
		MLP       *bool `json:"mlp_bias"`
	}
	if f != layout.Llama && f != layout.Qwen3 || json.Unmarshal(layout.Loose(text), &c) != nil {
		return
	}
	var gone []string
	for name := range o.Tensors {
		if part := strings.TrimSuffix(name, ".bias"); part != name &&
			(strings.Contains(part, ".self_attn.") && !orElse(c.Attention, true) || strings.Contains(part, ".mlp.") && !orElse(c.MLP, true)) {
			gone = append(gone, name)
		}
	}
	if slices.Sort(gone); len(gone) > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("the configuration says that there are no such biases (attention_bias, mlp_bias); they are left out, as transformers do: %s", listed(gone)))
	}
	for _, name := range gone {
		delete(o.Tensors, name)
	}
}

// biases sets where m has biases, by the names of its tensors.
func biases(m *recipe.Model, f layout.Family, tensors map[string]layout.Stored) {
	any := func(ends ...string) bool {
		for name := range tensors {
			if slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(name, end) }) {
				return true
			}
		}
		return false
	}
	switch f {
	case layout.GPT2, layout.Neo, layout.DeepSeek:
	case layout.NeoX:
		if !any("attention.query_key_value.bias", "attention.dense.bias") {
			m.Biased = "mlp"
		}
	default:
		reads, writes, mlp := any("q_proj.bias", "k_proj.bias", "v_proj.bias"), any("o_proj.bias"), any("gate_proj.bias", "up_proj.bias", "down_proj.bias")
		m.Bias, m.Biased = reads || writes || mlp, where(reads, writes, mlp)
	}
}
