package layout

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// adapterPrefix begins the name of each tensor: PEFT wraps the model twice.
const adapterPrefix = "base_model.model."

// moduleOf is the name that PEFT has for one of our linear layers, such as
// "blocks.0.mlp.up", in a model of form f; own is true where the layer is a part
// of one of theirs, or the form is our own.
func moduleOf(f Family, layer string) (name string, own bool) {
	parts := strings.Split(layer, ".")
	block := 0
	if len(parts) > 1 {
		block, _ = strconv.Atoi(parts[1])
		parts[1] = "%d"
	}
	for _, m := range forms[f].modules {
		if len(m.ours) == 1 && m.ours[0] == strings.Join(parts, ".") {
			return strings.Replace(m.hf, "%d", strconv.Itoa(block), 1), false
		}
	}
	return layer, true
}

// adapterTensor is where an adapter's parameter, "blocks.0.mlp.up.lora_a" or such,
// lies in PEFT's file: the low-rank matrices are called lora_A and lora_B there.
func adapterTensor(f Family, parameter string) (name string, own bool) {
	layer, which, _ := cutLast(parameter, ".lora_")
	module, own := moduleOf(f, layer)
	return adapterPrefix + module + ".lora_" + strings.ToUpper(which) + ".weight", own
}

func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}

// adapterParameters are those of m's adapter.
func adapterParameters(m *model.GPT) []*tensor.Tensor { return m.Parameters[len(m.Base()):] }

// Unnamed is the first parameter of m's adapter that PEFT has no name for, "" if
// it can name them all.
func Unnamed(m *model.GPT) string {
	if f, _ := FamilyOf(m.Config); f == "" {
		return adapterParameters(m)[0].Name
	}
	return ""
}

// AdapterFiles are the files of m's adapter, made for the model called base, as
// PEFT's, with weights as f32 or f16; none if it has no adapter. What the form has
// together, and all of a form that PEFT has no name for, keeps our names, and so comes
// back bit by bit from f32.
func AdapterFiles(m *model.GPT, base string, t format.DType) []format.Written {
	l, has := m.Adapter()
	if !has {
		return nil
	}
	dtype, err := safetensorsType(t)
	if err != nil {
		panic("layout: an adapter's weights are f32 or f16")
	}
	f, _ := FamilyOf(m.Config)
	var tensors []safetensors.Lazy
	var modules []string
	for _, p := range adapterParameters(m) {
		name, _ := adapterTensor(f, p.Name)
		tensors = append(tensors, safetensors.Lazy{Name: name, Shape: p.Dims, DType: dtype, Values: p.Numbers})
		module, _, _ := cutLast(strings.TrimPrefix(name, adapterPrefix), ".lora_")
		modules = append(modules, module)
	}
	c := settingsOf(l, f, base)
	c.Targets = endsOf(modules, allOf(m, f))
	return written(c, tensors)
}

// PEFTFiles are AdapterFiles for other programs: what their form has together is
// together, queries, keys and values most often, and blocks in which nothing is added
// and nothing can be learned are left out.
func PEFTFiles(m *model.GPT, base string) []format.Written {
	l, _ := m.Adapter()
	f, _ := FamilyOf(m.Config)
	parameters := map[string]*tensor.Tensor{}
	for _, p := range adapterParameters(m) {
		parameters[p.Name] = p
	}
	c := settingsOf(l, f, base)
	var tensors []safetensors.Lazy
	var names []string
	blocks, all := map[int]bool{}, 0
	for _, p := range modules(m) {
		if unnumbered(p.layers[0]) == p.kind && f != "" { // ours, of what is together
			continue
		}
		low, high := joined(p, parameters, l.Rank)
		if low == nil {
			continue
		}
		names = append(names, p.module)
		if block := blockOf(p.layers[0]); block >= 0 {
			all = max(all, block+1)
			if empty(low) && empty(high) {
				continue
			}
			blocks[block] = true
		}
		rank := len(low) / p.cols
		if rank != l.Rank {
			end := p.kind[strings.LastIndex(p.kind, ".")+1:]
			c.RankPattern[end], c.AlphaPattern[end] = rank, l.Alpha*float64(rank)/float64(l.Rank)
		}
		tensors = append(tensors,
			safetensors.Lazy{Name: adapterPrefix + p.module + ".lora_A.weight", Shape: []int{rank, p.cols}, DType: safetensors.F32, Values: func() []float32 { return low }},
			safetensors.Lazy{Name: adapterPrefix + p.module + ".lora_B.weight", Shape: []int{len(high) / rank, rank}, DType: safetensors.F32, Values: func() []float32 { return high }})
	}
	if len(blocks) < all && len(blocks) > 0 {
		c.Layers, _ = json.Marshal(slices.Sorted(maps.Keys(blocks))) // numbers: no error
		names = slices.DeleteFunc(names, func(name string) bool {
			return !slices.ContainsFunc(tensors, func(t safetensors.Lazy) bool { return strings.HasPrefix(t.Name, adapterPrefix+name+".") })
		})
	}
	c.Targets = endsOf(names, allOf(m, f))
	return written(c, tensors)
}

// joined are A and B of a module of theirs, nil if none of its layers is adapted. Of
// several layers that have one A it is theirs; else their A stand one below the other,
// and each layer's rows of B have numbers for its own A only.
func joined(p pair, parameters map[string]*tensor.Tensor, rank int) (low, high []float32) {
	var first []float32
	lows, highs, one, any := make([][]float32, len(p.layers)), make([][]float32, len(p.layers)), true, false
	for i, layer := range p.layers {
		a, has := parameters[layer+".lora_a"]
		if !has {
			one = one && len(p.layers) == 1
			continue
		}
		lows[i], highs[i], any = a.Numbers(), parameters[layer+".lora_b"].Numbers(), true
		if first == nil {
			first = lows[i]
		}
		one = one && slices.Equal(first, lows[i])
	}
	if !any {
		return nil, nil
	}
	wide := rank
	if low = first; !one {
		low, wide = nil, 0
		for _, a := range lows {
			low, wide = append(low, a...), wide+len(a)/p.cols
		}
	}
	at := 0
	for i, rows := range p.rows {
		part := make([]float32, rows*wide)
		for r := range rows * min(1, len(highs[i])) {
			copy(part[r*wide+at:], highs[i][r*rank:(r+1)*rank])
		}
		if high = append(high, part...); !one && highs[i] != nil {
			at += rank
		}
	}
	return low, sorted(high, wide, p.order, false)
}

func empty(x []float32) bool {
	return !slices.ContainsFunc(x, func(v float32) bool { return v != 0 })
}

// settingsOf is adapter_config.json of l, without its targets.
func settingsOf(l recipe.LoRA, f Family, base string) adapterConfig {
	return adapterConfig{PEFTType: "LORA", TaskType: "CAUSAL_LM", Base: base, Rank: l.Rank, Alpha: l.Alpha, Dropout: l.Dropout,
		Bias: "none", FanInFanOut: forms[f].turned, InferenceMode: true, RankPattern: map[string]int{}, AlphaPattern: map[string]float64{}}
}

// allOf are the names of all modules of m that could be adapted.
func allOf(m *model.GPT, f Family) (names []string) {
	for _, p := range modules(m) {
		names = append(names, p.module)
	}
	for block := range m.Layers {
		for _, mod := range forms[f].modules {
			if mod.each() { // which no adapter is on
				names = append(names, numbered(strings.Replace(mod.hf, "experts.%d.", "experts.", 1), block))
			}
		}
	}
	return names
}

// endsOf are the ends of modules' names by which PEFT finds them and no others of
// all: mostly their last part.
func endsOf(modules, all []string) json.RawMessage {
	ends := []string{}
	for _, module := range modules {
		parts := strings.Split(module, ".")
		end := parts[len(parts)-1]
		if len(parts) > 1 && slices.ContainsFunc(all, func(other string) bool {
			return strings.HasSuffix(other, "."+end) && !slices.Contains(modules, other) && alike(other, module)
		}) {
			end = parts[len(parts)-2] + "." + end
		}
		if !slices.Contains(ends, end) {
			ends = append(ends, end)
		}
	}
	list, _ := json.Marshal(ends) // strings: no error
	return list
}

// alike tells whether two modules are of one block, or of none.
func alike(a, b string) bool {
	number := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }), " ")
	}
	return number(a) == number(b)
}

func written(c adapterConfig, tensors []safetensors.Lazy) []format.Written {
	return []format.Written{format.JSON(AdapterConfigFile, c),
		{Name: AdapterFile, Write: func(w io.Writer) error {
			return safetensors.WriteLazy(w, tensors, map[string]string{"format": "pt"})
		}}}
}
