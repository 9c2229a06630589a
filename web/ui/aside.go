package ui

import (
	"math"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

func (p *Page) asideLine() string {
	switch {
	case p.Model == nil:
		return wording.NoModelYet
	case !p.begun():
		return p.modelName()
	}
	return wording.ShortProgress(&p.Run, &p.Step)
}

func (p *Page) asideClass() string {
	if p.AsideOpen {
		return "open"
	}
	return ""
}

// modelName names the open model.
func (p *Page) modelName() string {
	switch m := p.Model; {
	case m.ModelID == protocol.Base:
		return wording.BaseName
	case m.Name != "":
		return m.Name
	}
	return wording.Preset(p.Model.Recipe.Preset)
}

func (p *Page) savedSays() string {
	if p.Saved == nil {
		return ""
	}
	return wording.SavedAt(p.Saved.Step)
}

// modelFacts describe the open model.
func (p *Page) modelFacts() []fact {
	m := p.Model
	if m == nil {
		return nil
	}
	var facts []fact
	say := func(is bool, name, value string) {
		if is {
			facts = append(facts, fact{Name: name, Value: value})
		}
	}
	say(m.Name != "", wording.NameLabel, p.modelName())
	say(m.Recipe.Preset != "" && m.From == "", wording.ModelKind, m.Recipe.Preset)
	say(m.From != "", wording.ComesFrom, m.From)
	say(m.Text != "", wording.LearnsFrom, p.textName(m.Text))
	say(true, wording.Parameters, wording.Count(m.Parameters))
	say(m.Trained > 0 && m.Trained < m.Parameters, wording.Trained, wording.PartOf(m.Trained, m.Parameters))
	say(p.begun(), wording.Field("ranks"), p.ranks())
	say(m.Bytes > 0, wording.Memory, wording.Bytes(float64(m.Bytes)))
	say(p.Step.Steps > 0, wording.StepLabel, wording.Of(p.reached(), p.Step.Steps))
	say(p.Step.Step > 0, wording.LossLabel, wording.Loss(p.Step.Loss))
	if val, taken := p.latest(recipe.ValLoss); taken {
		say(true, wording.ValLabel, wording.Loss(val))
		say(true, wording.UnsureLabel, wording.Unsure(math.Exp(val)))
	}
	say(p.Run.State == "training", wording.Speed, wording.PerSecond(p.Step.TokensPerSecond))
	say(p.Run.State == "training", wording.TimeLeft, wording.Duration(p.Step.SecondsLeft))
	return facts
}

// reached is the last step of the open model's training, past or present.
func (p *Page) reached() int {
	if e := p.LastEval(); p.Step.Step == 0 && e != nil {
		return e.Step
	}
	return p.Step.Step
}

// costFacts are what the training of the open model has cost, if that is known.
func (p *Page) costFacts() []fact {
	if p.Model == nil || p.Step.Tokens == 0 {
		return nil
	}
	facts := []fact{{Name: wording.CostTokens, Value: wording.Count(p.Step.Tokens)}}
	if p.Step.FLOPs > 0 {
		facts = append(facts, fact{Name: wording.CostFLOPs, Value: wording.Operations(p.Step.FLOPs)})
	}
	return append(facts, fact{Name: wording.CostTime, Value: wording.Duration(p.Step.Seconds)},
		fact{Name: wording.CostEnergy, Value: wording.Energy(p.Step.Seconds), About: wording.EnergyAbout()})
}
