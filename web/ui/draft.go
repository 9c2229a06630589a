package ui

import (
	"fmt"
	"math"
	"strconv"

	"hornbook/model/recipe"
)

// Draft is a recipe while a person edits it: what stands in each field, by
// the recipe's JSON names.
type Draft struct {
	Base   recipe.Recipe     // the preset that it began with
	Fields map[string]string // what was typed, where it differs
}

// Fields that are always shown, and those behind "More numbers".
var (
	basicFields = []string{"steps", "batch", "context", "layers", "heads", "channels", "learning_rate", "seed"}
	moreFields  = []string{"hidden", "kv_heads", "muon_rate", "warm_up", "weight_decay", "clip", "eval_every", "sample_every",
		"optimizer", "schedule", "norm", "position", "mlp", "qk_norm", "tied", "lookback", "trigrams"}
)

// options are the words that a field may be, of those that are no numbers.
var options = map[string][]string{
	"optimizer": {"adamw", "muon"}, "schedule": {"cosine", "linear", "constant"}, "norm": {"layernorm", "rmsnorm"},
	"position": {"learned", "rope"}, "mlp": {"gelu", "relu2", "swiglu"}, "qk_norm": {"true", "false"}, "tied": {"true", "false"},
}

// NewDraft begins with a preset.
func NewDraft(r recipe.Recipe) Draft { return Draft{Base: r, Fields: map[string]string{}} }

// Value is what stands in a field.
func (d *Draft) Value(key string) string {
	if text, typed := d.Fields[key]; typed {
		return text
	}
	return format(fieldsOf(&d.Base)[key])
}

// Set is what a person wrote in a field.
func (d *Draft) Set(key, text string) { d.Fields[key] = text }

// Recipe reads the fields. wrong names the first field that cannot be read,
// "" if all can; the recipe's own Check comes after.
func (d *Draft) Recipe() (r recipe.Recipe, wrong string) {
	r = d.Base
	at := fieldsOf(&r)
	for _, key := range append(append([]string{}, basicFields...), moreFields...) {
		if text, typed := d.Fields[key]; typed && parse(at[key], text) != nil {
			return r, key
		}
	}
	if _, own := d.Fields["kv_heads"]; !own && d.Base.Model.KVHeads == d.Base.Model.Heads {
		r.Model.KVHeads = r.Model.Heads
	}
	return r, ""
}

// fieldsOf points to the fields of r that can be edited.
func fieldsOf(r *recipe.Recipe) map[string]any {
	m := &r.Model
	return map[string]any{
		"steps": &r.Steps, "batch": &r.Batch, "context": &m.Context, "layers": &m.Layers, "heads": &m.Heads,
		"kv_heads": &m.KVHeads, "channels": &m.Channels, "hidden": &m.Hidden, "learning_rate": &r.LearningRate,
		"muon_rate": &r.MuonRate, "seed": &r.Seed, "warm_up": &r.WarmUp, "weight_decay": &r.WeightDecay, "clip": &r.Clip,
		"eval_every": &r.EvalEvery, "sample_every": &r.SampleEvery, "optimizer": &r.Optimizer, "schedule": &r.Schedule,
		"norm": &m.Norm, "position": &m.Position, "mlp": &m.MLP, "qk_norm": &m.QKNorm, "tied": &m.Tied,
		"lookback": &m.Lookback, "trigrams": &m.Trigrams,
	}
}

func format(at any) string {
	switch v := at.(type) {
	case *int:
		return strconv.Itoa(*v)
	case *uint64:
		return strconv.FormatUint(*v, 10)
	case *float64:
		return strconv.FormatFloat(*v, 'g', -1, 64)
	case *string:
		return *v
	case *bool:
		return strconv.FormatBool(*v)
	}
	panic(fmt.Sprintf("ui: no way to write a %T", at))
}

func parse(at any, text string) (err error) {
	switch v := at.(type) {
	case *int:
		*v, err = strconv.Atoi(text)
	case *uint64:
		*v, err = strconv.ParseUint(text, 10, 64)
	case *float64:
		*v, err = strconv.ParseFloat(text, 64)
		if math.IsNaN(*v) || math.IsInf(*v, 0) {
			err = strconv.ErrRange
		}
	case *string:
		*v = text
	case *bool:
		*v, err = strconv.ParseBool(text)
	default:
		panic(fmt.Sprintf("ui: no way to read a %T", at))
	}
	return err
}
