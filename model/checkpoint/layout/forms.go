package layout

import (
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
)

// Family is a form of transformer that other programs know, by Hugging Face's
// model_type.
type Family string

const (
	Llama   Family = "llama"
	Mistral Family = "mistral" // Llama's, and attention may look back over a window
	Qwen2   Family = "qwen2"   // Llama's with biases on queries, keys and values
	Qwen3   Family = "qwen3"   // Llama's with norms on queries and keys
	GPT2    Family = "gpt2"
	Neo     Family = "gpt_neo"  // GPT-2's with scores that are not divided, and windows
	NeoX    Family = "gpt_neox" // RoPE on a part of each head, attention beside the MLP

	DeepSeek Family = "deepseek_v3" // attention through a latent vector, experts, a block that looks ahead
)

// form is how a family lies in files.
type form struct {
	architecture string // Hugging Face's class
	gguf         string // llama.cpp's architecture, "" for none
	base, first  string // what begins the names of Hugging Face's tensors but the head's, and the embedding behind it
	modules      []module
	turned       bool // Hugging Face's matrices of blocks have rows and columns exchanged (Conv1D)
	biased       bool // there is always a bias, zeros where we have none
	sort         func(recipe.Model, module, bool) []int
	ahead        []module // of the block behind the last, beside those of a block
}

// forms are all families.
var forms = map[Family]form{
	Llama:   {architecture: "LlamaForCausalLM", gguf: "llama", base: "model.", first: "embed_tokens.weight", modules: ropeModules, sort: llamaOrder},
	Mistral: {architecture: "MistralForCausalLM", gguf: "llama", base: "model.", first: "embed_tokens.weight", modules: ropeModules, sort: llamaOrder},
	Qwen2:   {architecture: "Qwen2ForCausalLM", gguf: "qwen2", base: "model.", first: "embed_tokens.weight", modules: ropeModules},
	Qwen3:   {architecture: "Qwen3ForCausalLM", gguf: "qwen3", base: "model.", first: "embed_tokens.weight", modules: ropeModules},
	GPT2:    {architecture: "GPT2LMHeadModel", gguf: "gpt2", base: "transformer.", first: "wte.weight", modules: gpt2Modules, turned: true, biased: true},
	Neo:     {architecture: "GPTNeoForCausalLM", base: "transformer.", first: "wte.weight", modules: neoModules},
	NeoX:    {architecture: "GPTNeoXForCausalLM", gguf: "gptneox", base: "gpt_neox.", first: "embed_in.weight", modules: neoxModules, sort: neoxOrder},

	DeepSeek: {architecture: "DeepseekV3ForCausalLM", gguf: "deepseek2", base: "model.", first: "embed_tokens.weight", modules: deepSeekModules, sort: deepSeekOrder, ahead: deepSeekAhead},
}

// Families are all of them, in the order of their names.
func Families() []Family {
	return []Family{DeepSeek, NeoX, Neo, GPT2, Llama, Mistral, Qwen2, Qwen3}
}

// Architecture is Hugging Face's class for f.
func Architecture(f Family) string { return forms[f].architecture }

// Bare is its name for f without a head.
func Bare(f Family) string {
	name := forms[f].architecture
	return strings.TrimSuffix(strings.TrimSuffix(name, "ForCausalLM"), "LMHeadModel") + "Model"
}

// GGUFArchitecture is llama.cpp's name for f, "" for none.
func GGUFArchitecture(f Family) string { return forms[f].gguf }

// Prefix is what begins the names of f's tensors in Hugging Face's files, the
// head's left out, and the name of the embedding behind it.
func Prefix(f Family) (base, first string) { return forms[f].base, forms[f].first }

// module is a part of the model, without ".weight" or ".bias", under our name
// and the others'. Several of ours are one of theirs, one below the other.
type module struct {
	ours     []string
	hf, gguf string
}

func (m module) inBlock() bool { return strings.HasPrefix(m.ours[0], "blocks.") }

// is tells whether name is Hugging Face's for m, in whichever block, of whichever
// expert.
func (m module) is(name string) bool {
	theirs, parts := strings.Split(m.hf, "."), strings.Split(name, ".")
	return len(theirs) == len(parts) && !slices.ContainsFunc(theirs, func(part string) bool {
		given := parts[0]
		parts = parts[1:]
		_, err := strconv.Atoi(given)
		return part != given && (part != "%d" || err != nil)
	})
}

// each tells whether m is of every expert.
func (m module) each() bool { return strings.Count(m.hf, "%d") > 1 }

// Hugging Face's names for what Llama has, and llama.cpp's; in those of a block,
// %d is its number.
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

// together are a block's queries, keys and values, where they are one of theirs.
var together = []string{"blocks.%d.attention.query", "blocks.%d.attention.key", "blocks.%d.attention.value"}

// Hugging Face's GPT2LMHeadModel and llama.cpp's gpt2.
var gpt2Modules = []module{
	{[]string{"tokens"}, "transformer.wte", "token_embd"},
	{[]string{"positions"}, "transformer.wpe", "position_embd"},
	{[]string{"blocks.%d.norm1"}, "transformer.h.%d.ln_1", "blk.%d.attn_norm"},
	{together, "transformer.h.%d.attn.c_attn", "blk.%d.attn_qkv"},
	{[]string{"blocks.%d.attention.output"}, "transformer.h.%d.attn.c_proj", "blk.%d.attn_output"},
	{[]string{"blocks.%d.norm2"}, "transformer.h.%d.ln_2", "blk.%d.ffn_norm"},
	{[]string{"blocks.%d.mlp.up"}, "transformer.h.%d.mlp.c_fc", "blk.%d.ffn_up"},
	{[]string{"blocks.%d.mlp.down"}, "transformer.h.%d.mlp.c_proj", "blk.%d.ffn_down"},
	{[]string{"norm"}, "transformer.ln_f", "output_norm"},
	{[]string{"head"}, "lm_head", "output"},
}

// Hugging Face's GPTNeoForCausalLM. llama.cpp has none.
var neoModules = []module{
	{[]string{"tokens"}, "transformer.wte", ""},
	{[]string{"positions"}, "transformer.wpe", ""},
	{[]string{"blocks.%d.norm1"}, "transformer.h.%d.ln_1", ""},
	{[]string{"blocks.%d.attention.query"}, "transformer.h.%d.attn.attention.q_proj", ""},
	{[]string{"blocks.%d.attention.key"}, "transformer.h.%d.attn.attention.k_proj", ""},
	{[]string{"blocks.%d.attention.value"}, "transformer.h.%d.attn.attention.v_proj", ""},
	{[]string{"blocks.%d.attention.output"}, "transformer.h.%d.attn.attention.out_proj", ""},
	{[]string{"blocks.%d.norm2"}, "transformer.h.%d.ln_2", ""},
	{[]string{"blocks.%d.mlp.up"}, "transformer.h.%d.mlp.c_fc", ""},
	{[]string{"blocks.%d.mlp.down"}, "transformer.h.%d.mlp.c_proj", ""},
	{[]string{"norm"}, "transformer.ln_f", ""},
	{[]string{"head"}, "lm_head", ""},
}

// Hugging Face's GPTNeoXForCausalLM and llama.cpp's gptneox.
var neoxModules = []module{
	{[]string{"tokens"}, "gpt_neox.embed_in", "token_embd"},
	{[]string{"blocks.%d.norm1"}, "gpt_neox.layers.%d.input_layernorm", "blk.%d.attn_norm"},
	{together, "gpt_neox.layers.%d.attention.query_key_value", "blk.%d.attn_qkv"},
	{[]string{"blocks.%d.attention.output"}, "gpt_neox.layers.%d.attention.dense", "blk.%d.attn_output"},
	{[]string{"blocks.%d.norm2"}, "gpt_neox.layers.%d.post_attention_layernorm", "blk.%d.ffn_norm"},
	{[]string{"blocks.%d.mlp.up"}, "gpt_neox.layers.%d.mlp.dense_h_to_4h", "blk.%d.ffn_up"},
	{[]string{"blocks.%d.mlp.down"}, "gpt_neox.layers.%d.mlp.dense_4h_to_h", "blk.%d.ffn_down"},
	{[]string{"norm"}, "gpt_neox.final_layer_norm", "output_norm"},
	{[]string{"head"}, "embed_out", "output"},
}

// Within tells whether a tensor of that name lies where a model of form f has its
// own, so that it is none beside it.
func Within(f Family, name string) bool {
	rest, is := strings.CutPrefix(name, forms[f].base)
	room, _, _ := strings.Cut(rest, ".")
	return is && slices.ContainsFunc(forms[f].modules, func(m module) bool { return strings.HasPrefix(m.hf+".", forms[f].base+room+".") })
}

// OfGGUF is the family that llama.cpp calls by that name, "" for none.
func OfGGUF(architecture string) Family {
	for _, f := range Families() {
		if f != Mistral && architecture != "" && forms[f].gguf == architecture {
			return f
		}
	}
	return ""
}

// perID are the modules with a row a token, by our names.
var perID = map[string]bool{"tokens": true, "head": true}

// headName is Hugging Face's name of the head of f.
func headName(f Family) string {
	modules := forms[f].modules
	return modules[slices.IndexFunc(modules, func(m module) bool { return m.ours[0] == "head" })].hf + ".weight"
}

// HeadName is the tensor of f's head in Hugging Face's files, where it is not the
// embedding.
func HeadName(f Family) string { return headName(f) }
