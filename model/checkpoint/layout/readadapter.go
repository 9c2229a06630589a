package layout

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"hornbook/model"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Adapter is an opened adapter that fits its model; its numbers are not read yet.
// PEFT's may have another rank and another scale in each module, be missing in some,
// and adapt what are several layers of ours at once: all of it becomes one adapter
// of the largest rank, in which what is missing is zeros, which stay zeros, and B
// carries what the scale differs by. It adds the same.
type Adapter struct {
	recipe.LoRA
	Store
	pairs []pair
	rest  map[string]Stored // tensors that are no adapter's, by their names in the model
}

// pair is A and B of a module of theirs.
type pair struct {
	module string
	kind   string // module, with %d for the number of the block
	a, b   Stored
	scale  float64  // of B·A
	layers []string // of ours, one below the other in B
	order  []int    // of B's rows
	rows   []int    // of each layer
	cols   int      // that A reads
}

// OpenAdapter looks at the adapter of a folder and compares it with m.
func OpenAdapter(fsys fs.FS, m *model.GPT) (*Adapter, error) {
	c, err := readAdapterConfig(fsys)
	if err != nil {
		return nil, err
	}
	a := &Adapter{LoRA: recipe.LoRA{Dropout: c.Dropout}}
	if err := a.compare(fsys, c, m); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// CheckAdapter looks at the adapter of a folder without its model: the configuration,
// and that its tensors are an adapter's, of its rank.
func CheckAdapter(fsys fs.FS) error {
	l, err := readAdapterConfig(fsys)
	if err != nil {
		return err
	}
	var s Store
	defer s.Close()
	if err := s.AddSafetensors(fsys, AdapterFile); err != nil {
		return err
	}
	for name, t := range s.Tensors {
		rank := -1
		switch {
		case len(t.Shape) != 2 || !strings.HasPrefix(name, adapterPrefix):
		case strings.HasSuffix(name, ".lora_A.weight"):
			rank = t.Shape[0]
		case strings.HasSuffix(name, ".lora_B.weight"):
			rank = t.Shape[1]
		}
		if rank != l.Rank {
			return format.Wrong(format.Unsupported, AdapterFile, "tensor %.60q is not one of an adapter of rank %d; save the adapter again", name, l.Rank)
		}
	}
	return nil
}

// compare opens the adapter's tensors and finds those that do not fit m.
func (a *Adapter) compare(fsys fs.FS, c adapterConfig, m *model.GPT) error {
	if pickle := strings.TrimSuffix(AdapterFile, ".safetensors") + ".bin"; !format.Exists(fsys, AdapterFile) && format.Exists(fsys, pickle) {
		return format.Wrong(format.Unsupported, pickle, "the adapter's weights are in PyTorch's own format, which can hold programs, and are not opened; save it again by PEFT's save_pretrained, which writes %s", AdapterFile)
	}
	if err := a.AddSafetensors(fsys, AdapterFile); err != nil {
		return err
	}
	rest, err := a.bareNames()
	if err != nil {
		return err
	}
	known := modules(m)
	if !slices.ContainsFunc(known, func(p pair) bool { _, has := rest[p.module+".lora_A.weight"]; return has }) {
		return format.Wrong(format.Stranger, AdapterFile, "it was made for another kind of model: none of its tensors has a layer here")
	}
	kinds := map[string]bool{}
	for _, p := range known {
		if _, has := rest[p.module+".lora_A.weight"]; has {
			kinds[p.kind] = true
		}
	}
	for i := range known {
		if err := a.take(&known[i], c, rest, kinds); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		if why := strange(name); why == outside {
			return format.Wrong(format.Stranger, AdapterFile, "%s: tensor %q", why, name)
		} else if why != "" {
			return format.Wrong(format.Unsupported, AdapterFile, "only plain LoRA adapters can be used, but %s: tensor %q", why, name)
		}
	}
	if a.rest = rest; len(rest) > 0 {
		if err := a.checkBeside(m); err != nil {
			return err
		}
	}
	return a.settle(c)
}

// ownName is what an adapter of any name has behind A and B.
var ownName = regexp.MustCompile(`(\.lora_[AB])\.[^.]+\.weight$`)

// bareNames are the adapter's tensors by their names in the model: without what PEFT
// and PyTorch wrap around it, and the adapter's own name.
func (a *Adapter) bareNames() (map[string]Stored, error) {
	bare := map[string]Stored{}
	for name, t := range a.Tensors {
		for _, w := range []string{"_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module."} {
			name = strings.ReplaceAll(name, w, "")
		}
		for before := ""; before != name; { // an adapter may have been laid on an adapted model
			before, name = name, strings.TrimPrefix(strings.TrimPrefix(name, "module."), adapterPrefix)
		}
		name = ownName.ReplaceAllString(name, "$1.weight")
		for _, w := range []string{".default", ".modules_to_save", ".base_layer", ".original_module"} {
			name = strings.Replace(name, w+".", ".", 1)
		}
		if _, twice := bare[name]; twice {
			return nil, format.Wrong(format.Damaged, AdapterFile, "tensor %q lies in it twice, under names that mean the same", name)
		}
		bare[name] = t
	}
	return bare, nil
}

// modules are those of m that can be adapted, under the names that PEFT has for
// them; in a form of our own, and for what we have apart, under ours too.
func modules(m *model.GPT) (list []pair) {
	f, _ := FamilyOf(m.Config)
	dims := map[string][]int{}
	for _, t := range m.Config.Tensors() {
		if t.Layer == "" {
			continue
		}
		layer := strings.TrimSuffix(t.Name, ".weight")
		dims[layer] = t.Dims
		if _, own := moduleOf(f, layer); own {
			list = append(list, pair{module: layer, kind: unnumbered(layer), layers: []string{layer}, rows: t.Dims[:1], cols: t.Dims[1]})
		}
	}
	l := layouter{GPT: m, form: forms[f]}
	add := func(mod module, block int) {
		p := pair{module: numbered(mod.hf, block), kind: mod.hf, order: l.order(mod)}
		for _, ours := range mod.ours {
			if d, has := dims[numbered(ours, block)]; has {
				p.layers, p.rows, p.cols = append(p.layers, numbered(ours, block)), append(p.rows, d[0]), d[1]
			}
		}
		if len(p.layers) > 0 {
			list = append(list, p)
		}
	}
	for block := range m.Layers { // in the order of the file, which is then read once
		for _, mod := range forms[f].modules {
			if mod.inBlock() {
				add(mod, block)
			}
		}
	}
	for _, mod := range forms[f].modules {
		if !mod.inBlock() {
			add(mod, -1)
		}
	}
	return list
}

// take finds A and B of a module and compares them with it. They must be there if
// the settings name the module and other blocks have it. Those that were taken
// leave rest.
func (a *Adapter) take(p *pair, c adapterConfig, rest map[string]Stored, kinds map[string]bool) (err error) {
	nameA, nameB := p.module+".lora_A.weight", p.module+".lora_B.weight"
	var hasA, hasB bool
	p.a, hasA = rest[nameA]
	p.b, hasB = rest[nameB]
	if !hasA && !hasB && !(kinds[p.kind] && c.wants(p.module, blockOf(p.layers[0]))) {
		return nil
	}
	switch {
	case !hasA:
		return format.Wrong(format.Damaged, AdapterFile, "tensor %q is missing", adapterPrefix+nameA)
	case !hasB:
		return format.Wrong(format.Damaged, AdapterFile, "tensor %q is missing", adapterPrefix+nameB)
	}
	delete(rest, nameA)
	delete(rest, nameB)
	rank, err := of(c.RankPattern, p.module, c.Rank)
	if err != nil {
		return err
	}
	rows := 0
	for _, n := range p.rows {
		rows += n
	}
	for _, t := range []struct {
		name string
		got  Stored
		want []int
	}{{nameA, p.a, []int{rank, p.cols}}, {nameB, p.b, []int{rows, rank}}} {
		if !slices.Equal(t.got.Shape, t.want) {
			kind := format.Damaged
			if len(p.a.Shape) == 2 && len(p.b.Shape) == 2 && p.a.Shape[0] == rank && p.b.Shape[1] == rank { // all of it fits together
				kind = format.Stranger
			}
			return format.Wrong(kind, t.got.File, "tensor %q has shape %v, but the model needs %v", adapterPrefix+t.name, t.got.Shape, t.want)
		}
	}
	if p.scale, err = c.scale(p.module, rank); err != nil {
		return err
	}
	a.pairs = append(a.pairs, *p)
	return nil
}

// blockOf is the block that a layer of ours belongs to, -1 for none.
func blockOf(layer string) int {
	var block int
	if n, _ := fmt.Sscanf(layer, "blocks.%d.", &block); n == 1 {
		return block
	}
	return -1
}

// unnumbered is a layer of ours with %d for the number of its block.
func unnumbered(layer string) string {
	return strings.Replace(layer, fmt.Sprintf("blocks.%d.", blockOf(layer)), "blocks.%d.", 1)
}

const outside = "it adapts what the model has not"

// strange is what is wrong with a tensor of an adapter that no layer of the model
// takes, "" for one of the model's own.
func strange(name string) string {
	switch {
	case strings.Contains(name, ".lora_embedding_"):
		return "it adapts the embedding"
	case strings.Contains(name, ".lora_magnitude_vector"):
		return "it is a DoRA adapter"
	case strings.HasSuffix(name, ".lora_A.bias"), strings.HasSuffix(name, ".lora_B.bias"):
		return "its matrices have biases (lora_bias)"
	case strings.Contains(name, ".lora_"):
		return outside
	}
	return ""
}

// settle makes of ranks and scales those of one adapter.
func (a *Adapter) settle(c adapterConfig) error {
	adapted := map[string]bool{}
	plain, scale := true, 0.0
	for _, p := range a.pairs {
		rank := p.a.Shape[0]
		plain = plain && rank == a.pairs[0].a.Shape[0] && p.scale == c.Alpha/float64(rank)
		a.Rank, scale = max(a.Rank, rank), max(scale, p.scale)
		for _, layer := range p.layers {
			if adapted[layer] {
				return format.Wrong(format.Unsupported, AdapterFile, "it adapts %s twice, under two names", layer)
			}
			adapted[layer] = true
		}
	}
	if a.Alpha = c.Alpha; !plain {
		a.Alpha = math.Min(scale*float64(a.Rank), recipe.Limits["lora_alpha"].Max)
	}
	var targets []string
	for _, target := range recipe.LoRATargets {
		for layer := range adapted {
			if recipe.Target(layer) == target {
				targets = append(targets, target)
				break
			}
		}
	}
	a.Targets = strings.Join(targets, ",")
	return nil
}

// ownSlots are m's tensors in Hugging Face's files, by name, a tied head's too.
func ownSlots(m *model.GPT) map[string]Slot {
	f, _ := FamilyOf(m.Config)
	slots := map[string]Slot{}
	for _, s := range Saved(m) {
		slots[s.Name] = s
	}
	if f != "" && m.Tied {
		slots[headName(f)] = slots[forms[f].base+forms[f].first]
	}
	return slots
}

// checkBeside finds tensors beside the adapter that the model has not, or of
// another shape.
func (a *Adapter) checkBeside(m *model.GPT) error {
	slots := ownSlots(m)
	for _, name := range slices.Sorted(maps.Keys(a.rest)) {
		s, has := slots[name]
		if !has {
			return format.Wrong(format.Unsupported, AdapterFile, "the model has no place for its tensor %q", name)
		}
		if t := a.rest[name]; !slices.Equal(t.Shape, s.Shape) {
			return format.Wrong(format.Stranger, AdapterFile, "it brings a %q of its own of shape %v, and the model's has %v: the model that it was made for had other tokens; merge the two with PEFT's merge_and_unload, and open the result", name, t.Shape, s.Shape)
		}
	}
	return nil
}

// same refuses tensors beside the adapter that are not the model's own: PEFT saves
// embedding and head with it when it is not sure.
func (a *Adapter) same(m *model.GPT) error {
	slots := ownSlots(m)
	for _, name := range slices.Sorted(maps.Keys(a.rest)) {
		t, want := a.rest[name], slots[name].Values(nil)
		got := make([]float32, len(want))
		if err := t.Read(got); err != nil {
			return format.Unreadable(t.File, err)
		}
		apart := map[string]float64{"F16": 0x1p-11, "BF16": 0x1p-8}[t.DType] // that rounding makes
		for i, x := range want {
			if off := math.Abs(float64(got[i]) - float64(x)); !(off <= apart*math.Abs(float64(x))+apart*0x1p-13) {
				return format.Wrong(format.Unsupported, AdapterFile, "it brings %q with it, trained further than the model's: that is more than an adapter; merge the two with PEFT's merge_and_unload, and open the result", name)
			}
		}
	}
	return nil
}

// Is tells whether the adapter is the one that l describes on m. The order of
// l's targets, and those that m lacks, do not matter.
func (a *Adapter) Is(l recipe.LoRA, m *model.GPT) bool {
	var targets []string
	for _, target := range recipe.LoRATargets {
		if l.Adapts(target) && len(recipe.LoRA{Rank: 1, Targets: target}.On(m.Config)) > 0 {
			targets = append(targets, target)
		}
	}
	l.Targets = strings.Join(targets, ",")
	return a.LoRA == l
}

// Fill gives m, which has no adapter, this one.
func (a *Adapter) Fill(m *model.GPT) error {
	if err := a.Fetch(); err != nil {
		return err
	}
	if err := a.same(m); err != nil {
		return err
	}
	m.Adapt(a.LoRA)
	parameters := map[string]*tensor.Tensor{}
	for _, p := range adapterParameters(m) {
		parameters[p.Name] = p
		m.Backend.Fill(p, 0)
	}
	strange, first := 0, ""
	for _, p := range a.pairs {
		low, high := make([]float32, product(p.a.Shape)), make([]float32, product(p.b.Shape))
		if err := cmp.Or(p.a.Read(low), p.b.Read(high)); err != nil {
			return format.Unreadable(p.a.File, err)
		}
		if n := NotFinite(low) + NotFinite(high); n > 0 {
			strange, first = strange+n, cmp.Or(first, p.module)
		}
		a.place(p, low, high, parameters)
	}
	if strange > 0 {
		return format.Wrong(format.Damaged, AdapterFile, "%d of the weights are no finite numbers, the first in what it adds to %q: a training that went wrong, or a damaged file; use an earlier copy", strange, first)
	}
	return nil
}

// place puts A (r,in) and B (out,r) of a pair into the layers that it adapts, each of
// which has A, and its part of B.
func (a *Adapter) place(p pair, low, high []float32, parameters map[string]*tensor.Tensor) {
	rank, row := p.a.Shape[0], 0
	high = sorted(high, rank, p.order, true)
	factor := float32(1)
	if all := a.Alpha / float64(a.Rank); p.scale != all {
		factor = float32(p.scale / all)
	}
	for i, layer := range p.layers {
		wide, tall := make([]float32, a.Rank*p.cols), make([]float32, p.rows[i]*a.Rank)
		copy(wide, low)
		for r := range p.rows[i] {
			for k, x := range high[(row+r)*rank : (row+r+1)*rank] {
				tall[r*a.Rank+k] = x * factor
			}
		}
		parameters[layer+".lora_a"].Upload(wide)
		parameters[layer+".lora_b"].Upload(tall)
		row += p.rows[i]
	}
}
