// Package layout is how models lie in files: under which names, turned and put
// together how, with which configuration beside them. It knows Hugging Face's
// layout, llama.cpp's, PEFT's of adapters, and our own.
package layout

import (
	"fmt"

	"hornbook/model"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Family is a form of transformer that other programs know.
type Family string

const (
	Llama Family = "llama"
	Qwen3 Family = "qwen3"
	GPT2  Family = "gpt2"
)

// FamilyOf names the form that c can be written in, or why there is none.
func FamilyOf(c recipe.Model) (f Family, why string) {
	rope := c.Norm == "rmsnorm" && c.Position == "rope" && c.MLP == "swiglu"
	learned := c.Norm == "layernorm" && c.Position == "learned" && (c.MLP == "gelu" || c.MLP == "gelu_tanh")
	switch {
	case c.Lookback > 0:
		return "", "its tables of earlier tokens (lookback)"
	case c.Trigrams > 0:
		return "", "its table of three tokens (trigrams)"
	case !rope && !learned:
		return "", fmt.Sprintf("%s with positions %q and MLP %q", c.Norm, c.Position, c.MLP)
	case rope && c.QKNorm && c.Bias:
		return "", "biases together with norms on queries and keys"
	case rope && c.QKNorm:
		return Qwen3, ""
	case rope:
		return Llama, ""
	case c.QKNorm:
		return "", "norms on queries and keys beside learned positions"
	case c.KVHeads != c.Heads:
		return "", "shared heads of keys and values beside learned positions"
	case c.HeadSize()*c.Heads != c.Channels:
		return "", "heads that together are not as wide as the model, beside learned positions"
	}
	return GPT2, ""
}

// module is a part of the model, without ".weight" or ".bias", under our name
// and the others'. Several of ours are one of theirs, one below the other.
type module struct {
	ours     []string
	hf, gguf string
}

// Hugging Face's LlamaForCausalLM and Qwen3ForCausalLM, and llama.cpp's llama
// and qwen3; in those of a block, %d is its number.
var ropeModules = []module{
	{[]string{"tokens"}, "model.embed_tokens", "token_embd"},
	{[]string{"blocks.%d.norm1"}, "model.layers.%d.input_layernorm", "blk.%d.attn_norm"},
	{[]string{"blocks.%d.attention.query"}, "model.layers.%d.self_attn.q_proj", "blk.%d.attn_q"},
	{[]string{"blocks.%d.attention.key"}, "model.layers.%d.self_attn.k_proj", "blk.%d.attn_k"},
	{[]string{"blocks.%d.attention.value"}, "model.layers.%d.self_attn.v_proj", "blk.%d.attn_v"},
	{[]string{"blocks.%d.attention.query_norm"}, "model.layers.%d.self_attn.q_norm", "blk.%d.attn_q_norm"},
	{[]string{"blocks.%d.attention.key_norm"}, "model.layers.%d.self_attn.k_norm", "blk.%d.attn_k_norm"},
	{[]string{"blocks.%d.attention.output"}, "model.layers.%d.self_attn.o_proj", "blk.%d.attn_output"},
	{[]string{"blocks.%d.norm2"}, "model.layers.%d.post_attention_layernorm", "blk.%d.ffn_norm"},
	{[]string{"blocks.%d.mlp.gate"}, "model.layers.%d.mlp.gate_proj", "blk.%d.ffn_gate"},
	{[]string{"blocks.%d.mlp.up"}, "model.layers.%d.mlp.up_proj", "blk.%d.ffn_up"},
	{[]string{"blocks.%d.mlp.down"}, "model.layers.%d.mlp.down_proj", "blk.%d.ffn_down"},
	{[]string{"norm"}, "model.norm", "output_norm"},
	{[]string{"head"}, "lm_head", "output"},
}

// Hugging Face's GPT2LMHeadModel and llama.cpp's gpt2.
var gpt2Modules = []module{
	{[]string{"tokens"}, "transformer.wte", "token_embd"},
	{[]string{"positions"}, "transformer.wpe", "position_embd"},
	{[]string{"blocks.%d.norm1"}, "transformer.h.%d.ln_1", "blk.%d.attn_norm"},
	{[]string{"blocks.%d.attention.query", "blocks.%d.attention.key", "blocks.%d.attention.value"}, "transformer.h.%d.attn.c_attn", "blk.%d.attn_qkv"},
	{[]string{"blocks.%d.attention.output"}, "transformer.h.%d.attn.c_proj", "blk.%d.attn_output"},
	{[]string{"blocks.%d.norm2"}, "transformer.h.%d.ln_2", "blk.%d.ffn_norm"},
	{[]string{"blocks.%d.mlp.up"}, "transformer.h.%d.mlp.c_fc", "blk.%d.ffn_up"},
	{[]string{"blocks.%d.mlp.down"}, "transformer.h.%d.mlp.c_proj", "blk.%d.ffn_down"},
	{[]string{"norm"}, "transformer.ln_f", "output_norm"},
	{[]string{"head"}, "lm_head", "output"},
}

// perID are the modules with a row a token, perHead those whose rows RoPE
// turns, by our names.
var (
	perID   = map[string]bool{"tokens": true, "head": true}
	perHead = map[string]bool{"blocks.%d.attention.query": true, "blocks.%d.attention.key": true}
)

// HuggingFace lists the tensors of m in Hugging Face's files, where the matrices
// of GPT-2's blocks are turned.
func HuggingFace(m *model.GPT, f Family) []Slot { return foreign(m, f, false) }

// GGUF lists the tensors of m in llama.cpp's files, where matrices lie as ours
// do, and llama has its own order for RoPE.
func GGUF(m *model.GPT, f Family) []Slot { return foreign(m, f, true) }

func foreign(m *model.GPT, f Family, gguf bool) (slots []Slot) {
	l := layouter{byName: map[string]*tensor.Tensor{}, f: f, gguf: gguf, heads: m.Heads, kvHeads: m.KVHeads}
	for _, p := range m.Parameters {
		l.byName[p.Name] = p
	}
	modules := ropeModules
	if f == GPT2 {
		modules = gpt2Modules
	}
	isBlock := func(mod module) bool { return len(mod.ours[0]) > 6 && mod.ours[0][:6] == "blocks" }
	i := 0
	for ; !isBlock(modules[i]); i++ {
		l.add(modules[i], -1)
	}
	from := i
	for block := range m.Layers {
		for i = from; isBlock(modules[i]); i++ {
			l.add(modules[i], block)
		}
	}
	for ; i < len(modules); i++ {
		l.add(modules[i], -1)
	}
	return l.slots
}

type layouter struct {
	byName         map[string]*tensor.Tensor
	f              Family
	gguf           bool
	heads, kvHeads int
	slots          []Slot
}

// add adds the weight and the bias of a module, as far as there are any; block
// is -1 outside of blocks.
func (l *layouter) add(mod module, block int) {
	at := func(name string) string {
		if block < 0 {
			return name
		}
		return fmt.Sprintf(name, block)
	}
	name := at(mod.hf)
	if l.gguf {
		name = at(mod.gguf)
	}
	var weights, biases []part
	for _, ours := range mod.ours {
		w, b := l.byName[at(ours)+".weight"], l.byName[at(ours)+".bias"]
		if w == nil {
			w = l.byName[at(ours)+".gain"]
		}
		if w == nil {
			return // a tied head, norms on queries
		}
		weights = append(weights, partOf(w))
		if b != nil {
			biases = append(biases, partOf(b))
		} else if l.f == GPT2 && !perID[ours] && ours != "positions" {
			biases = append(biases, part{nil, w.Dims[0], 1})
		}
	}
	vector := len(weights) == 1 && len(weights[0].p.Dims) == 1
	w := newSlot(name+".weight", vector, weights...)
	w.PerID = perID[mod.ours[0]]
	if l.f == GPT2 && !l.gguf && block >= 0 && !vector {
		w.turned = true
		w.Shape[0], w.Shape[1] = w.Shape[1], w.Shape[0]
	}
	heads := l.turning(mod.ours[0])
	w.heads = heads
	l.slots = append(l.slots, w)
	if len(biases) > 0 {
		b := newSlot(name+".bias", true, biases...)
		b.heads, b.mayMiss = heads, true
		l.slots = append(l.slots, b)
	}
}

// turning is the heads of a module whose rows lie in another order.
func (l *layouter) turning(ours string) int {
	switch {
	case !l.gguf || l.f != Llama || !perHead[ours]:
		return 0
	case ours == "blocks.%d.attention.key":
		return l.kvHeads
	}
	return l.heads
}

// Own lists parameters under their own names.
func Own(parameters []*tensor.Tensor) (slots []Slot) {
	for _, p := range parameters {
		slots = append(slots, newSlot(p.Name, len(p.Dims) == 1, partOf(p)))
	}
	return slots
}

// Saved lists the tensors of m, an adapter's left out, as we save them: under
// Hugging Face's names where they have a form for the model, else under our own.
func Saved(m *model.GPT) []Slot {
	if f, _ := FamilyOf(m.Config); f != "" {
		return HuggingFace(m, f)
	}
	return Own(m.Base())
}
