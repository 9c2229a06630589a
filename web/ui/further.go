package ui

import (
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// further are the stations where the open model is trained further: on a text, on
// conversations or pairs of answers, or by rewards.
type further struct {
	Teaching
	objective string
	task      string // that is rewarded, of recipe.GRPO; "" for those of the text
	verifier  string // of those
}

// Method is what of the model trains.
func (t *further) Method() string { return t.Draft.Base.Method() }

// ChooseMethod chooses what of the open model trains, by numbers that suit it
// and the text.
func (t *further) ChooseMethod(method string) {
	t.solve()
	t.Draft = NewDraft(t.fineTune(method))
}

// fineTune is the recipe to train the open model further. What a model of
// unknown origin forgets is measured on its own writing.
func (t *further) fineTune(method string) recipe.Recipe {
	p, by := t.Page, recipe.FineTune
	switch t.objective {
	case recipe.SFT:
		by = recipe.Chat
	case recipe.GRPO:
		by = t.reward
	}
	from := recipe.Recipe{}
	if p.Model != nil {
		from = p.Model.Recipe
	} else {
		from = p.preset(p.Ready.Default)
	}
	r := by(from, method, t.fitTokens())
	if t.objective == recipe.DPO {
		r = of[*Preferences](p).prefer(from, method)
	}
	if p.Model != nil {
		r.WeightBytes = p.Model.WeightBytes
	}
	if p.Model != nil && p.Model.Text == "" {
		r.Tuning.Old = "own"
	}
	return r
}

// fitTokens are the tokens of the text as the open model sees it, or a guess
// where it has not said.
func (t *further) fitTokens() int {
	switch p := t.Page; {
	case p.Fit != nil:
		return p.Fit.Tokens
	case p.Model != nil:
		return p.Model.TrainTokens + p.Model.ValTokens
	}
	return 0
}

// follow fits the draft to another text or another open model. What was typed
// stays for the text, since the fields mean the same; it goes with the model.
func (t *further) follow(e protocol.Event) {
	switch e.(type) {
	case *protocol.Ready:
		if t.Draft.Base.From == "" {
			method := recipe.Full
			if t.objective == recipe.DPO { // what is compared with is then the model without the adapter
				method = recipe.Lora
			}
			t.Draft = NewDraft(t.fineTune(method))
		}
	case *protocol.Model:
		t.looking = false
		if t.Page.Run.State != "preparing" {
			t.Draft = NewDraft(t.fineTune(t.Method()))
		}
	case *protocol.Fit:
		t.Draft.Base = t.fineTune(t.Method())
	}
}

// stand is that of the run, if it is of this objective, or says that a model is
// needed.
func (t *further) stand() Stand {
	p := t.Page
	switch {
	case p.Model == nil:
		return Stand{p.W.Say("needs_model"), "blocked"}
	case p.begun() && p.Tuned() && p.Model.Recipe.Objective == t.objective:
		return p.runStand()
	}
	return Stand{Says: p.W.Say("can_try")}
}

func (t *further) keepMethod(x Experiment) {
	x.put(t.place.ID+".method", t.Method())
	t.keep(x)
}

func (t *further) restoreMethod(x Experiment) {
	if method, is := x.take(t.place.ID+".method", tuning...); is {
		t.ChooseMethod(method)
	}
	t.restore(x)
}

// tuning are the methods that train the open model further.
var tuning = []string{recipe.Full, recipe.Last, recipe.Lora}

// Finetune is the station where the open model learns a text.
type Finetune struct{ further }

func newFinetune(p *Page) *Finetune {
	return &Finetune{further{Teaching: Teaching{desk: desk{p, Place{"finetune", "teach"}}}, objective: recipe.LM}}
}

// Stand says whether it can be used.
func (t *Finetune) Stand() Stand { return t.stand() }

// Apply follows text and model.
func (t *Finetune) Apply(e protocol.Event) {
	t.follow(e)
	if t.arrived(e) {
		t.Train()
	}
}

// Keep writes down the method and what was typed.
func (t *Finetune) Keep(x Experiment) { t.keepMethod(x) }

// Restore takes them over.
func (t *Finetune) Restore(x Experiment) { t.restoreMethod(x) }
