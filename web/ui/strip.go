package ui

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vugu/vugu"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// What stays in sight whatever is open: the model and its run.

// modelName names the open model.
func (p *Page) modelName() string {
	switch m := p.Model; {
	case m == nil:
		return p.W.Say("no_model_yet")
	case m.ModelID == protocol.Base:
		return p.W.Say("base_name")
	case strings.HasPrefix(m.ModelID, protocol.OfLesson):
		return p.savedName()
	case m.Name != "":
		return p.textName(m.Name)
	}
	return p.W.Preset(p.Model.Recipe.Preset)
}

// shortName names the open model in the lineage of what is taught further.
func (p *Page) shortName() string {
	if p.Model.ModelID == protocol.Base {
		return p.W.Say("base_short")
	}
	return p.modelName()
}

// lineage are the names of the models that the open one comes from, the oldest
// first, and its own.
func (p *Page) lineage() []string {
	names := strings.Split(p.modelName(), lineageMark)
	if m := p.Model; m != nil && m.From != "" && len(names) == 1 {
		names = append([]string{m.From}, names...)
	}
	return names
}

// lineageMark stands between the names of a lineage.
const lineageMark = " › "

// fresh is name or, where a model has it already, one with a number.
func (p *Page) fresh(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(p.Shelf.Cards, func(c protocol.Card) bool { return c.Name == name })
	}
	try := name
	for n := 2; taken(try); n++ {
		try = name + " " + p.W.Count(n)
	}
	return try
}

func (p *Page) textName(name string) string {
	if slices.Contains(p.Ready.Samples, name) {
		return p.W.Sample(name)
	}
	if task, is := strings.CutPrefix(name, protocol.TaskText); is {
		return p.W.Task(task)
	}
	return name
}

// A fact is a name and a value, and what the value rests on.
type fact struct{ Name, Value, About string }

// modelFacts describe the open model.
func (p *Page) modelFacts() []fact {
	m := p.Model
	if m == nil {
		return nil
	}
	var facts []fact
	say := func(is bool, name, value string) {
		if is {
			facts = append(facts, fact{Name: p.W.Say(name), Value: value})
		}
	}
	say(m.Recipe.Preset != "" && m.From == "", "model_kind", m.Recipe.Preset)
	say(m.From != "", "comes_from", m.From)
	say(m.Text != "", "learns_from", p.textName(m.Text))
	say(true, "parameters", p.W.Count(m.Parameters))
	say(m.Trained > 0 && m.Trained < m.Parameters, "trained", p.W.PartOf(m.Trained, m.Parameters))
	say(p.begun(), "field_ranks", p.ranks())
	say(m.Bytes > 0, "memory", p.W.Bytes(float64(m.Bytes)))
	say(p.Step.Steps > 0, "step_label", p.W.Of(p.reached(), p.Step.Steps))
	if p.rewarded() {
		reward, taken := p.reward()
		say(taken, "reward_label", p.W.Loss(reward))
	} else {
		say(p.Step.Step > 0, "loss_label", p.W.Loss(p.Step.Loss))
	}
	if val, taken := p.latest(recipe.ValLoss); taken && !p.rewarded() {
		say(true, "val_label", p.W.Loss(val))
		say(true, "unsure_label", p.W.Unsure(math.Exp(val)))
	}
	say(p.Run.State == "training", "speed", p.W.PerSecond(p.Step.TokensPerSecond))
	return append(facts, p.costFacts()...)
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
	if p.Step.Tokens == 0 {
		return nil
	}
	facts := []fact{{Name: p.W.Say("cost_tokens"), Value: p.W.Count(p.Step.Tokens)}}
	if p.Step.FLOPs > 0 {
		facts = append(facts, fact{Name: p.W.Say("cost_flops"), Value: p.W.Operations(p.Step.FLOPs)})
	}
	return append(facts, fact{Name: p.W.Say("cost_time"), Value: p.W.Duration(p.Step.Seconds)},
		fact{Name: p.W.Say("cost_energy"), Value: p.W.Energy(p.Step.Seconds), About: p.W.EnergyAbout()})
}

func (p *Page) savedSays() string {
	if p.Saved == nil {
		return ""
	}
	return p.W.Say("saved_at", "step", p.Saved.Step)
}

// The run.

func (p *Page) pauseLabel() string {
	if p.Run.State == "paused" {
		return p.W.Say("resume")
	}
	return p.W.Say("pause")
}

// PauseResume does what the button says.
func (p *Page) PauseResume() {
	switch p.Run.State {
	case "training":
		p.ask(&protocol.Pause{})
	case "paused":
		p.ask(&protocol.Resume{})
	}
}

// Stop ends the run, or what leads to one.
func (p *Page) Stop() {
	if p.Active() {
		p.ask(&protocol.Stop{})
	}
}

func (p *Page) progress() string {
	switch {
	case p.loading("gpu"), p.loading("gpu_trial"):
		return p.gpuProgress()
	case !p.begun():
		return p.W.RunState(p.Run.State)
	case p.Run.State == "done" && p.Run.Reason == protocol.Stopped:
		return p.W.Say("progress_stopped", "step", p.W.Of(p.Step.Step, p.Step.Steps))
	case p.rewarded() && p.Step.Step > 0:
		return p.rewardProgress()
	}
	return p.W.Progress(&p.Run, &p.Step)
}

func (p *Page) done() float64 {
	if p.Step.Steps == 0 {
		return 0
	}
	return float64(p.Step.Step) / float64(p.Step.Steps)
}

func (p *Page) fraction() string {
	if !p.begun() {
		return "0"
	}
	return strconv.FormatFloat(p.done(), 'f', 4, 64)
}

// newest is the beginning of what the open model wrote last while it trained.
func (p *Page) newest() string {
	if r := p.Round; r != nil && len(r.Replies) > 0 {
		return firstRunes(r.Prompt+" → "+plain(r.Replies[0].Text), 160)
	}
	if n := len(p.Samples); n > 0 {
		return firstRunes(p.Samples[n-1].Text, 160)
	}
	return ""
}

// firstRunes is the beginning of a text, at most n characters.
func firstRunes(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

// stopSays is why a run ended before its last step, "" if nobody need be told.
func (p *Page) stopSays() string {
	if p.Run.State == "done" && p.Run.Reason == protocol.StoppedEarly {
		return p.W.Problem(&protocol.Problem{Code: p.Run.Reason})
	}
	return ""
}

// Numbers of #run's data attributes: empty before there is a run.

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

// attributes makes of a measure's name a part of an attribute's, which has no other
// signs.
var attributes = strings.NewReplacer("_", "-", "/", "-", "@", "-at-")

// measures are the newest ones of the run, as attributes of #run.
func (p *Page) measures() vugu.VGAttributeListerFunc {
	return func() (list []vugu.VGAttribute) {
		e := p.LastEval()
		if e == nil || !p.begun() {
			return nil
		}
		for _, one := range e.Measures {
			list = append(list, vugu.VGAttribute{Key: "data-measure-" + attributes.Replace(one.Name), Val: number(one.Value)})
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

// What comes next, once a run is over.

// A next is an act that the strip offers.
type next struct {
	ID, Says string
	Act      func()
}

func (p *Page) nexts() (list []next) {
	if p.Run.State != "done" || p.Model == nil {
		return nil
	}
	if p.canGoOnStopped() {
		list = append(list, next{"go-on-stopped", p.W.Say("go_on"), func() { p.GoOnWith(p.Model.ModelID) }})
	}
	if p.canLay() {
		list = append(list, next{"next-beside", p.W.Say("outcome_next"), p.layBeside})
	}
	return append(list, next{"next-try", p.W.Say("next_try"), func() { p.visit("try") }},
		next{"next-teach", p.W.Say("next_teach"), func() { p.visit("finetune") }},
		next{"next-keep", p.W.Say("next_keep"), func() { p.visit("models") }})
}

// canGoOnStopped tells whether the run that was stopped can go on.
func (p *Page) canGoOnStopped() bool {
	c := p.cardOf(p.Model.ModelID)
	return p.Run.Reason == protocol.Stopped && c != nil && canGoOn(c)
}

// Going on with what was cut off.

// offerToGoOn offers, when the page opens, the newest model if its run was not
// over. The offer goes when the model does.
func (p *Page) offerToGoOn() {
	if p.offer != nil {
		p.offer = p.cardOf(p.offer.ID)
	}
	if p.offered {
		return
	}
	p.offered = true
	if cards := p.Shelf.Cards; len(cards) > 0 && canGoOn(&cards[0]) && !p.Active() {
		p.offer = &cards[0]
	}
}

func canGoOn(c *protocol.Card) bool {
	return readable(*c) && !c.Elsewhere && (c.State == "training" || c.State == "paused")
}

// goOnSays is the offer to go on, "" for none.
func (p *Page) goOnSays() string {
	if c := p.offer; c != nil {
		return p.W.GoOnOffer(c.Name, c.Step, c.Steps, time.Since(time.UnixMilli(c.Saved)))
	}
	return ""
}

// GoOn goes on with the model that was offered.
func (p *Page) GoOn() {
	if c := p.offer; c != nil {
		p.GoOnWith(c.ID)
	}
}

// LeaveIt lets the offer go; the model stays on the shelf.
func (p *Page) LeaveIt() { p.offer = nil }

// GoOnWith opens a model; once it is open, its run goes on.
func (p *Page) GoOnWith(id string) {
	if p.running() || p.Run.State == "preparing" {
		return
	}
	p.offer = nil
	p.solve(RunStrip)
	p.resuming = p.ask(&protocol.Open{ModelID: id})
}

// OpenBase opens the model that comes with the page.
func (p *Page) OpenBase() {
	if !p.Active() {
		p.ask(&protocol.Open{ModelID: protocol.Base})
	}
}

// BringIn imports the model of dropped files, which the host holds.
func (p *Page) BringIn(names []string) { of[*Models](p).Import(names) }
