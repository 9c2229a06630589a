package layout

import (
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
	"hornbook/model/tensor"
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
	Init          any             `json:"init_lora_weights,omitempty"` // true, false, or the name of a way
}

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
	f, _ := FamilyOf(m.Config)
	for _, p := range adapterParameters(m) {
		if _, own := adapterTensor(f, p.Name); own {
			return p.Name
		}
	}
	return ""
}

// AdapterFiles are the files of m's adapter, made for the model called base, as
// PEFT's; none if it has no adapter. In a form that PEFT has no name for, the
// layers keep ours.
func AdapterFiles(m *model.GPT, base string) []format.Written {
	l, has := m.Adapter()
	if !has {
		return nil
	}
	f, _ := FamilyOf(m.Config)
	var tensors []safetensors.Lazy
	targets := []string{}
	for _, p := range adapterParameters(m) {
		name, _ := adapterTensor(f, p.Name)
		tensors = append(tensors, safetensors.Lazy{Name: name, Shape: p.Dims, DType: safetensors.F32, Values: p.Numbers})
		module, _, _ := cutLast(name, ".lora_")
		if _, target, _ := cutLast(module, "."); !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	list, _ := json.Marshal(targets) // strings: no error
	c := adapterConfig{PEFTType: "LORA", TaskType: "CAUSAL_LM", Base: base, Rank: l.Rank, Alpha: l.Alpha, Dropout: l.Dropout, Targets: list,
		Bias: "none", FanInFanOut: f == GPT2, InferenceMode: true}
	return []format.Written{format.JSON(AdapterConfigFile, c),
		{Name: AdapterFile, Write: func(w io.Writer) error {
			return safetensors.WriteLazy(w, tensors, map[string]string{"format": "pt"})
		}}}
}
