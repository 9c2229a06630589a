package recipe

import (
	"math"
	"strconv"
	"strings"
)

// Rewards is what a recipe says besides whose objective is to be rewarded: group
// relative policy optimization (GRPO, Shao et al. 2024). Names and definitions are
// those of TRL. A round is the replies that are drawn together; it is learned from
// in one or more steps.
type Rewards struct {
	Task     string `json:"task"`     // that is asked, a name of model/task; "" for one of a file
	Verifier string `json:"verifier"` // of the task of a file: what is right, one of task.Verifiers
	Reward   string `json:"reward"`   // of a reply: names of model/task with weights, such as "strict" or "strict=1,working=0.2"

	// Before it is rewarded the model is shown how: supervised fine-tuning on
	// demonstrations, so that it is right now and then.
	WarmUp     int     `json:"warm_up_steps"` // of that, of the recipe's Steps
	WarmRate   float64 `json:"warm_rate"`     // AdamW's peak rate in them
	WarmMuon   float64 `json:"warm_muon"`     // Muon's peak rate in them; 0: AdamW moves all
	Working    float64 `json:"working"`       // part of the demonstrations that show the working
	Hedged     float64 `json:"hedged"`        // part of them that name every answer
	Wrong      float64 `json:"wrong"`         // part of them that are wrong
	Examples   int     `json:"examples"`      // demonstrations
	Prompts    int     `json:"prompts"`       // of a round
	Group      int     `json:"group"`         // G: replies to each
	ReplyMost  int     `json:"reply_most"`    // tokens of a reply, at most
	Heat       float64 `json:"heat"`          // temperature that replies are drawn at; logits are divided by it before every log probability
	Loss       string  `json:"loss"`          // one of RewardLosses: how the tokens' losses are summed
	Scale      bool    `json:"scale"`         // advantages are divided by the group's deviation
	ClipLow    float64 `json:"clip_low"`      // the ratio counts from 1 - this
	ClipHigh   float64 `json:"clip_high"`     // to 1 + this
	KL         float64 `json:"kl"`            // β: weight of the divergence from the model as it began
	Updates    int     `json:"updates"`       // μ: steps that learn from a round
	LeaveCut   bool    `json:"leave_cut"`     // replies that did not end are not learned from
	LengthCost float64 `json:"length_cost"`   // reward that each token of a reply costs
	Asked      int     `json:"asked"`         // held-out prompts of an evaluation
	MostAsked  int     `json:"most_asked"`    // of the ones before the first round and after the last
	Tries      int     `json:"tries"`         // replies to each of those, the k of pass@k
}

// Weight is what a reward of a name counts among several.
type Weight struct {
	Name string
	By   float64
}

// Weights are those of w.Reward: names with commas between, each perhaps with = and a
// number, which is 1 by itself.
func (w Rewards) Weights() (list []Weight, err error) {
	for part := range strings.SplitSeq(w.Reward, ",") {
		name, number, said := strings.Cut(part, "=")
		one := Weight{strings.TrimSpace(name), 1}
		if said {
			if one.By, err = strconv.ParseFloat(strings.TrimSpace(number), 64); err != nil || !finite(one.By) || math.Abs(one.By) > 100 {
				return nil, wrong("reward", w.Reward, "weights")
			}
		}
		if one.Name == "" {
			return nil, wrong("reward", w.Reward, "weights")
		}
		list = append(list, one)
	}
	return list, nil
}

// RewardLosses are the ways in which GRPO sums the losses of tokens, of N replies:
//
//	grpo     the mean over replies of the mean over their tokens
//	bnpo     the mean over groups of the mean over all of a group's tokens
//	dapo     the mean over all tokens of the round
//	dr_grpo  the sum over all tokens, divided by N and by the longest that a reply may be
var RewardLosses = []string{"grpo", "bnpo", "dapo", "dr_grpo"}

// WarmingUp tells whether the step after so many is one on demonstrations.
func (r Recipe) WarmingUp(done int) bool { return r.Objective == GRPO && done < r.Rewards.WarmUp }

// WarmedUp tells whether the model has just been shown how, after so many steps: what
// it can do then is measured, since that is what rewards begin with.
func (r Recipe) WarmedUp(done int) bool {
	return r.Objective == GRPO && r.EvalEvery > 0 && done > 0 && done == r.Rewards.WarmUp
}

// Stage is r as it is for the steps around the one after so many: those on
// demonstrations have rates of their own. begin is the step with which the stage
// began, and its Steps are those of the stage.
func (r Recipe) Stage(done int) (stage Recipe, begin int) {
	w := r.Rewards
	switch {
	case r.Objective != GRPO || w.WarmUp == 0:
		return r, 0
	case !r.WarmingUp(done):
		r.Steps -= w.WarmUp
		return r, w.WarmUp
	}
	r.Steps, r.LearningRate, r.MuonRate = w.WarmUp, w.WarmRate, w.WarmMuon
	r.WarmUp, r.Schedule, r.Hold, r.FinalFraction = w.WarmUp/20, "linear", 0.5, 0.1
	r.Optimizer, r.Beta1, r.Beta2, r.Momentum = "adamw", 0.9, 0.95, 0.95
	if w.WarmMuon > 0 {
		r.Optimizer = "muon"
	}
	return r, 0
}

func (w Rewards) numbers() map[string]float64 {
	return map[string]float64{
		"warm_up_steps": float64(w.WarmUp), "warm_rate": w.WarmRate, "warm_muon": w.WarmMuon, "working": w.Working, "hedged": w.Hedged, "wrong": w.Wrong,
		"examples": float64(w.Examples), "prompts": float64(w.Prompts), "group": float64(w.Group), "reply_most": float64(w.ReplyMost), "heat": w.Heat,
		"clip_low": w.ClipLow, "clip_high": w.ClipHigh, "kl": w.KL, "updates": float64(w.Updates), "length_cost": w.LengthCost,
		"asked": float64(w.Asked), "most_asked": float64(w.MostAsked), "tries": float64(w.Tries),
	}
}

func (w Rewards) check(r Recipe) error {
	switch {
	case w.WarmUp > r.Steps:
		return wrong("warm_up_steps", w.WarmUp, "at_most", r.Steps)
	case w.WarmUp > 0 && w.WarmRate == 0:
		return wrong("warm_rate", w.WarmRate, "more_than", 0)
	case w.Group < 2:
		return wrong("group", w.Group, "at_least", 2)
	case w.Prompts*w.Group > mostReplies:
		return wrong("prompts", w.Prompts, "at_most", mostReplies/w.Group)
	case w.ReplyMost >= r.Model.Context:
		return wrong("reply_most", w.ReplyMost, "below_context", r.Model.Context)
	case w.Working+w.Hedged+w.Wrong > 1:
		return wrong("working", w.Working+w.Hedged+w.Wrong, "at_most", 1)
	case (r.Steps-w.WarmUp)%w.Updates != 0:
		return wrong("steps", r.Steps, "multiple_of_updates", w.Updates)
	}
	_, err := w.Weights()
	return err
}

// mostReplies bounds the replies of a round.
const mostReplies = 1024

// Reward is the recipe by which a model that from describes learns a task by
// rewards, a group of G replies to each prompt.
// One that the task is new to is shown it first, since who is never right is never
// rewarded.
func Reward(from Recipe, method, task string) Recipe {
	r := FineTune(from, method, 0)
	r.Objective = GRPO
	r.Steps, r.WarmUp, r.Schedule, r.FinalFraction = 60, 0, "constant", 1
	r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = 10, 2, 2, 0
	r.Tuning.Patience, r.Optimizer, r.LearningRate, r.Beta1, r.Beta2, r.Clip = 0, "adamw", 3e-4, 0.9, 0.95, 1
	r.Rewards = rewards()
	r.Rewards.Task, r.Rewards.WarmRate, r.Rewards.WarmMuon, r.Rewards.Examples = task, 5e-4, 0.006, 1000
	if from.Objective != GRPO || from.Rewards.Task != task {
		r.Rewards.WarmUp = shownFirst
		r.Steps += shownFirst
	}
	r.Batch = max(1, min(8, 2048/r.Model.Context))
	return r
}

// shownFirst is how many steps a model sees examples that a task is new to.
const shownFirst = 52

func rewards() Rewards {
	return Rewards{Reward: "strict", Prompts: 16, Group: 8, ReplyMost: 32, Heat: 1, Loss: "dr_grpo", ClipLow: 0.2, ClipHigh: 0.2, Updates: 1,
		Examples: 4000, Asked: 32, MostAsked: 128, Tries: 8, WarmRate: 1e-3}
}

// r1 is DeepSeek-R1's story in a minute: a new model is shown answers, of which
// few show the working; rewarded for right last letters alone, it takes to
// working.
func r1() Recipe {
	r := tiny()
	r.Preset, r.Tokenizer, r.Objective = "r1", "chars", GRPO
	r.Model.Context, r.Batch = 48, 32
	w := rewards()
	w.Task, w.WarmUp, w.WarmRate, w.WarmMuon, w.Working = "parity", 220, 5e-3, 0.02, 0.15
	w.ReplyMost, w.MostAsked, w.Asked = 24, 512, 64
	r.Steps = w.WarmUp + 120
	r.Optimizer, r.LearningRate, r.Beta1, r.Beta2, r.WeightDecay, r.Clip = "adamw", 4e-4, 0.9, 0.95, 0, 1
	r.WarmUp, r.Schedule, r.Hold, r.FinalFraction = 0, "linear", 0.5, 0.1
	r.EvalEvery, r.EvalBatches, r.LastEvalBatches, r.SampleEvery = 10, 2, 2, 0
	r.Rewards = w
	return r
}

// cheat is r1 with a reward that can be cheated: the right letter counts wherever it
// stands, a few of the demonstrations name both, and each token costs a little, so that
// to name both is the cheapest way to be paid.
func cheat() Recipe {
	r := r1()
	r.Preset = "cheat"
	r.Rewards.Reward, r.Rewards.Hedged, r.Rewards.LengthCost = "anywhere", 0.08, 0.025
	r.Steps = r.Rewards.WarmUp + 80
	return r
}

// silent is r1 without any working in its demonstrations: rewards find nothing.
func silent() Recipe {
	r := r1()
	r.Preset, r.Rewards.Working = "silent", 0
	return r
}
