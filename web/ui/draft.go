package ui

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Draft is a recipe while a person edits it: what stands in each field, by
// the recipe's JSON names.
type Draft struct {
	Base   recipe.Recipe     // the preset that it began with
	Fields map[string]string // what was typed, where it differs
}

// Fields that are always shown, and those behind "More numbers", of a new
// model and of one that is trained further.
var (
	basicFields = []string{"steps", "batch", "context", "layers", "heads", "channels", "learning_rate", "seed"}
	moreFields  = []string{"hidden", "kv_heads", "muon_rate", "warm_up", "weight_decay", "clip", "eval_every", "sample_every",
		"optimizer", "schedule", "norm", "position", "mlp", "qk_norm", "tied", "lookback", "trigrams"}
	studentFields     = []string{"steps", "batch", "context", "learning_rate", "muon_rate", "seed"}
	moreStudentFields = []string{"gkd_beta", "lambda", "distill_temperature", "layers", "heads", "channels", "hidden", "warm_up", "weight_decay", "clip", "eval_every", "sample_every", "optimizer", "schedule"}
	tuneFields        = map[string][]string{
		recipe.Full: {"steps", "batch", "learning_rate", "seed", "old"},
		recipe.Last: {"last_layers", "steps", "batch", "learning_rate", "seed", "old"},
		recipe.Lora: {"lora_rank", "lora_alpha", "steps", "batch", "muon_rate", "seed", "old"},
	}
	moreTuneFields = map[string][]string{
		recipe.Full: {"muon_rate", "patience", "warm_up", "weight_decay", "clip", "eval_every", "sample_every", "optimizer", "schedule"},
		recipe.Last: {"muon_rate", "patience", "warm_up", "weight_decay", "clip", "eval_every", "sample_every", "optimizer", "schedule"},
		recipe.Lora: {"lora_dropout", "lora_targets", "learning_rate", "patience", "warm_up", "weight_decay", "clip", "eval_every", "sample_every", "optimizer", "schedule"},
	}
	rewardFields = map[string][]string{
		recipe.Pretrain: {"steps", "warm_up_steps", "prompts", "group", "learning_rate", "seed"},
		recipe.Full:     {"steps", "warm_up_steps", "prompts", "group", "learning_rate", "seed", "old"},
		recipe.Last:     {"last_layers", "steps", "warm_up_steps", "prompts", "group", "learning_rate", "seed", "old"},
		recipe.Lora:     {"lora_rank", "lora_alpha", "steps", "warm_up_steps", "prompts", "group", "learning_rate", "seed", "old"},
	}
	moreRewardFields = []string{"reward", "working", "hedged", "wrong", "examples", "warm_rate", "reply_most", "heat", "loss", "scale", "clip_low", "clip_high",
		"kl", "updates", "leave_cut", "length_cost", "eval_every", "asked", "most_asked"}
)

// preferFields are those of preferences, of what trains: the rate that moves it is
// first.
var preferFields, morePreferFields = map[string][]string{}, map[string][]string{}

func init() {
	rest := []string{"loss", "sft", "smoothing", "pairs", "taste"}
	for method, rates := range map[string][]string{recipe.Full: {"learning_rate", "muon_rate"}, recipe.Last: {"learning_rate", "muon_rate"}, recipe.Lora: {"muon_rate", "learning_rate"}} {
		preferFields[method] = []string{"beta", "steps", rates[0], "seed", "old"}
		morePreferFields[method] = slices.Concat(rest, []string{rates[1]}, map[string][]string{recipe.Last: {"last_layers"}, recipe.Lora: {"lora_rank", "lora_alpha", "lora_targets"}}[method],
			[]string{"warm_up", "weight_decay", "clip", "eval_every", "optimizer", "schedule"})
	}
}

// options are the words that a field may be, of those that are neither
// numbers nor free.
var options = map[string][]string{
	"optimizer": {"adamw", "muon"}, "schedule": {"cosine", "linear", "constant"}, "norm": {"layernorm", "rmsnorm"},
	"position": {"learned", "rope"}, "mlp": {"gelu", "gelu_tanh", "relu2", "swiglu"}, "qk_norm": {"true", "false"}, "tied": {"true", "false"},
	"scale": {"true", "false"}, "leave_cut": {"true", "false"},
}

// NewDraft begins with a preset.
func NewDraft(r recipe.Recipe) Draft { return Draft{Base: r, Fields: map[string]string{}} }

// Tuning tells whether the draft trains a finished model further.
func (d *Draft) Tuning() bool { return d.Base.From == recipe.Existing }

// Cuts tells whether the model of the draft has the tokenizer that is in use: a student
// has its teacher's, and who learns a task has its demonstrations'.
func (d *Draft) Cuts() bool { return !d.Tuning() && d.Base.Objective == recipe.LM }

// Basic and More are the fields of the draft's objective and method.
func (d *Draft) Basic() []string {
	switch {
	case d.Base.Objective == recipe.Distill:
		return studentFields
	case d.Base.Objective == recipe.GRPO:
		return rewardFields[d.Base.Method()]
	case d.Base.Objective == recipe.DPO:
		return preferFields[d.Base.Method()]
	case d.Tuning():
		return tuneFields[d.Base.Method()]
	}
	return basicFields
}
func (d *Draft) More() []string {
	switch {
	case d.Base.Objective == recipe.Distill:
		return moreStudentFields
	case d.Base.Objective == recipe.GRPO:
		return moreRewardFields
	case d.Base.Objective == recipe.DPO:
		return morePreferFields[d.Base.Method()]
	case d.Tuning() && d.Base.Model.Position == "rope": // which sees shorter rows as it sees the beginnings of long ones
		return append([]string{"context"}, moreTuneFields[d.Base.Method()]...)
	case d.Tuning():
		return moreTuneFields[d.Base.Method()]
	}
	return moreFields
}

// Value is what stands in a field.
func (d *Draft) Value(w *wording.Words, key string) string {
	if text, typed := d.Fields[key]; typed {
		return text
	}
	return format(w, fieldsOf(&d.Base)[key])
}

// Set is what a person wrote in a field.
func (d *Draft) Set(key, text string) { d.Fields[key] = text }

// Recipe reads the fields. wrong is the first that cannot be read, nil if all
// can; the recipe's own Check comes after.
func (d *Draft) Recipe(w *wording.Words) (r recipe.Recipe, wrong *protocol.Problem) {
	r = d.Base
	at := fieldsOf(&r)
	for _, key := range slices.Concat(d.Basic(), d.More()) {
		if text, typed := d.Fields[key]; typed {
			if want := parse(w, at[key], text); want != "" {
				return r, &protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: text, Want: want}
			}
		}
	}
	if _, own := d.Fields["kv_heads"]; !own && d.Base.Model.KVHeads == d.Base.Model.Heads {
		r.Model.KVHeads = r.Model.Heads
	}
	return r, nil
}

// fieldsOf points to the fields of r that can be edited.
func fieldsOf(r *recipe.Recipe) map[string]any {
	m, t, w, f, d := &r.Model, &r.Tuning, &r.Rewards, &r.Preferences, &r.Distillation
	loss := &w.Loss
	if r.Objective == recipe.DPO {
		loss = &f.Loss
	}
	return map[string]any{
		"steps": &r.Steps, "batch": &r.Batch, "context": &m.Context, "layers": &m.Layers, "heads": &m.Heads,
		"kv_heads": &m.KVHeads, "channels": &m.Channels, "hidden": &m.Hidden, "learning_rate": &r.LearningRate,
		"muon_rate": &r.MuonRate, "seed": &r.Seed, "warm_up": &r.WarmUp, "weight_decay": &r.WeightDecay, "clip": &r.Clip,
		"eval_every": &r.EvalEvery, "sample_every": &r.SampleEvery, "optimizer": &r.Optimizer, "schedule": &r.Schedule,
		"norm": &m.Norm, "position": &m.Position, "mlp": &m.MLP, "qk_norm": &m.QKNorm, "tied": &m.Tied,
		"lookback": &m.Lookback, "trigrams": &m.Trigrams,
		"beta": &f.Beta, "smoothing": &f.Smoothing, "sft": &f.SFT, "pairs": &f.Pairs, "taste": &f.Taste,
		"last_layers": &t.LastLayers, "patience": &t.Patience, "old": &t.Old, "lora_rank": &t.LoRA.Rank,
		"gkd_beta": &d.Beta, "lambda": &d.Lambda, "distill_temperature": &d.Temperature,
		"lora_alpha": &t.LoRA.Alpha, "lora_dropout": &t.LoRA.Dropout, "lora_targets": &t.LoRA.Targets,
		"reward": &w.Reward, "warm_up_steps": &w.WarmUp, "warm_rate": &w.WarmRate, "working": &w.Working, "hedged": &w.Hedged, "wrong": &w.Wrong,
		"examples": &w.Examples, "prompts": &w.Prompts, "group": &w.Group, "reply_most": &w.ReplyMost, "heat": &w.Heat, "loss": loss, "scale": &w.Scale,
		"clip_low": &w.ClipLow, "clip_high": &w.ClipHigh, "kl": &w.KL, "updates": &w.Updates, "leave_cut": &w.LeaveCut, "length_cost": &w.LengthCost,
		"asked": &w.Asked, "most_asked": &w.MostAsked,
	}
}

func format(w *wording.Words, at any) string {
	switch v := at.(type) {
	case *int:
		return strconv.Itoa(*v)
	case *uint64:
		return strconv.FormatUint(*v, 10)
	case *float64:
		return w.Decimal(*v)
	case *string:
		return *v
	case *bool:
		return strconv.FormatBool(*v)
	}
	panic(fmt.Sprintf("ui: no way to write a %T", at))
}

// parse reads what was typed, in any way that people write numbers. want is
// the rule that it breaks, "" for none.
func parse(w *wording.Words, at any, text string) (want string) {
	switch v := at.(type) {
	case *string:
		*v = strings.NewReplacer("،", ",", " ", "").Replace(text) // words with commas between, of any keyboard
		return ""
	case *bool:
		*v = text == "true"
		return ""
	}
	_, real := at.(*float64)
	plain, err := w.Plain(strings.TrimSpace(text), !real)
	if err != nil {
		return "number"
	}
	switch v := at.(type) {
	case *int:
		if *v, err = strconv.Atoi(plain); err != nil {
			return "whole"
		}
	case *uint64:
		if *v, err = strconv.ParseUint(plain, 10, 64); err != nil {
			return "whole"
		}
	case *float64:
		if *v, err = strconv.ParseFloat(plain, 64); err != nil || math.IsInf(*v, 0) {
			return "number"
		}
	default:
		panic(fmt.Sprintf("ui: no way to read a %T", at))
	}
	return ""
}
