package ui

import (
	"slices"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// ChooseMethod chooses what trains: a new model, or the open one further by
// numbers that suit it and the text.
func (p *Page) ChooseMethod(method string) {
	p.solve(TrainStation)
	switch {
	case method == recipe.Pretrain:
		if p.Draft.Tuning() {
			p.Draft = p.fresh
		}
	case p.Model == nil:
		p.fail(&protocol.Problem{Code: protocol.NoModel})
	default:
		if !p.Draft.Tuning() {
			p.fresh = p.Draft
		}
		p.Draft = NewDraft(p.fineTune(p.Draft.Base.Objective, method))
	}
}

// refit follows another text or another open model. What was typed stays for
// the text, since the fields mean the same.
func (p *Page) refit() {
	if p.Draft.Tuning() {
		p.Draft.Base = p.fineTune(p.Draft.Base.Objective, p.Draft.Base.Method())
	}
}

// fineTune is the recipe to train the open model further. What a model of
// unknown origin forgets is measured on its own writing.
func (p *Page) fineTune(objective, method string) recipe.Recipe {
	further := recipe.FineTune
	if objective == recipe.SFT {
		further = recipe.Chat
	}
	r := further(p.Model.Recipe, method, p.fitTokens())
	if p.Model.Text == "" {
		r.Tuning.Old = "own"
	}
	return r
}

// fitTokens are the tokens of the text as the open model sees it, or a guess
// where it has not said.
func (p *Page) fitTokens() int {
	if p.Fit != nil {
		return p.Fit.Tokens
	}
	return p.Model.TrainTokens + p.Model.ValTokens
}

// Teach prepares to train the open model further: on the own text that is
// there, or on one that is still to be chosen.
func (p *Page) Teach() {
	if !p.Draft.Tuning() {
		p.ChooseMethod(recipe.Full)
	}
	if p.Source == "" {
		p.Host.Show(TrainStation)
	} else {
		p.Host.Show(TextStation)
	}
}

// canTeach tells whether the page offers to teach the open model the text.
func (p *Page) canTeach() bool { return p.Model != nil && !p.Active() && !p.Draft.Tuning() }

// firstTeach tells whether that is offered beside the prompt: while the model
// that comes with the page is open. textTeach: beside a text that is new to the
// open model.
func (p *Page) firstTeach() bool { return p.canTeach() && p.Model.ModelID == protocol.Base }
func (p *Page) textTeach() bool  { return p.canTeach() && p.Text != nil && p.Model.Text != p.Text.Name }

func (p *Page) method() string {
	if p.Draft.Tuning() {
		return p.Draft.Base.Method()
	}
	return recipe.Pretrain
}

// fieldOptions are the words that a field may be, nil for what is typed.
func (p *Page) fieldOptions(key string) []string {
	if key == "old" {
		return slices.Concat([]string{""}, p.Ready.Samples, []string{"own"})
	}
	return options[key]
}

// optionName is a word of a field for people.
func (p *Page) optionName(key, word string) string {
	if key == "old" {
		return p.oldName(word)
	}
	return wording.Choice(word)
}

// oldName names the text by which forgetting is measured.
func (p *Page) oldName(old string) string {
	switch old {
	case "":
		return wording.OldKnown
	case "own":
		return wording.OldOwn
	}
	return p.textName(old)
}

// keyboard is the kind of keys that a field is typed with.
func keyboard(key string) string {
	if key == "lora_targets" {
		return "text"
	}
	return "decimal"
}

// fieldClass gives fields of many words the room of two.
func fieldClass(key string) string {
	if key == "old" || key == "lora_targets" {
		return "field pair"
	}
	return "field"
}

// fitSays is what the open model makes of the text, "" if that is not known.
func (p *Page) fitSays() string {
	if p.Fit == nil || p.Model == nil {
		return ""
	}
	return wording.Fits(p.modelName(), p.Fit)
}

// fitWarnings are what to know before the open model learns from the text.
func (p *Page) fitWarnings() []string {
	var warnings []string
	if p.Fit == nil {
		return nil
	}
	if p.Fit.Unknown > 0 {
		warnings = append(warnings, wording.Lacks(p.Fit.Unknown, visibleList(p.Fit.Missing)))
	}
	if p.Fit.Advice != "" {
		warnings = append(warnings, wording.Problem(&protocol.Problem{Code: p.Fit.Advice}))
	}
	return warnings
}

// teachSays is what to do next, once the open model is to be trained further.
func (p *Page) teachSays() string {
	switch {
	case !p.Draft.Tuning() || p.Model == nil:
		return ""
	case p.Source != "":
		return wording.TeachChoose
	}
	return wording.TeachTrain(p.modelName())
}
