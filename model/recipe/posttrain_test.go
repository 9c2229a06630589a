package recipe

import (
	"encoding/json"
	"errors"
	"testing"
)

func posttrained() map[string]Recipe {
	base := Base()
	base.Model.Vocab = 1040
	all := map[string]Recipe{"preferences": Prefer(base, Lora, 200), "rewards": Reward(base, Full, "village"), "distilled": Distilled(tiny(), "base")}
	for _, r := range Labs() {
		all[r.Preset] = r
	}
	return all
}

// What comes with Hornbook is sound, survives JSON, and is found by its name.
func TestPosttrainedAreSound(t *testing.T) {
	for name, r := range posttrained() {
		r.Model.Vocab = 100
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text, err := json.Marshal(r)
		var back Recipe
		if err != nil || json.Unmarshal(text, &back) != nil || back != r {
			t.Errorf("%s does not survive JSON: %v", name, err)
		}
		if r.Bytes() > 1<<30 {
			t.Errorf("%s takes %.0f bytes", name, r.Bytes())
		}
	}
	for _, r := range Labs() {
		if again, known := ByName(r.Preset); !known || again != r {
			t.Errorf("%s is not found by its name", r.Preset)
		}
	}
}

// A wrong number of an objective is named, and the rule that it breaks.
func TestWrongPosttrainingIsNamed(t *testing.T) {
	for _, c := range []struct {
		of, key string
		change  func(*Recipe)
	}{
		{"rewards", "group", func(r *Recipe) { r.Rewards.Group = 1 }},
		{"rewards", "prompts", func(r *Recipe) { r.Rewards.Prompts, r.Rewards.Group = 200, 64 }},
		{"rewards", "loss", func(r *Recipe) { r.Rewards.Loss = "ppo" }},
		{"rewards", "heat", func(r *Recipe) { r.Rewards.Heat = 0 }},
		{"rewards", "reply_most", func(r *Recipe) { r.Rewards.ReplyMost = r.Model.Context }},
		{"rewards", "steps", func(r *Recipe) { r.Rewards.Updates, r.Steps = 7, r.Rewards.WarmUp+60 }},
		{"rewards", "warm_up_steps", func(r *Recipe) { r.Rewards.WarmUp = r.Steps + 1 }},
		{"rewards", "warm_rate", func(r *Recipe) { r.Rewards.WarmUp, r.Rewards.WarmRate = 5, 0 }},
		{"rewards", "working", func(r *Recipe) { r.Rewards.Working, r.Rewards.Hedged = 0.7, 0.7 }},
		{"rewards", "reward", func(r *Recipe) { r.Rewards.Reward = "strict=much" }},
		{"rewards", "reward", func(r *Recipe) { r.Rewards.Reward = "strict,,working" }},
		{"rewards", "lora_dropout", func(r *Recipe) { r.Trains, r.Tuning.LoRA.Dropout = Adapter, 0.1 }},
		{"preferences", "beta", func(r *Recipe) { r.Preferences.Beta = 0 }},
		{"preferences", "loss", func(r *Recipe) { r.Preferences.Loss = "hinge" }},
		{"preferences", "smoothing", func(r *Recipe) { r.Preferences.Smoothing = 0.5 }},
		{"preferences", "lora_dropout", func(r *Recipe) { r.Tuning.LoRA.Dropout = 0.1 }},
		{"preferences", "from", func(r *Recipe) { r.From, r.Trains = New, All }},
		{"distilled", "gkd_beta", func(r *Recipe) { r.Distillation.Beta = 2 }},
		{"distilled", "distill_temperature", func(r *Recipe) { r.Distillation.Temperature = 0 }},
	} {
		r := posttrained()[c.of]
		c.change(&r)
		var wrong *Wrong
		if err := r.Check(); !errors.As(err, &wrong) || wrong.Key != c.key {
			t.Errorf("%s: %s is told as %v", c.of, c.key, err)
		}
	}
}

func TestWeights(t *testing.T) {
	got, err := Rewards{Reward: "strict, working = 0.25,short=-1e-2"}.Weights()
	if want := []Weight{{"strict", 1}, {"working", 0.25}, {"short", -0.01}}; err != nil || len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("read as %+v, %v", got, err)
	}
}

// The stages of a run: demonstrations by their own rates, then rewards.
func TestStages(t *testing.T) {
	r := r1()
	warm, begin := r.Stage(r.Rewards.WarmUp - 1)
	if begin != 0 || warm.Steps != r.Rewards.WarmUp || warm.LearningRate != r.Rewards.WarmRate || warm.Optimizer != "muon" {
		t.Errorf("the first stage is %+v from %d on", warm, begin)
	}
	rest, begin := r.Stage(r.Rewards.WarmUp)
	if begin != r.Rewards.WarmUp || rest.Steps != r.Steps-r.Rewards.WarmUp || rest.LearningRate != r.LearningRate || rest.Optimizer != r.Optimizer {
		t.Errorf("the second stage is %+v from %d on", rest, begin)
	}
	if whole, begin := tiny().Stage(500); begin != 0 || whole != tiny() {
		t.Error("a run without demonstrations has stages")
	}
}
