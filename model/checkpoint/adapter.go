package checkpoint

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// An adapter's files are those of Hugging Face's PEFT.
const (
	adapterConfigFile = "adapter_config.json"
	adapterFile       = "adapter_model.safetensors"
)

// adapterPrefix begins the name of each tensor: PEFT wraps the model twice.
const adapterPrefix = "base_model.model."

// adapterConfig is adapter_config.json. What would change the arithmetic is
// refused, the rest passed over.
type adapterConfig struct {
	PEFTType      string          `json:"peft_type"`
	TaskType      string          `json:"task_type"`
	Base          string          `json:"base_model_name_or_path"`
	Rank          int             `json:"r"`
	Alpha         float64         `json:"lora_alpha"`
	Dropout       float64         `json:"lora_dropout"`
	Targets       json.RawMessage `json:"target_modules"`
	Bias          string          `json:"bias"`
	FanInFanOut   bool            `json:"fan_in_fan_out"`
	InferenceMode bool            `json:"inference_mode"`
	RSLoRA        bool            `json:"use_rslora"`
	DoRA          bool            `json:"use_dora"`
	RankPattern   map[string]any  `json:"rank_pattern"`
	AlphaPattern  map[string]any  `json:"alpha_pattern"`
	SaveModules   []string        `json:"modules_to_save"`
}

// moduleOf is the name that PEFT has for one of our linear layers, such as
// "blocks.0.mlp.up", in a model of form f; own is true where the layer is a part
// of one of theirs, or the form is our own.
func moduleOf(f family, layer string) (name string, own bool) {
	parts := strings.Split(layer, ".")
	block := 0
	if len(parts) > 1 {
		block, _ = strconv.Atoi(parts[1])
		parts[1] = "%d"
	}
	modules := map[family][]module{llama: ropeModules, qwen3: ropeModules, gpt2: gpt2Modules}[f]
	for _, m := range modules {
		if len(m.ours) == 1 && m.ours[0] == strings.Join(parts, ".") {
			return strings.Replace(m.hf, "%d", strconv.Itoa(block), 1), false
		}
	}
	return layer, true
}

// adapterTensor is where a parameter of an adapter lies in PEFT's file: the
// low-rank matrices are called lora_A and lora_B there.
func adapterTensor(f family, p *tensor.Tensor) (name string, own bool) {
	layer, which, _ := cutLast(p.Name, ".lora_")
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

// WriteAdapter writes the adapter of run's model alone, as PEFT's files. In a
// form that PEFT has no name for, the layers keep ours.
func WriteAdapter(sink Sink, run Run) error {
	for _, f := range adapterFiles(run) {
		if _, err := create(sink, f); err != nil {
			return err
		}
	}
	return nil
}

// ZipAdapter writes what WriteAdapter does as one zip. A model without an
// adapter, or whose layers PEFT cannot name, is a *Problem.
func ZipAdapter(w io.Writer, run Run) error {
	if _, has := run.Model.Adapter(); !has {
		return problem(Unsupported, "", "this model has no adapter; save the model itself")
	}
	f, _ := familyOf(run.Recipe.Model)
	for _, p := range adapterParameters(run.Model) {
		if _, own := adapterTensor(f, p); own {
			return problem(Unsupported, "", "other programs have no layer of their own for %s; save the whole model, or adapt output, up and down only", p.Name)
		}
	}
	return zipped(w, func(sink Sink) error { return WriteAdapter(sink, run) })
}

func adapterFiles(run Run) []file {
	l, has := run.Model.Adapter()
	if !has {
		return nil
	}
	f, _ := familyOf(run.Recipe.Model)
	var tensors []safetensors.Tensor
	targets := []string{}
	for _, p := range adapterParameters(run.Model) {
		name, _ := adapterTensor(f, p)
		tensors = append(tensors, safetensors.Tensor{Name: name, Shape: p.Dims, Data: p.Data})
		module, _, _ := cutLast(name, ".lora_")
		if _, target, _ := cutLast(module, "."); !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	list, _ := json.Marshal(targets) // strings: no error
	c := adapterConfig{PEFTType: "LORA", TaskType: "CAUSAL_LM", Rank: l.Rank, Alpha: l.Alpha, Dropout: l.Dropout, Targets: list,
		Bias: "none", FanInFanOut: f == gpt2, InferenceMode: true}
	if run.From != nil {
		c.Base = run.From.Name
	}
	return []file{jsonFile(adapterConfigFile, c),
		{adapterFile, func(w io.Writer) error { return safetensors.Write(w, tensors, map[string]string{"format": "pt"}) }}}
}

// IsAdapter tells whether what a person gave, files or one zip of them, is an
// adapter alone.
func IsAdapter(fsys fs.FS) bool {
	given, done, err := unpacked(fsys)
	if err != nil {
		return false
	}
	defer done()
	return exists(given, adapterConfigFile) && !exists(given, configFile) && !exists(given, runFile)
}

// unpacked is the folder that the files lie in, in a zip or not, until done.
func unpacked(fsys fs.FS) (root fs.FS, done func(), err error) {
	root, names, err := settleOn(fsys)
	if err != nil || len(names) != 1 || !hasEnding(names[0], ".zip") {
		return root, func() {}, err
	}
	b, err := open(root, names[0])
	if err != nil {
		return nil, nil, err
	}
	z, err := openZip(b, b.size, names[0])
	if err == nil {
		root, _, err = settleOn(z)
	}
	if err != nil {
		b.Close()
		return nil, nil, err
	}
	return root, func() { b.Close() }, nil
}

// ReadAdapter reads an adapter that was made for a model of m's shape, from
// files or one zip of them, and returns a copy of m with it, in place of one
// that m may have. m stays as it is.
func ReadAdapter(fsys fs.FS, m *model.GPT) (*model.GPT, error) {
	given, done, err := unpacked(fsys)
	if err != nil {
		return nil, err
	}
	defer done()
	adapted := m.Clone()
	if _, has := adapted.Adapter(); has {
		adapted.DropAdapter()
	}
	return adapted, readAdapter(given, adapted)
}

// readAdapter gives m, which has none, the adapter of a folder.
func readAdapter(fsys fs.FS, m *model.GPT) error {
	l, err := readAdapterConfig(fsys)
	if err != nil {
		return err
	}
	o := opening{file: adapterFile}
	defer o.close()
	if err := o.addSafetensors(fsys, adapterFile); err != nil {
		return err
	}
	if l.Targets, err = targetsOf(o.store, m); err != nil {
		return err
	}
	if n := l.Rank * m.Channels * m.Layers; l.Rank < 1 || n > 4*len(m.Weights)+1<<20 {
		return problem(Unsupported, adapterConfigFile, "a rank of %d is not one that an adapter of this model can have", l.Rank)
	}
	m.Adapt(l)
	f, _ := familyOf(m.Config)
	var slots []slot
	for _, p := range adapterParameters(m) {
		s := newSlot("", false, partOf(p))
		s.name, _ = adapterTensor(f, p)
		slots = append(slots, s)
	}
	if err := check(slots, o.store, adapterFile); err != nil {
		return err
	}
	return fill(slots, o.store)
}

func readAdapterConfig(fsys fs.FS) (l recipe.LoRA, err error) {
	text, err := whole(fsys, adapterConfigFile, maxJSON)
	if err != nil {
		return l, err
	}
	var c adapterConfig
	if err := json.Unmarshal(text, &c); err != nil {
		return l, damaged(adapterConfigFile, err)
	}
	why := ""
	switch {
	case c.PEFTType != "LORA":
		why = fmt.Sprintf("it is of the kind %q", c.PEFTType)
	case c.Bias != "" && c.Bias != "none":
		why = "it trains biases"
	case c.RSLoRA || c.DoRA:
		why = "it is a DoRA or rank-stabilised adapter"
	case len(c.RankPattern)+len(c.AlphaPattern) > 0:
		why = "its rank or alpha differs from layer to layer"
	case len(c.SaveModules) > 0:
		why = "it brings whole layers with it"
	case !(c.Alpha > 0) || !(c.Dropout >= 0 && c.Dropout < 1):
		why = fmt.Sprintf("alpha is %v and dropout %v", c.Alpha, c.Dropout)
	}
	if why != "" {
		return l, problem(Unsupported, adapterConfigFile, "only plain LoRA adapters can be used, but %s", why)
	}
	return recipe.LoRA{Rank: c.Rank, Alpha: c.Alpha, Dropout: c.Dropout}, nil
}

// targetsOf are the matrices whose tensors m's head and its first block have in
// store.
func targetsOf(store map[string]stored, m *model.GPT) (string, error) {
	f, _ := familyOf(m.Config)
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
		return "", problem(Unsupported, adapterFile, "it was made for another kind of model: none of its tensors has a layer here")
	}
	return strings.Join(targets, ","), nil
}
