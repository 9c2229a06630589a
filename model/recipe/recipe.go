package recipe

import (
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
)

// Recipe is everything that a training run needs besides its text and, to
// train one further, its model.
type Recipe struct {
	Preset    string `json:"preset"`     // the name it started from
	Tokenizer string `json:"tokenizer"`  // "chars", "bytes" or "bpe"
	VocabSize int    `json:"vocab_size"` // wanted size of a "bpe" vocabulary
	Model     Model  `json:"model"`
	Special   string `json:"special_tokens,omitempty"` // how names such as <|endoftext|> in the text are read: SpecialTokens, SpecialLetters, or "": as tokens where the text is plainly so made

	Objective string `json:"objective"` // one of Objectives: what the loss is
	Trains    string `json:"trains"`    // "all", "last" (the last layers) or "adapter"
	From      string `json:"from"`      // "new": from random weights, or "model": from a finished model's

	WeightBytes float64 `json:"-"` // of the model that is trained further, where its weights do not take four bytes each: what memory follows from

	Seed  uint64 `json:"seed"`  // of weights, batches and samples
	Init  string `json:"init"`  // "gpt2", or "unit": embeddings of deviation 1, output projections and head of zeros
	Batch int    `json:"batch"` // B: sequences a step
	Steps int    `json:"steps"`

	Optimizer       string  `json:"optimizer"`         // "adamw", or "muon" (Muon on the blocks' matrices, AdamW on the rest)
	LearningRate    float64 `json:"learning_rate"`     // AdamW's, at its peak
	MuonRate        float64 `json:"muon_rate"`         // Muon's, at its peak
	FinalFraction   float64 `json:"final_fraction"`    // of the peak rate that is left at the last step
	WarmUp          int     `json:"warm_up"`           // steps of linear warm-up
	Schedule        string  `json:"schedule"`          // "cosine", "linear" or "constant" after the warm-up
	Hold            float64 `json:"hold"`              // part of the run, after warm-up, before the rate begins to fall
	Beta1           float64 `json:"beta1"`             // AdamW
	Beta2           float64 `json:"beta2"`             // AdamW
	Momentum        float64 `json:"momentum"`          // Muon
	WeightDecay     float64 `json:"weight_decay"`      // on matrices only
	Clip            float64 `json:"clip"`              // largest norm of the whole gradient; 0 for none
	EvalEvery       int     `json:"eval_every"`        // steps between evaluations
	EvalBatches     int     `json:"eval_batches"`      // batches of each evaluation
	LastEvalBatches int     `json:"last_eval_batches"` // batches of the evaluation that ends the run
	SampleEvery     int     `json:"sample_every"`      // steps between samples of the model's writing; 0 for none

	Tuning       Tuning       `json:"tuning"`                // of a model that is trained further
	Preferences  Preferences  `json:"preferences,omitzero"`  // of objective DPO
	Rewards      Rewards      `json:"rewards,omitzero"`      // of objective GRPO
	Distillation Distillation `json:"distillation,omitzero"` // of objective Distill
}

// How the names of special tokens in a text are read.
const (
	SpecialTokens  = "tokens"
	SpecialLetters = "letters"
)

// TokensPerStep is B·T.
func (r Recipe) TokensPerStep() int { return r.Batch * r.Model.Context }

// Bound is the range that a number of a recipe may take.
type Bound struct{ Min, Max float64 }

// Limits bound every number of a recipe, so that a wrong one is refused
// before memory is taken. How large a model may be is a question of memory (Bytes).
// The keys are the JSON names.
var Limits = map[string]Bound{
	"vocab_size": {257, 32768}, "vocab": {0, 1 << 24}, "context": {8, 4096}, "layers": {1, 64}, "heads": {1, 128},
	"kv_heads": {1, 128}, "head_dim": {0, 512}, "channels": {8, 4096}, "hidden": {8, 16384}, "batch": {1, 256},
	"steps": {1, 1000000}, "learning_rate": {0, 1}, "muon_rate": {0, 1}, "final_fraction": {0, 1},
	"warm_up": {0, 100000}, "hold": {0, 1}, "beta1": {0, 0.9999}, "beta2": {0, 0.99999},
	"momentum": {0, 0.9999}, "weight_decay": {0, 10}, "clip": {0, 1000}, "eval_every": {1, 100000},
	"eval_batches": {1, 1000}, "last_eval_batches": {1, 1000}, "sample_every": {0, 100000},
	"norm_eps": {1e-12, 1e-1}, "rope_base": {10, 1e8}, "lookback": {0, 8},
	"trigrams": {0, 1 << 16}, "rotary": {0, 512}, "window": {0, 1 << 20},
	"scaling_factor": {1e-2, 1e4}, "scaling_low": {1e-3, 1e4}, "scaling_high": {1e-3, 1e4}, "scaling_context": {1, 1 << 24},
	"latent_query": {1, 4096}, "latent_rank": {1, 4096}, "latent_plain": {1, 512}, "latent_turned": {2, 512}, "latent_value": {1, 512},
	"experts": {1, 256}, "experts_chosen": {1, 64}, "experts_shared": {0, 16}, "experts_hidden": {1, 16384}, "experts_dense": {0, 64}, "experts_scale": {1e-3, 1e3},
	"ahead": {0, 1}, "last_layers": {1, 64}, "patience": {0, 1000}, "lora_rank": {1, 256},
	"lora_alpha": {0, 1000}, "lora_dropout": {0, 0.9},
	"beta": {0, 100}, "smoothing": {0, 0.49}, "sft": {0, 100}, "pairs": {1, 64},
	"warm_up_steps": {0, 100000}, "warm_rate": {0, 1}, "warm_muon": {0, 1}, "working": {0, 1}, "hedged": {0, 1}, "wrong": {0, 1},
	"examples": {10, 100000}, "prompts": {1, 256}, "group": {2, 64}, "reply_most": {1, 2048}, "heat": {0.05, 10},
	"clip_low": {0, 1}, "clip_high": {0, 100}, "kl": {0, 10}, "updates": {1, 16}, "length_cost": {0, 1},
	"asked": {0, 1024}, "most_asked": {0, 4096}, "tries": {1, 64},
	"gkd_beta": {0, 1}, "lambda": {0, 1}, "distill_temperature": {0.05, 10},
}

// Wrong is what Check says of a recipe: which number or word, what it is, and
// the rule that it breaks.
type Wrong struct {
	Key  string
	Got  string
	Want string // a rule and what it needs, with spaces between: "between 1 64", "one_of chars bytes bpe", "even"
}

func (w *Wrong) Error() string {
	return fmt.Sprintf("recipe: %s is %s; wanted: %s", w.Key, w.Got, strings.ReplaceAll(w.Want, "_", " "))
}

// wrong is what breaks a rule; numbers are written without an exponent where
// people would.
func wrong(key string, got any, rule string, needs ...any) *Wrong {
	w := &Wrong{key, plain(got), rule}
	for _, n := range needs {
		w.Want += " " + plain(n)
	}
	return w
}

func plain(v any) string {
	if x, is := v.(float64); is && (x == 0 || math.Abs(x) >= 1e-4 && math.Abs(x) < 1e15) {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// numbers are the model's bounded numbers by their JSON names.
func (m Model) numbers() map[string]float64 {
	n := map[string]float64{
		"vocab": float64(m.Vocab), "context": float64(m.Context), "layers": float64(m.Layers), "heads": float64(m.Heads),
		"kv_heads": float64(m.KVHeads), "head_dim": float64(m.HeadDim), "channels": float64(m.Channels), "hidden": float64(m.Hidden),
		"lookback": float64(m.Lookback), "trigrams": float64(m.Trigrams), "norm_eps": m.NormEps,
	}
	if m.Position == "rope" {
		n["rope_base"] = m.RoPEBase
	}
	n["rotary"], n["window"] = float64(m.Rotary), float64(m.Window)
	maps.Copy(n, m.formNumbers())
	if s := m.Scaling; s.Kind != "" {
		n["scaling_factor"] = s.Factor
		if s.Kind == "llama3" {
			n["scaling_low"], n["scaling_high"], n["scaling_context"] = s.Low, s.High, float64(s.Context)
		}
	}
	return n
}

// choices are the model's words by their JSON names.
func (m Model) choices() []choice {
	return []choice{
		{"norm", m.Norm, []string{"layernorm", "rmsnorm"}},
		{"position", m.Position, []string{"learned", "rope"}},
		{"mlp", m.MLP, []string{"gelu", "gelu_tanh", "relu2", "swiglu"}},
		{"biased", m.Biased, []string{"", "qkv", "attention", "mlp", "rest"}},
		{"scaling", m.Scaling.Kind, []string{"", "linear", "llama3"}},
	}
}

// numbers are the recipe's bounded numbers, those of the model left out.
func (r Recipe) numbers() map[string]float64 {
	n := map[string]float64{
		"batch": float64(r.Batch), "steps": float64(r.Steps),
		"learning_rate": r.LearningRate, "final_fraction": r.FinalFraction,
		"warm_up": float64(r.WarmUp), "hold": r.Hold, "beta1": r.Beta1, "beta2": r.Beta2,
		"weight_decay": r.WeightDecay, "clip": r.Clip, "eval_every": float64(r.EvalEvery),
		"eval_batches": float64(r.EvalBatches), "last_eval_batches": float64(r.LastEvalBatches),
		"sample_every": float64(r.SampleEvery), "muon_rate": r.MuonRate, "momentum": r.Momentum,
	}
	if r.Tokenizer == "bpe" {
		n["vocab_size"] = float64(r.VocabSize)
	}
	switch t := r.Tuning; r.Trains {
	case Last:
		n["last_layers"] = float64(t.LastLayers)
	case Adapter:
		n["lora_rank"], n["lora_alpha"], n["lora_dropout"] = float64(t.LoRA.Rank), t.LoRA.Alpha, t.LoRA.Dropout
	}
	n["patience"] = float64(r.Tuning.Patience)
	switch r.Objective {
	case DPO:
		maps.Copy(n, r.Preferences.numbers())
	case GRPO:
		maps.Copy(n, r.Rewards.numbers())
	case Distill:
		maps.Copy(n, r.Distillation.numbers())
	}
	return n
}

// choices are the recipe's words, those of the model left out.
func (r Recipe) choices() []choice {
	list := []choice{
		{"tokenizer", r.Tokenizer, []string{"chars", "bytes", "bpe"}},
		{"special_tokens", r.Special, []string{"", SpecialTokens, SpecialLetters}},
		{"init", r.Init, []string{"gpt2", "unit"}},
		{"objective", r.Objective, Objectives},
		{"trains", r.Trains, []string{All, Last, Adapter}},
		{"from", r.From, []string{New, Existing}},
		{"optimizer", r.Optimizer, []string{"adamw", "muon"}},
		{"schedule", r.Schedule, []string{"cosine", "linear", "constant"}},
	}
	switch r.Objective {
	case DPO:
		list = append(list, choice{"loss", r.Preferences.Loss, PreferenceLosses})
	case GRPO:
		list = append(list, choice{"loss", r.Rewards.Loss, RewardLosses})
	}
	return list
}
