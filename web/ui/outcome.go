package ui

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// What runs have cost, what they gained and what they forgot: of one, and of several
// beside each other.

// A side is one run in that picture: groups of rows, as many and of the same names for
// every side.
type side struct {
	ID, Name string
	Groups   []sideGroup
}

type sideGroup struct {
	Key, Title string // "cost", "gain" or "forget"
	Rows       []sideRow
}

// A sideRow is a number with what there is to say of it, and bars that are as long as it
// is.
type sideRow struct {
	Key, Name, Value, Note string
	Bars                   []bar
}

// A bar is from 0 to 1 long.
type bar struct{ Class, Long string }

// outcome is that of the open model, once its run is over; nil for none.
func (p *Page) outcome() *protocol.Outcome {
	if p.Model == nil || p.Active() {
		return nil
	}
	if o := p.Outcomes[p.Model.ModelID]; o != nil && o.Whole() {
		return o
	}
	return nil
}

// outcomeOf is that of a model that is kept, with what it said if that was told; nil for
// none.
func (p *Page) outcomeOf(id string) *protocol.Outcome {
	if o := p.Outcomes[id]; o != nil && o.Whole() {
		return o
	}
	if c := p.cardOf(id); c != nil && c.Outcome.Whole() {
		return &c.Outcome
	}
	return nil
}

// tellAll asks for what models said, as far as that is not known.
func (p *Page) tellAll(ids []string) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return p.Outcomes[id] != nil })
	if len(ids) > 0 {
		p.ask(&protocol.Outcomes{ModelIDs: ids})
	}
}

// sides are runs beside each other, called by names.
func (p *Page) sides(list []*protocol.Outcome, names []string) (sides []side) {
	top := tops(list)
	var gains []string
	for _, o := range list {
		for _, name := range recipe.Gains[o.Objective] {
			_, first := o.Before.Measures.Of(name)
			_, then := o.After.Measures.Of(name)
			if first && then && !slices.Contains(gains, name) {
				gains = append(gains, name)
			}
		}
	}
	for i, o := range list {
		s := side{ID: o.ModelID, Name: names[i], Groups: []sideGroup{
			{"cost", p.W.Say("outcome_cost"), p.costRows(o, top)},
			{"gain", p.W.Say("outcome_gain"), nil},
			{"forget", p.W.Say("outcome_forget"), []sideRow{p.forgetRow(o, top)}},
		}}
		for _, name := range gains {
			s.Groups[1].Rows = append(s.Groups[1].Rows, p.gainRow(o, name, top))
		}
		sides = append(sides, s)
	}
	return sides
}

// tops are the largest numbers of each row, which bars are measured by; costs of one
// alone have none.
func tops(list []*protocol.Outcome) map[string]float64 {
	top := map[string]float64{}
	for _, o := range list {
		for _, m := range []protocol.Moment{o.Before, o.After} {
			for _, one := range m.Measures {
				top[one.Name] = max(top[one.Name], one.Value)
			}
		}
		if len(list) > 1 {
			for key, x := range costs(o) {
				top[key] = max(top[key], x)
			}
		}
	}
	return top
}

func costs(o *protocol.Outcome) map[string]float64 {
	return map[string]float64{"tokens": float64(o.Tokens), "flops": o.FLOPs, "time": o.Seconds}
}

// long is a bar for x, none where there is nothing to measure it by.
func long(class string, x, top float64) []bar {
	if top <= 0 || math.IsNaN(x) {
		return nil
	}
	return []bar{{class, strconv.FormatFloat(min(1, max(0, x/top)), 'f', 3, 64)}}
}

func (p *Page) costRows(o *protocol.Outcome, top map[string]float64) []sideRow {
	w, is := p.W, costs(o)
	row := func(key, name, value, note string) sideRow {
		return sideRow{key, name, value, note, long("cost", is[key], top[key])}
	}
	written := ""
	switch {
	case o.Written > 0 && o.Objective == recipe.GRPO:
		written = w.Say("outcome_also_written", "n", o.Written)
	case o.Written > 0:
		written = w.Say("outcome_written", "n", o.Written)
	}
	part, gpu := w.BesideDeepSeek(o.FLOPs)
	return []sideRow{
		row("tokens", w.Say("outcome_tokens"), w.Count(o.Tokens), written),
		row("flops", w.Say("outcome_flops"), w.Operations(o.FLOPs), ""),
		row("time", w.Say("outcome_time"), w.Duration(o.Seconds), ""),
		row("energy", w.Say("outcome_energy"), w.Energy(o.Seconds), ""),
		row("money", w.Say("outcome_money"), w.Dollars(o.Seconds), ""),
		row("deepseek", w.Say("outcome_deepseek"), part, gpu),
	}
}

// gainRow is a measure before and after: a share with the interval that it is sure to,
// a loss with what it was measured on.
func (p *Page) gainRow(o *protocol.Outcome, name string, top map[string]float64) sideRow {
	w := p.W
	row := sideRow{Key: name, Name: w.Measure(name), Value: w.Say("outcome_none")}
	was, first := o.Before.Measures.Of(name)
	is, then := o.After.Measures.Of(name)
	if !first || !then {
		return row
	}
	most := top[name]
	var notes []string
	if share := wording.IsShare(name); share {
		most = 1
		if n := int(o.After.Measures.Value(recipe.Questions)); n > 0 && name != recipe.PassAt8 {
			low, high := recipe.Wilson(is, n)
			notes = append(notes, w.Between(low, high, n))
		}
	} else if name == recipe.ValLoss && o.Held > 0 {
		notes = append(notes, w.Say("outcome_held", "n", o.Held))
	} else {
		notes = append(notes, w.Say("outcome_less"))
	}
	if start, taken := o.Start.Measures.Of(name); taken {
		notes = append(notes, w.Say("outcome_at_first", "value", w.MeasureValue(name, start)))
	}
	row.Value, row.Note = w.FromTo(w.MeasureValue(name, was), w.MeasureValue(name, is)), strings.Join(notes, "; ")
	row.Bars = slices.Concat(long("was", was, most), long("is", is, most))
	return row
}

// forgetRow is the loss on what the model knew before.
func (p *Page) forgetRow(o *protocol.Outcome, top map[string]float64) sideRow {
	w := p.W
	row := sideRow{Key: recipe.OldLoss, Name: w.Say("outcome_old"), Value: w.Say("outcome_none"), Note: w.Say("outcome_forgot_unknown")}
	was, first := o.Before.Measures.Of(recipe.OldLoss)
	is, then := o.After.Measures.Of(recipe.OldLoss)
	switch {
	case first && then:
		row.Value, row.Note = w.FromTo(w.Loss(was), w.Loss(is)), w.Forgotten(is-was)
		row.Bars = slices.Concat(long("was", was, top[recipe.OldLoss]), long("lost", is, top[recipe.OldLoss]))
	case o.Method == recipe.Pretrain:
		row.Note = w.Say("outcome_forgot_new")
	}
	return row
}

// Answers.

// A compared question is what was said to it, once or more.
type compared struct {
	Prompt, Wanted string
	Said           []saying
}

// A saying is a reply, in parts: thoughts and what is said.
type saying struct {
	Column, Mark, Class string
	Parts               []sayingPart
}

type sayingPart struct{ Class, Text string }

// fewAnswers are shown at first.
const fewAnswers = 4

// answers are the questions of a run with what was said to them.
func (p *Page) answers(o *protocol.Outcome) (list []compared) {
	moments := p.moments(o)
	if len(moments) < 2 {
		return nil
	}
	for i, q := range o.Questions {
		a := compared{Prompt: q.Prompt}
		if q.Answer != "" {
			a.Wanted = p.W.Say("outcome_wanted", "answer", firstRunes(visible(q.Answer), 80))
		}
		for _, m := range moments {
			if i < len(m.Replies) {
				a.Said = append(a.Said, p.say(m.name, m.Replies[i], q.Answer != ""))
			}
		}
		list = append(list, a)
	}
	if !p.AllAnswers && len(list) > fewAnswers {
		list = list[:fewAnswers]
	}
	return list
}

// moment is an evaluation that was asked, as it is called.
type moment struct {
	protocol.Moment
	name string
}

func (p *Page) moments(o *protocol.Outcome) (list []moment) {
	before := "outcome_before"
	if len(o.Start.Replies) > 0 {
		before = "outcome_before_rewards"
	}
	for _, m := range []moment{{o.Start, "outcome_start"}, {o.Before, before}, {o.After, "outcome_after"}} {
		if len(m.Replies) > 0 {
			m.name = p.W.Say(m.name)
			list = append(list, m)
		}
	}
	return list
}

// say is a reply, judged where there is a right one.
func (p *Page) say(column string, r recipe.Replied, judged bool) saying {
	s := saying{Column: column, Class: "saying"}
	switch {
	case judged && r.Right:
		s.Mark, s.Class = p.W.Say("outcome_right"), "saying right"
	case judged:
		s.Mark, s.Class = p.W.Say("outcome_wrong"), "saying wrong"
	}
	s.Parts = p.inParts(r.Text)
	return s
}

// mostSaid bounds what is shown of a reply.
const mostSaid = 400

// inParts takes thoughts out of what was said.
func (p *Page) inParts(text string) (list []sayingPart) {
	for _, one := range parts(firstRunes(text, mostSaid)) {
		said := sayingPart{one.class(), one.Text}
		if one.Thought {
			said.Text = p.W.Say("outcome_thought") + one.Text
		}
		if strings.TrimSpace(one.Text) != "" {
			list = append(list, said)
		}
	}
	if list == nil {
		list = append(list, sayingPart{"nothing", p.W.Say("outcome_silent")})
	}
	return list
}

// visible is an answer of a demonstration without its thoughts.
func visible(answer string) (said string) {
	for _, one := range parts(answer) {
		if !one.Thought {
			said += one.Text
		}
	}
	return said
}

// answersTitle heads them: questions, or beginnings of a text.
func (p *Page) answersTitle(o *protocol.Outcome) string {
	if slices.ContainsFunc(o.Questions, func(q recipe.Question) bool { return q.Answer != "" }) {
		return p.W.Say("outcome_answers")
	}
	return p.W.Say("outcome_writes")
}

func (p *Page) answersLabel(o *protocol.Outcome) string {
	if p.AllAnswers {
		return p.W.Say("outcome_fewer")
	}
	return p.W.Say("outcome_all", "n", len(o.Questions))
}

// Beside each other.

// ShowSides shows what the compared models have cost and gained, or their curves again.
func (m *Models) ShowSides(sides bool) {
	m.Sides = sides
	if sides {
		m.Page.tellAll(m.Compared)
	}
}

func (m *Models) comparedTitle() string {
	if m.Sides {
		return m.Page.W.Say("outcome_sides_title")
	}
	return m.Page.W.Say("compare_title")
}

// laid are the compared models beside each other.
func (m *Models) laid() []side {
	var list []*protocol.Outcome
	var names []string
	for _, c := range m.compared() {
		if o := m.Page.outcomeOf(c.ID); o != nil {
			list, names = append(list, o), append(names, c.Name)
		}
	}
	return m.Page.sides(list, names)
}

// layBeside opens the models with the open one beside those that are like it: of the
// same origin first, the newest first.
func (p *Page) layBeside() {
	m := of[*Models](p)
	m.Compared = nil
	for _, c := range p.alike() {
		m.Compare(c.ID, true)
	}
	m.Page.visit("models")
	m.ShowSides(true)
	p.Host.Focus("compare-title")
}

// mostBeside are laid beside each other at once by themselves.
const mostBeside = 3

// alike are the open model and those that it can be laid beside, oldest last.
func (p *Page) alike() (list []protocol.Card) {
	if p.Model == nil {
		return nil
	}
	own := p.cardOf(p.Model.ModelID)
	if own == nil || !canCompare(*own) || !own.Outcome.Whole() {
		return nil
	}
	list = []protocol.Card{*own}
	for _, like := range []bool{true, false} {
		for _, c := range p.Shelf.Cards {
			is := c.Outcome.Objective == own.Outcome.Objective && c.Parameters == own.Parameters
			if c.ID != own.ID && is == like && canCompare(c) && c.Outcome.Whole() && len(list) < mostBeside {
				list = append(list, c)
			}
		}
	}
	return list
}

// canLay tells whether the open model has something to be laid beside.
func (p *Page) canLay() bool { return len(p.alike()) > 1 }
