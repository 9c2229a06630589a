package ui

import (
	"cmp"
	"slices"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// A Picture is what a station's chart shows.
type Picture struct {
	Series []Series
	Marks  []Mark
	Axis   string // what the curves go along, "" for steps
	Height string // what they show, "" for the loss
	Steps  int    // that the axis has at least
	Log    bool   // the losses stand on a logarithmic scale
}

// A Series is one curve of the chart.
type Series struct {
	Name   string
	Colour string // the custom property of the style sheet that holds it
	Style  string // "" for a line, "dots" for dashes with a dot at each measurement, "ghost" for what is expected, "rule" for a line of reference
	Steps  []int
	Values []float64
}

// add puts a measure on the curve, if it was taken.
func (s *Series) add(e recipe.Measurement, name string) {
	if value, taken := e.Measures.Of(name); taken {
		s.Steps, s.Values = append(s.Steps, e.Step), append(s.Values, value)
	}
}

// A Mark is a step of the chart that has a name.
type Mark struct {
	Step int
	Name string
}

// mine tells whether the open model was trained as the station would train one,
// so that its curve stands there.
func (t *Teaching) mine() bool {
	m := t.Page.Model
	switch {
	case m == nil:
		return false
	case !t.Draft.Tuning():
		return m.From == "" && m.ModelID != protocol.Base && m.Recipe.Objective == t.Draft.Base.Objective && (t.Page.begun() || len(t.Page.Curve.Steps) > 0)
	}
	return m.From != "" && m.Recipe.Objective == t.Draft.Base.Objective
}

// Picture is the open model's curves, with what a run like it was expected to
// do and the loss of guessing; of a model that was trained further what was
// learned and what was forgotten meanwhile. Before a run it is what to expect.
func (t *Teaching) Picture() Picture {
	p := t.Page
	if !t.mine() {
		steps := t.Draft.Base.Steps
		if r, wrong := t.Recipe(); wrong == nil {
			steps = r.Steps
		}
		return Picture{Series: slices.Concat(t.expected(steps), t.rule(steps)), Steps: steps, Log: t.LogScale}
	}
	steps := cmp.Or(p.Step.Steps, p.Model.Recipe.Steps)
	val := Series{Name: p.W.Say("validated_curve"), Colour: "--verdigris", Style: "dots"}
	old := Series{Name: p.W.Say("old_curve"), Colour: "--ochre", Style: "dots"}
	for _, e := range p.Evals {
		val.add(e, recipe.ValLoss)
		old.add(e, recipe.OldLoss)
	}
	if !p.Tuned() {
		learned := Series{Name: p.W.Say("training_curve"), Colour: "--rubric", Steps: p.Curve.Steps, Values: p.Curve.Losses}
		return Picture{Series: append([]Series{learned, val}, t.rule(steps)...), Steps: steps, Log: t.LogScale}
	}
	val.Name = p.W.Say("new_curve")
	series := []Series{val}
	if len(old.Steps) > 0 {
		series = append(series, old)
	}
	var marks []Mark
	if before, after, both := p.change(); both {
		marks = []Mark{{before.Step, p.W.Say("before")}, {after.Step, p.W.Say("after")}}
	}
	return Picture{Series: series, Marks: marks, Log: t.LogScale}
}

// rule is the loss of guessing as a line through the whole run.
func (t *Teaching) rule(steps int) []Series {
	loss := t.Page.guessing()
	if loss == 0 || t.Draft.Tuning() {
		return nil
	}
	return []Series{{Name: t.Page.W.Say("guessing_curve"), Colour: "--faint", Style: "rule", Steps: []int{0, steps}, Values: []float64{loss, loss}}}
}

// pictureTitle heads the chart: whose curve it is.
func (t *Teaching) pictureTitle() string {
	p := t.Page
	switch {
	case !t.mine():
		return p.W.Say("expect_title")
	case p.Model.Recipe.Objective == recipe.Distill:
		return p.W.Say("distill_picture")
	case p.Tuned():
		return p.W.Say("change_title")
	}
	return p.W.Say("loss_title")
}

// pictureAbout says what the chart means.
func (t *Teaching) pictureAbout() string {
	p := t.Page
	switch {
	case !t.mine() && t.Draft.Tuning():
		return p.W.Say("expect_further")
	case !t.mine():
		return p.W.Say("expect_about")
	case p.Model.Recipe.Objective == recipe.Distill:
		return p.W.Say("distill_about")
	case p.Tuned():
		return p.W.Say("change_about")
	}
	return p.W.Say("loss_about")
}

func (t *Teaching) tableLabel() string {
	if t.AsTable {
		return t.Page.W.Say("hide_table")
	}
	return t.Page.W.Say("show_table")
}

// change is the evaluation before training further and that of the weights
// that are kept, once there are both.
func (s *State) change() (before, after *recipe.Measurement, both bool) {
	if !s.Tuned() || len(s.Evals) < 2 || s.Evals[0].Step != 0 {
		return nil, nil, false
	}
	before, after = &s.Evals[0], s.LastEval()
	if s.Run.Reason == protocol.Stopped { // the model stays as it is
		return before, after, true
	}
	for i := range s.Evals {
		if e := &s.Evals[i]; e.Best && (i > 0 || !s.Active()) {
			after = e
		}
	}
	return before, after, true
}

// A changeRow is a line of the table of learning and forgetting.
type changeRow struct{ Name, Before, After, Change string }

func (p *Page) changeRows() (rows []changeRow) {
	if p.preferred() {
		return p.preferredRows()
	}
	before, after, both := p.change()
	if !both {
		return nil
	}
	for _, measure := range []struct{ key, name string }{{recipe.ValLoss, p.W.OnNew(p.textName(p.Model.Text))}, {recipe.OldLoss, p.W.OnOld(p.oldText())},
		{recipe.Exact, p.W.Measure(recipe.Exact)}} {
		if was, is, taken := change(before, after, measure.key); taken {
			rows = append(rows, changeRow{measure.name, p.W.MeasureValue(measure.key, was), p.W.MeasureValue(measure.key, is), p.W.ChangeOf(measure.key, is-was)})
		}
	}
	return rows
}

// change is a measure of two evaluations, false if one of them lacks it.
func change(before, after *recipe.Measurement, name string) (was, is float64, taken bool) {
	was, first := before.Measures.Of(name)
	is, then := after.Measures.Of(name)
	return was, is, first && then
}

// littleLearned is the part of the loss on the new text that is left where little
// was learned.
const littleLearned = 0.6

// changeSays puts the table in words.
func (p *Page) changeSays() string {
	before, after, both := p.change()
	switch {
	case p.preferred():
		return strings.Join(p.preferredSays(), " ")
	case !p.Tuned():
		return ""
	case !both:
		return p.W.Say("no_change_yet")
	}
	was, is, _ := change(before, after, recipe.ValLoss)
	more := ""
	if p.Run.State == "done" && is > littleLearned*was {
		more = " " + p.W.Say("too_little")
	}
	if oldWas, oldIs, taken := change(before, after, recipe.OldLoss); taken {
		return p.W.LearnedForgotten(was-is, oldIs-oldWas) + more
	}
	return p.W.Learned(was-is) + " " + p.W.Say("old_unknown") + more
}

// changeOn heads the names of what changed.
func (p *Page) changeOn() string {
	if p.preferred() {
		return p.W.Say("prefs_measured")
	}
	return p.W.Say("change_on")
}

// oldText names the text by which forgetting was measured.
func (p *Page) oldText() string {
	return p.oldName(p.Model.Old)
}

// columns are the measures that the table of losses has, in order.
func (s *State) columns() (names []string) {
	for _, e := range s.Evals {
		for _, one := range e.Measures {
			if !slices.Contains(names, one.Name) {
				names = append(names, one.Name)
			}
		}
	}
	return names
}

// cell is a measure in the table, "" where it was not taken.
func (p *Page) cell(e recipe.Measurement, name string) string {
	value, taken := e.Measures.Of(name)
	if !taken {
		return ""
	}
	return p.W.MeasureValue(name, value)
}
