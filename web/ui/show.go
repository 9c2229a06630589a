package ui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vugu/vugu"

	"hornbook/model/recipe"
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
		TrainStation: wording.TrainStation, TryStation: wording.TryStation, ModelsStation: wording.ModelsStation}[station]
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
	case station == ModelsStation && p.Shelf.Keeps != "":
		return wording.NotKept
	case station == ModelsStation:
		return wording.ModelsKept(len(p.Shelf.Cards))
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

func (s *State) loading(task string) bool { return s.Working != nil && s.Working.Task == task }

func (p *Page) textFacts() string { return wording.TextSum(p.Text) }

func (p *Page) textAdvice() string {
	return wording.Problem(&protocol.Problem{Code: p.Text.Advice})
}

func tint(i int) string { return "t" + strconv.Itoa(i%4) }

func visibleList(characters []string) string {
	shown := make([]string, len(characters))
	for i, c := range characters {
		shown[i] = wording.Visible(c)
	}
	return strings.Join(shown, "  ")
}

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
		return slices.Concat(p.Draft.Basic(), p.Draft.More())
	}
	return p.Draft.Basic()
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

// Numbers of #run's data attributes: empty before there is a run. What was
// measured of a model that is only open is no run.

func (p *Page) begun() bool { return p.Model != nil && p.Run.State != "idle" }

func (p *Page) runStep() int {
	if !p.begun() {
		return 0
	}
	return p.Step.Step
}

func (p *Page) trainLoss() string {
	if p.begun() && p.Step.Step > 0 {
		return number(p.Step.Loss)
	}
	return p.measure(recipe.TrainLoss)
}

// measure is what #run says of the newest measure of this name.
func (p *Page) measure(name string) string {
	if value, taken := p.latest(name); taken && p.begun() {
		return number(value)
	}
	return ""
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }

// measures are the newest ones of the run, as attributes of #run.
func (p *Page) measures() vugu.VGAttributeListerFunc {
	return func() (list []vugu.VGAttribute) {
		e := p.LastEval()
		if e == nil || !p.begun() {
			return nil
		}
		for _, one := range e.Measures {
			list = append(list, vugu.VGAttribute{Key: "data-measure-" + strings.ReplaceAll(one.Name, "_", "-"), Val: number(one.Value)})
		}
		return list
	}
}

// objective is what the open model's run learns by, "" before there is one.
func (p *Page) objective() string {
	if !p.begun() {
		return ""
	}
	return p.Model.Recipe.Objective
}

// ranks is the number of workers of the latest step, or that are to begin.
func (p *Page) ranks() string {
	switch {
	case !p.begun():
		return "1"
	case p.Step.Step == 0:
		return strconv.Itoa(p.Model.Ranks)
	}
	return strconv.Itoa(p.Step.Ranks)
}

func (p *Page) speed() string { return strconv.FormatFloat(p.Step.TokensPerSecond, 'f', 0, 64) }

func (p *Page) fraction() string {
	if !p.begun() {
		return "0"
	}
	return strconv.FormatFloat(p.done(), 'f', 4, 64)
}

func (p *Page) progress() string {
	if !p.begun() {
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
