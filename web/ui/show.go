package ui

import (
	"math"
	"strconv"
	"strings"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// kinds are the tokenizers that can be chosen.
var kinds = []string{"chars", "bytes", "bpe"}

// samplingFields are the numbers of Try in the order of the page.
var samplingFields = []string{"temperature", "top_k", "top_p", "seed", "tokens"}

// A fact is one line of "This model".
type fact struct{ Name, Value, About string }

func stationName(station string) string {
	return map[string]string{TextStation: wording.TextStation, TokensStation: wording.TokensStation,
		TrainStation: wording.TrainStation, TryStation: wording.TryStation}[station]
}

// stationState is the word beside a station's name.
func (p *Page) stationState(station string) string {
	switch {
	case p.Problems[station] != nil:
		return wording.LookHere
	case station == TextStation && p.Text != nil:
		return p.textName(p.Text.Name)
	case station == TokensStation && p.Tokenizer != nil:
		return wording.Kind(p.Tokenizer.Kind)
	case station == TrainStation:
		return p.trainState()
	case station == TryStation && p.Model == nil:
		return wording.NeedsModel
	case station == TryStation:
		return wording.CanTry
	}
	return wording.NotYet
}

func (p *Page) trainState() string {
	if p.Run.State == "training" || p.Run.State == "paused" {
		return wording.RunState(p.Run.State) + ", " + wording.PercentDone(p.done())
	}
	return wording.RunState(p.Run.State)
}

func (p *Page) done() float64 {
	if p.Step.Steps == 0 {
		return 0
	}
	return float64(p.Step.Step) / float64(p.Step.Steps)
}

func (p *Page) textName(name string) string {
	for _, sample := range p.Ready.Samples {
		if sample == name {
			return wording.Sample(name)
		}
	}
	return name
}

func (p *Page) loading(task string) bool { return p.Working != nil && p.Working.Task == task }

func (p *Page) textFacts() string { return wording.TextSum(p.Text) }

func (p *Page) textAdvice() string {
	return wording.Problem(&protocol.Problem{Code: p.Text.Advice})
}

func tint(i int) string { return "t" + strconv.Itoa(i%4) }

func visibleList(characters []string) string { return wording.Visible(strings.Join(characters, "  ")) }

// disabled is the value of aria-disabled, which keeps the keyboard's focus
// where the attribute disabled would lose it.
func disabled(is bool) string { return strconv.FormatBool(is) }

// primary is the class of a button, red where it is the next thing to do.
func primary(is bool) string {
	if is {
		return "primary"
	}
	return ""
}

func (p *Page) running() bool { return p.Run.State == "training" || p.Run.State == "paused" }

func (p *Page) pauseLabel() string {
	if p.Run.State == "paused" {
		return wording.Resume
	}
	return wording.Pause
}

func (p *Page) shownFields() []string {
	if p.More {
		return append(append([]string{}, basicFields...), moreFields...)
	}
	return basicFields
}

func (p *Page) moreLabel() string {
	if p.More {
		return wording.FewerNumbers
	}
	return wording.MoreNumbers
}

// estimate describes the model that Train would begin, or says why it cannot.
func (p *Page) estimate() string {
	r, key := p.Recipe()
	if key != "" {
		return wording.Problem(&protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: p.Draft.Value(key), Want: wording.AnyNumber})
	}
	m := r.Model
	if m.Channels < 1 || m.Heads < 1 || m.Layers < 0 {
		return ""
	}
	return wording.Estimate(m.Parameters(), r.Bytes(), m.FLOPsPerToken()*float64(r.TokensPerStep()))
}

// Numbers of #run's data attributes: empty before there is one.

func (p *Page) trainLoss() string {
	if p.Step.Step == 0 {
		if e := p.LastEval(); e != nil {
			return strconv.FormatFloat(e.TrainLoss, 'f', 4, 64)
		}
		return ""
	}
	return strconv.FormatFloat(p.Step.Loss, 'f', 4, 64)
}

func (p *Page) valLoss() string {
	if e := p.LastEval(); e != nil {
		return strconv.FormatFloat(e.ValLoss, 'f', 4, 64)
	}
	return ""
}

// ranks is the number of workers of the latest step, or that are to begin.
func (p *Page) ranks() string {
	switch {
	case p.Model == nil:
		return "1"
	case p.Step.Step == 0:
		return strconv.Itoa(p.Model.Ranks)
	}
	return strconv.Itoa(p.Step.Ranks)
}

func (p *Page) speed() string { return strconv.FormatFloat(p.Step.TokensPerSecond, 'f', 0, 64) }

func (p *Page) fraction() string { return strconv.FormatFloat(p.done(), 'f', 4, 64) }

func (p *Page) progress() string {
	if p.Model == nil {
		return wording.RunState(p.Run.State)
	}
	return wording.Progress(&p.Run, &p.Step)
}

func (p *Page) tableLabel() string {
	if p.AsTable {
		return wording.HideTable
	}
	return wording.ShowTable
}

func (p *Page) choices() []protocol.Choice {
	if p.Prediction == nil {
		return nil
	}
	return p.Prediction.Choices
}

func choiceSays(c protocol.Choice) string {
	return wording.Spoken(c.Text) + ", " + wording.Percent(c.Probability) + ". " + wording.AddToken
}

func (p *Page) unknown() string {
	if p.Prediction == nil || len(p.Prediction.Unknown) == 0 {
		return ""
	}
	return wording.Unknown(visibleList(p.Prediction.Unknown))
}

func samplingLabel(key string) string {
	return map[string]string{"temperature": wording.Temperature, "top_k": wording.TopK, "top_p": wording.TopP,
		"seed": wording.SamplingSeed, "tokens": wording.Length}[key]
}

func (p *Page) copyLabel() string {
	if p.CopyDone {
		return wording.Copied
	}
	return wording.Copy
}

// tokenClass shades a written token by its probability.
func (p *Page) tokenClass(i int) string {
	class := shade(p.Writing[i].Probability)
	if i == p.Picked {
		class += " picked"
	}
	return class
}

func (p *Page) completionSays() string {
	switch {
	case p.PickedSays() != "":
		return p.PickedSays()
	case p.Written != nil:
		return wording.Written(p.Written.Tokens, p.Written.TokensPerSecond) + " " + wording.CompletionTip
	}
	return wording.CompletionTip
}

func (p *Page) asideLine() string {
	if p.Model == nil {
		return wording.NoModelYet
	}
	return wording.ShortProgress(&p.Run, &p.Step)
}

func (p *Page) asideClass() string {
	if p.AsideOpen {
		return "open"
	}
	return ""
}

func (p *Page) modelFacts() []fact {
	m := p.Model
	if m == nil {
		return nil
	}
	facts := []fact{
		{Name: wording.ModelKind, Value: m.Recipe.Preset},
		{Name: wording.LearnsFrom, Value: p.textName(m.Text)},
		{Name: wording.Parameters, Value: wording.Count(m.Parameters)},
		{Name: wording.Field("ranks"), Value: p.ranks()},
		{Name: wording.Memory, Value: wording.Bytes(float64(m.Bytes))},
		{Name: wording.StepLabel, Value: wording.Of(p.Step.Step, p.Step.Steps)},
	}
	if p.Step.Step > 0 {
		facts = append(facts, fact{Name: wording.LossLabel, Value: wording.Loss(p.Step.Loss)})
	}
	if e := p.LastEval(); e != nil {
		facts = append(facts, fact{Name: wording.ValLabel, Value: wording.Loss(e.ValLoss)},
			fact{Name: wording.UnsureLabel, Value: wording.Unsure(math.Exp(e.ValLoss))})
	}
	if p.Run.State == "training" {
		facts = append(facts, fact{Name: wording.Speed, Value: wording.PerSecond(p.Step.TokensPerSecond)},
			fact{Name: wording.TimeLeft, Value: wording.Duration(p.Step.SecondsLeft)})
	}
	return facts
}

func (p *Page) costFacts() []fact {
	if p.Model == nil {
		return nil
	}
	return []fact{
		{Name: wording.CostTokens, Value: wording.Count(p.Step.Tokens)},
		{Name: wording.CostFLOPs, Value: wording.Operations(p.Step.FLOPs)},
		{Name: wording.CostTime, Value: wording.Duration(p.Step.Seconds)},
		{Name: wording.CostEnergy, Value: wording.Energy(p.Step.Seconds), About: wording.EnergyAbout()},
	}
}
