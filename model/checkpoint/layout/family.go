// Package layout is how models lie in files: under which names, turned and put
// together how, with which configuration beside them. It knows Hugging Face's
// layout, llama.cpp's, PEFT's of adapters, and our own.
//
// A form of others is data: a list of modules, with the names of their parts here
// and there (forms.go). What differs beside names, the order of rows, is a list of
// numbers that follows from the shape (order.go).
package layout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// FamilyOf names the form that c can be written in, or why there is none. Of
// several that compute the same it is the most usual.
func FamilyOf(c recipe.Model) (f Family, why string) {
	rope := c.Norm == "rmsnorm" && c.Position == "rope" && c.MLP == "swiglu"
	gelu := c.Norm == "layernorm" && (c.MLP == "gelu" || c.MLP == "gelu_tanh")
	neox := gelu && c.Position == "rope"
	deep := c.Latent != (recipe.Latent{}) || c.Experts != (recipe.Experts{}) || c.Ahead > 0
	switch {
	case c.Lookback > 0:
		return "", "its tables of earlier tokens (lookback)"
	case c.Trigrams > 0:
		return "", "its table of three tokens (trigrams)"
	case deep:
		if why = deepSeek(c); why != "" {
			return "", why
		}
		return DeepSeek, ""
	case !rope && !neox && !(gelu && c.Position == "learned"):
		return "", fmt.Sprintf("%s with positions %q and MLP %q", c.Norm, c.Position, c.MLP)
	case rope && (c.Parallel || c.Rotary > 0 || c.Unscaled):
		return "", "what it has of GPT-NeoX or GPT-Neo (parallel, rotary, unscaled) in Llama's form"
	case rope && c.QKNorm && (!c.Bias || c.Biased == "attention"):
		return Qwen3, ""
	case rope && c.QKNorm:
		return "", "biases together with norms on queries and keys"
	case rope && c.Bias && c.Biased == "qkv":
		return Qwen2, ""
	case rope && c.Bias && (c.Biased == "rest" || c.Window > 0):
		return "", "its biases, or a window of attention beside them, in Llama's form"
	case rope && c.Window > 0 && c.Windowed != "":
		return "", "a window of attention in some layers of Llama's form"
	case rope && c.Window > 0:
		return Mistral, ""
	case rope:
		return Llama, ""
	case c.QKNorm:
		return "", "norms on queries and keys beside layernorm"
	case c.KVHeads != c.Heads:
		return "", "shared heads of keys and values beside layernorm"
	case c.HeadSize()*c.Heads != c.Channels:
		return "", "heads that together are not as wide as the model, beside layernorm"
	case neox && (c.Window > 0 || c.Unscaled || !c.Bias || c.Biased != "" && c.Biased != "mlp"):
		return "", "a window, unscaled scores or missing biases in GPT-NeoX's form"
	case neox:
		return NeoX, ""
	case c.Parallel:
		return "", "parallel blocks beside learned positions"
	case c.Unscaled && c.Bias && c.Biased == "rest":
		return Neo, ""
	case c.Unscaled || c.Window > 0 || c.Biased != "":
		return "", "what it has of GPT-Neo without the rest of it (window, unscaled, biased)"
	}
	return GPT2, ""
}

// HuggingFace lists the tensors of m in Hugging Face's files.
func HuggingFace(m *model.GPT, f Family) []Slot { return foreign(m, f, false) }

// GGUF lists the tensors of m in llama.cpp's files.
func GGUF(m *model.GPT, f Family) []Slot { return foreign(m, f, true) }

func foreign(m *model.GPT, f Family, gguf bool) (slots []Slot) {
	l := layouter{byName: map[string]*tensor.Tensor{}, GPT: m, form: forms[f], gguf: gguf}
	for _, p := range m.Parameters {
		l.byName[p.Name] = p
	}
	modules := l.form.modules
	i := 0
	for ; !modules[i].inBlock(); i++ {
		l.add(modules[i], -1)
	}
	from := i
	for block := range m.Layers {
		for i = from; modules[i].inBlock(); i++ {
			l.add(modules[i], block)
		}
	}
	for ; i < len(modules); i++ {
		l.add(modules[i], -1)
	}
	if m.Ahead > 0 && !gguf {
		for _, mod := range append(slices.Clip(l.form.ahead), modules[from:]...) {
			if mod.inBlock() || strings.HasPrefix(mod.ours[0], "ahead.") {
				l.add(mod, m.Layers)
			}
		}
	}
	return l.slots
}

type layouter struct {
	*model.GPT
	byName map[string]*tensor.Tensor
	form   form
	gguf   bool
	slots  []Slot
}

// add adds the weight and the bias of a module, as far as there are any; block
// is -1 outside of blocks.
func (l *layouter) add(mod module, block int) {
	name := numbered(mod.hf, block)
	if l.gguf {
		name = numbered(mod.gguf, block)
	}
	switch {
	case name == "": // elsewhere in these files
		return
	case mod.each():
		l.addEach(mod, block)
		return
	case mod.ours[0] == balanceOf:
		if b := l.byName[l.own(balanceOf, block)]; b != nil {
			l.slots = append(l.slots, newSlot(name, true, partOf(b)))
		}
		return
	}
	var weights, biases []part
	for _, ours := range mod.ours {
		own := l.own(ours, block)
		w, b := l.byName[own+".weight"], l.byName[own+".bias"]
		if w == nil {
			w = l.byName[own+".gain"]
		}
		if w == nil {
			return // a tied head, norms on queries
		}
		weights = append(weights, partOf(w))
		if b != nil {
			biases = append(biases, partOf(b))
		} else if l.form.biased && !perID[ours] && ours != "positions" {
			biases = append(biases, part{nil, w.Dims[0], 1})
		}
	}
	vector := len(weights) == 1 && len(weights[0].p.Dims) == 1
	w := newSlot(name+".weight", vector, weights...)
	w.PerID = perID[mod.ours[0]]
	if l.form.turned && !l.gguf && block >= 0 && !vector {
		w.turned = true
		w.Shape[0], w.Shape[1] = w.Shape[1], w.Shape[0]
	}
	w.order = l.order(mod)
	if l.gguf && mod.hf == "" {
		w.headwise(l.Heads, strings.HasSuffix(mod.ours[0], ".key"))
	}
	l.slots = append(l.slots, w)
	if len(biases) > 0 {
		b := newSlot(name+".bias", true, biases...)
		b.order, b.mayMiss = w.order, true
		l.slots = append(l.slots, b)
	}
}

// own is our name in a block, of which that behind the last looks ahead.
func (l *layouter) own(name string, block int) string {
	if block == l.Layers {
		return strings.Replace(name, "blocks.%d.", "ahead.block.", 1)
	}
	return numbered(name, block)
}

// numbered is a name with the number of a block in it.
func numbered(name string, block int) string {
	if block < 0 {
		return name
	}
	return strings.Replace(name, "%d", strconv.Itoa(block), 1)
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

// Place tells whether a model of form f can have a tensor of that name in Hugging
// Face's files.
func Place(f Family, name string) bool {
	bare := strings.TrimSuffix(strings.TrimSuffix(name, ".weight"), ".bias")
	return slices.ContainsFunc(append(slices.Clip(forms[f].modules), forms[f].ahead...), func(m module) bool {
		return bare != name && m.is(bare) || m.ours[0] == balanceOf && m.is(name)
	})
}
