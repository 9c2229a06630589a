package layout

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"hornbook/model"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// Adapter is an opened adapter that fits its model; its numbers are not read yet.
type Adapter struct {
	recipe.LoRA
	Store
}

// OpenAdapter looks at the adapter of a folder and compares it with m.
func OpenAdapter(fsys fs.FS, m *model.GPT) (*Adapter, error) {
	l, err := readAdapterConfig(fsys)
	if err != nil {
		return nil, err
	}
	a := &Adapter{LoRA: l}
	if err := a.compare(fsys, m); err != nil {
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
func (a *Adapter) compare(fsys fs.FS, m *model.GPT) (err error) {
	if err := a.AddSafetensors(fsys, AdapterFile); err != nil {
		return err
	}
	if a.Targets, err = targetsOf(a.Tensors, m); err != nil {
		return err
	}
	return a.Check(a.slots(m), AdapterFile)
}

// slots are the tensors that the adapter has on m, without a place for their
// numbers.
func (a *Adapter) slots(m *model.GPT) (slots []Slot) {
	f, _ := FamilyOf(m.Config)
	for _, p := range m.Base() {
		layer, isWeight := strings.CutSuffix(p.Name, ".weight")
		if !isWeight || !a.Adapts(layer[strings.LastIndex(layer, ".")+1:]) {
			continue
		}
		nameA, _ := adapterTensor(f, layer+".lora_a")
		nameB, _ := adapterTensor(f, layer+".lora_b")
		slots = append(slots, newSlot(nameA, false, part{nil, a.Rank, p.Cols()}), newSlot(nameB, false, part{nil, p.Rows(), a.Rank}))
	}
	return slots
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
	m.Adapt(a.LoRA)
	f, _ := FamilyOf(m.Config)
	var slots []Slot
	for _, p := range adapterParameters(m) {
		name, _ := adapterTensor(f, p.Name)
		slots = append(slots, newSlot(name, false, partOf(p)))
	}
	return a.Store.Fill(slots)
}

// plainInits are the ways of drawing A and B that leave the model as it is.
// Others (PiSSA, OLoRA, CorDA, LoftQ) take a part out of its weights, and what
// was trained so belongs to what is left of them.
var plainInits = []string{"gaussian", "eva", "orthogonal"}

// readAdapterConfig reads all but the targets. What the file does not say is as
// PEFT has it by itself.
func readAdapterConfig(fsys fs.FS) (l recipe.LoRA, err error) {
	text, err := format.Whole(fsys, AdapterConfigFile, format.MaxJSON)
	if err != nil {
		return l, err
	}
	c := adapterConfig{Rank: 8, Alpha: 8}
	if err := json.Unmarshal(text, &c); err != nil {
		return l, format.Unreadable(AdapterConfigFile, err)
	}
	if why := c.unusable(); why != "" {
		return l, format.Wrong(format.Unsupported, AdapterConfigFile, "only plain LoRA adapters can be used, but %s", why)
	}
	return recipe.LoRA{Rank: c.Rank, Alpha: c.Alpha, Dropout: c.Dropout}, nil
}

// unusable is why the adapter cannot be used, "" if it can.
func (c adapterConfig) unusable() string {
	init, named := c.Init.(string)
	switch {
	case c.PEFTType != "LORA":
		return fmt.Sprintf("it is of the kind %q", c.PEFTType)
	case c.Bias != "" && c.Bias != "none":
		return "it trains biases"
	case c.RSLoRA || c.DoRA:
		return "it is a DoRA or rank-stabilised adapter"
	case len(c.RankPattern)+len(c.AlphaPattern) > 0:
		return "its rank or alpha differs from layer to layer"
	case len(c.SaveModules) > 0:
		return "it brings whole layers with it"
	case named && !slices.Contains(plainInits, strings.ToLower(init)):
		return fmt.Sprintf("it was begun by %q, which changes the model's own weights; convert it to plain LoRA with PEFT", init)
	}
	for _, n := range []struct {
		key, limit string
		is         float64
	}{{"r", "lora_rank", float64(c.Rank)}, {"lora_alpha", "lora_alpha", c.Alpha}, {"lora_dropout", "lora_dropout", c.Dropout}} {
		if b := recipe.Limits[n.limit]; n.is < b.Min || n.is > b.Max {
			return fmt.Sprintf("its %s is %v, not from %v to %v", n.key, n.is, b.Min, b.Max)
		}
	}
	return ""
}

// targetsOf are the matrices whose tensors m's head and its first block have in
// store.
func targetsOf(store map[string]Stored, m *model.GPT) (string, error) {
	f, _ := FamilyOf(m.Config)
	var targets []string
	for _, target := range recipe.LoRATargets {
		layer := "blocks.0.mlp." + target
		switch {
		case target == "head":
			layer = target
		case slices.Contains(recipe.LoRATargets[:4], target):
			layer = "blocks.0.attention." + target
		}
		module, _ := moduleOf(f, layer)
		if _, there := store[adapterPrefix+module+".lora_A.weight"]; there {
			targets = append(targets, target)
		}
	}
	if len(targets) == 0 {
		return "", format.Wrong(format.Unsupported, AdapterFile, "it was made for another kind of model: none of its tensors has a layer here")
	}
	return strings.Join(targets, ","), nil
}
