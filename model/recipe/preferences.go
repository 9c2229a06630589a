package recipe

// Preferences is what a recipe says besides that learns from pairs of answers, of
// which one was chosen: direct preference optimization (DPO, Rafailov et al. 2023).
// Names and definitions are those of TRL.
type Preferences struct {
	Loss      string  `json:"loss"`      // one of PreferenceLosses
	Beta      float64 `json:"beta"`      // how much a preference may move the model from where it began
	Smoothing float64 `json:"smoothing"` // of robust: the part of the pairs that are thought to be the wrong way round
	SFT       float64 `json:"sft"`       // weight of the loss of the chosen answers' tokens, which keeps them likely
	Pairs     int     `json:"pairs"`     // of a step
	Taste     string  `json:"taste"`     // that judges answers to held-out prompts, a name of model/task/taste; "" for none
	Chat      bool    `json:"chat"`      // prompts that are text are questions, put by the chat template; false: they are gone on from
}

// PreferenceLosses are the losses of a pair, of the difference d by which the log
// probability of the chosen answer has risen more than that of the rejected one:
//
//	sigmoid  -log σ(β·d)                                  (Rafailov et al. 2023, eq. 7)
//	ipo      (d - 1/(2β))², d of log probabilities a token (Azar et al. 2023)
//	robust   ((1-ε)·-log σ(β·d) - ε·-log σ(-β·d))/(1-2ε)   (Chowdhury et al. 2024)
var PreferenceLosses = []string{"sigmoid", "ipo", "robust"}

func (p Preferences) numbers() map[string]float64 {
	return map[string]float64{"beta": p.Beta, "smoothing": p.Smoothing, "sft": p.SFT, "pairs": float64(p.Pairs)}
}

func (p Preferences) check(r Recipe) error {
	switch {
	case p.Beta == 0:
		return wrong("beta", p.Beta, "more_than", 0)
	case r.From == New:
		return wrong("from", r.From, "one_of", Existing)
	}
	return nil
}

// Answers tells whether a model of r was taught to answer, and not only to go on from
// a text.
func (r Recipe) Answers() bool {
	return r.Objective == SFT || r.Objective == GRPO || r.Objective == DPO && r.Preferences.Chat
}

// Prefer is the recipe by which a model that from describes learns from so many
// pairs: a little more than twice each, more often where there are few. An adapter learns by Muon what it
// does not by AdamW in as many steps; more of them, and the model forgets how to end
// its answers (LOG.md).
func Prefer(from Recipe, method string, pairs int) Recipe {
	r := FineTune(from, method, 0)
	r.Objective = DPO
	r.Preferences = Preferences{Loss: "sigmoid", Beta: 0.1, Pairs: 8, Chat: from.Answers()}
	r.Steps = max(20, min(40, 9*pairs/(4*r.Preferences.Pairs)))
	r.WarmUp, r.EvalEvery, r.SampleEvery = r.Steps/10, max(1, r.Steps/4), 0
	r.EvalBatches, r.LastEvalBatches = 4, 4
	r.Tuning.Patience = 0
	r.Optimizer, r.LearningRate, r.Beta1, r.Beta2 = "adamw", 3e-4, 0.9, 0.95
	if method == Lora {
		r.Optimizer, r.MuonRate, r.Momentum = "muon", 0.01, 0.95
	}
	return r
}
