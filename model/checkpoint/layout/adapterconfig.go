package layout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strings"

	"hornbook/model/format"
	"hornbook/model/recipe"
)

// adapterConfig is adapter_config.json. What changes the arithmetic is done or
// refused by its name; what only says how an adapter was begun or trained is passed
// over. A key that nobody here has heard of is passed over where it says that there
// is none of it, and else refused, since it may be either.
type adapterConfig struct {
	PEFTType      string             `json:"peft_type"`
	TaskType      string             `json:"task_type"`
	Base          string             `json:"base_model_name_or_path"`
	Rank          int                `json:"r"`
	Alpha         float64            `json:"lora_alpha"`
	Dropout       float64            `json:"lora_dropout"`
	Targets       json.RawMessage    `json:"target_modules"` // a list of ends of names, or an expression
	Exclude       json.RawMessage    `json:"exclude_modules,omitempty"`
	Bias          string             `json:"bias"`
	FanInFanOut   bool               `json:"fan_in_fan_out"`
	InferenceMode bool               `json:"inference_mode"`
	RSLoRA        bool               `json:"use_rslora"`
	DoRA          bool               `json:"use_dora"`
	RankPattern   map[string]int     `json:"rank_pattern"`
	AlphaPattern  map[string]float64 `json:"alpha_pattern"`
	SaveModules   []string           `json:"modules_to_save"`
	Layers        json.RawMessage    `json:"layers_to_transform"` // null, a number, or a list
	LayersPattern json.RawMessage    `json:"layers_pattern"`
	Init          any                `json:"init_lora_weights,omitempty"` // true, false, or the name of a way
}

// done are the keys that adapterConfig has, and those that change nothing of what a
// finished adapter computes.
var (
	done = []string{"peft_type", "task_type", "base_model_name_or_path", "r", "lora_alpha", "lora_dropout", "target_modules", "exclude_modules", "bias",
		"fan_in_fan_out", "inference_mode", "use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform",
		"layers_pattern", "init_lora_weights"}
	idle = []string{"revision", "auto_mapping", "peft_version", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "megatron_config",
		"megatron_core", "runtime_config", "qalora_group_size", "ensure_weight_tying"}
)

// plainInits are the ways of drawing A and B that leave the model as it is.
// Others (PiSSA, OLoRA, CorDA, LoftQ) take a part out of its weights, and what
// was trained so belongs to what is left of them.
var plainInits = []string{"gaussian", "eva", "orthogonal", "lora_ga"}

// readAdapterConfig reads the settings. What the file does not say is as
// PEFT has it by itself.
func readAdapterConfig(fsys fs.FS) (c adapterConfig, err error) {
	text, err := format.Whole(fsys, AdapterConfigFile, format.MaxJSON)
	if err != nil {
		return c, err
	}
	c = adapterConfig{Rank: 8, Alpha: 8}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return c, format.Unreadable(AdapterConfigFile, err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, format.Unreadable(AdapterConfigFile, err)
	}
	why := c.unusable()
	for key, value := range keys {
		if why == "" && !slices.Contains(done, key) && !slices.Contains(idle, key) && !nothing(value) {
			why = fmt.Sprintf("its %s is %s, which Hornbook does not know", key, shortened(value))
		}
	}
	if why != "" {
		return c, format.Wrong(format.Unsupported, AdapterConfigFile, "only plain LoRA adapters can be used, but %s", why)
	}
	return c, nil
}

// nothing tells whether a value says that there is none of something.
func nothing(value json.RawMessage) bool {
	return slices.Contains([]string{"null", "false", "0", "0.0", `""`, "[]", "{}", "1.0"}, string(bytes.TrimSpace(value)))
}

func shortened(value json.RawMessage) string {
	if len(value) > 60 {
		return string(bytes.ToValidUTF8(value[:60], nil)) + "…"
	}
	return string(value)
}

// unusable is why the adapter cannot be used, "" if it can.
func (c adapterConfig) unusable() string {
	init, named := c.Init.(string)
	switch {
	case c.PEFTType != "LORA":
		return fmt.Sprintf("it is of the kind %q (peft_type)", c.PEFTType)
	case c.DoRA:
		return "it is a DoRA adapter (use_dora)"
	case named && !slices.Contains(plainInits, strings.ToLower(init)):
		return fmt.Sprintf("it was begun by %q (init_lora_weights), which changes the model's own weights; convert it to plain LoRA with PEFT", init)
	}
	for _, n := range []struct {
		key, limit string
		is         float64
	}{{"r", "lora_rank", float64(c.Rank)}, {"lora_alpha", "lora_alpha", c.Alpha}, {"lora_dropout", "lora_dropout", c.Dropout}} {
		if b := recipe.Limits[n.limit]; n.is < b.Min || n.is > b.Max {
			return fmt.Sprintf("its %s is %v, not from %v to %v", n.key, n.is, b.Min, b.Max)
		}
	}
	for key, r := range c.RankPattern {
		if b := recipe.Limits["lora_rank"]; float64(r) < b.Min || float64(r) > b.Max {
			return fmt.Sprintf("its rank_pattern says %d of %q, not from %v to %v", r, key, b.Min, b.Max)
		}
	}
	for key, alpha := range c.AlphaPattern {
		if b := recipe.Limits["lora_alpha"]; !(alpha >= b.Min && alpha <= b.Max) {
			return fmt.Sprintf("its alpha_pattern says %v of %q, not from %v to %v", alpha, key, b.Min, b.Max)
		}
	}
	return ""
}

// of is the value of a pattern for a module: of the first expression, in the order
// of their names, that the end of the module's name is.
func of[T any](pattern map[string]T, module string, otherwise T) (T, error) {
	var keys []string
	for key := range pattern {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		e, err := regexp.Compile(`^(.*\.)?(` + key + `)$`)
		if err != nil {
			return otherwise, format.Wrong(format.Unsupported, AdapterConfigFile, "its pattern %q is no expression that can be read", key)
		}
		if e.MatchString(module) {
			return pattern[key], nil
		}
	}
	return otherwise, nil
}

// scale is what B·A is multiplied by in a module of that rank.
func (c adapterConfig) scale(module string, rank int) (float64, error) {
	alpha, err := of(c.AlphaPattern, module, c.Alpha)
	if c.RSLoRA { // Kalajdzievski 2023
		return alpha / math.Sqrt(float64(rank)), err
	}
	return alpha / float64(rank), err
}

// wants tells whether the settings name a module, in a block of that number, so that
// it must be there: by a list of ends of names, and the layers. Of an expression
// nothing is asked.
func (c adapterConfig) wants(module string, block int) bool {
	var ends []string
	if json.Unmarshal(c.Targets, &ends) != nil || !nothing(c.Exclude) && len(c.Exclude) > 0 {
		return false
	}
	var one int
	var layers []int
	if json.Unmarshal(c.Layers, &one) == nil && string(c.Layers) != "null" {
		layers = []int{one}
	} else if json.Unmarshal(c.Layers, &layers) != nil && len(c.Layers) > 0 {
		return false
	}
	if len(layers) > 0 && !slices.Contains(layers, block) {
		return false
	}
	return slices.ContainsFunc(ends, func(end string) bool { return module == end || strings.HasSuffix(module, "."+end) })
}
