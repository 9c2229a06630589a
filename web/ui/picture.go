package ui

import (
	"slices"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// A Series is one curve of the chart.
type Series struct {
	Name   string
	Colour string // the custom property of the style sheet that holds it
	Steps  []int
	Values []float64
	Dots   bool // dashed, with a dot at each measurement
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

// Tuned tells whether the open model was trained further, so that the chart
// is of learning and forgetting.
func (s *State) Tuned() bool { return s.Model != nil && s.Model.From != "" }

// Picture is what the chart shows: what was learned and, of a model that was
// trained further, what was forgotten meanwhile.
func (s *State) Picture() ([]Series, []Mark) {
	val := Series{Name: wording.ValidatedCurve, Colour: "--verdigris", Dots: true}
	old := Series{Name: wording.OldCurve, Colour: "--ochre", Dots: true}
	for _, e := range s.Evals {
		val.add(e, recipe.ValLoss)
		old.add(e, recipe.OldLoss)
	}
	if !s.Tuned() {
		return []Series{{Name: wording.TrainingCurve, Colour: "--rubric", Steps: s.Curve.Steps, Values: s.Curve.Losses}, val}, nil
	}
	val.Name = wording.NewCurve
	series := []Series{val}
	if len(old.Steps) > 0 {
		series = append(series, old)
	}
	var marks []Mark
	if before, after, both := s.change(); both {
		marks = []Mark{{before.Step, wording.Before}, {after.Step, wording.After}}
	}
	return series, marks
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
	before, after, both := p.change()
	if !both {
		return nil
	}
	for _, measure := range []struct{ key, name string }{{recipe.ValLoss, wording.OnNew(p.textName(p.Model.Text))}, {recipe.OldLoss, wording.OnOld(p.oldText())},
		{recipe.Exact, wording.Measure(recipe.Exact)}} {
		if was, is, taken := change(before, after, measure.key); taken {
			rows = append(rows, changeRow{measure.name, wording.MeasureValue(measure.key, was), wording.MeasureValue(measure.key, is), wording.ChangeOf(measure.key, is-was)})
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

// changeSays puts the table in words.
func (p *Page) changeSays() string {
	before, after, both := p.change()
	switch {
	case !p.Tuned():
		return ""
	case !both:
		return wording.NoChangeYet
	}
	was, is, _ := change(before, after, recipe.ValLoss)
	if oldWas, oldIs, taken := change(before, after, recipe.OldLoss); taken {
		return wording.LearnedForgotten(was-is, oldIs-oldWas)
	}
	return wording.Learned(was-is) + " " + wording.OldUnknown
}

// oldText names the text by which forgetting was measured.
func (p *Page) oldText() string {
	if p.Model.Old == "own" {
		return wording.OldOwn
	}
	return p.textName(p.Model.Old)
}

func (p *Page) lossTitle() string {
	if p.Tuned() {
		return wording.ChangeTitle
	}
	return wording.LossTitle
}

func (p *Page) lossAbout() string {
	if p.Tuned() {
		return wording.ChangeAbout
	}
	return wording.LossAbout
}

// stopSays is why a run ended before its last step, "" if nobody need be told.
func (p *Page) stopSays() string {
	if p.Run.State == "done" && p.Run.Reason == protocol.StoppedEarly {
		return wording.Problem(&protocol.Problem{Code: p.Run.Reason})
	}
	return ""
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
func cell(e recipe.Measurement, name string) string {
	value, taken := e.Measures.Of(name)
	if !taken {
		return ""
	}
	return wording.MeasureValue(name, value)
}
