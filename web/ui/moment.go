package ui

import (
	"fmt"
	"strconv"

	"hornbook/model/recipe"
)

// The slider through time: at each evaluation the same questions, answered.

// last is the place of the latest evaluation.
func (t *Rewards) last() int { return max(0, len(t.Page.Evals)-1) }

// momentAt is the evaluation that is looked at, by its place: the latest unless
// the slider was moved back.
func (t *Rewards) momentAt() int {
	if t.looking {
		return min(t.lookBack, t.last())
	}
	return t.last()
}

// moment is that evaluation, nil before the first.
func (t *Rewards) moment() *recipe.Measurement {
	if !t.mine() || len(t.Page.Evals) == 0 {
		return nil
	}
	return &t.Page.Evals[t.momentAt()]
}

// LookAt moves the slider; at its end it follows the run again.
func (t *Rewards) LookAt(place int) {
	t.lookBack, t.looking = max(0, place), place < t.last()
}

// SlideTo looks at the evaluation that is nearest to a step.
func (t *Rewards) SlideTo(text string) {
	step, err := strconv.Atoi(text)
	if err != nil {
		return
	}
	nearest := 0
	for i, e := range t.Page.Evals {
		if distance(e.Step, step) <= distance(t.Page.Evals[nearest].Step, step) {
			nearest = i
		}
	}
	t.LookAt(nearest)
}

func distance(a, b int) int { return max(a-b, b-a) }

// sliderStep is how far a key moves the slider: to the next evaluation.
func (t *Rewards) sliderStep() int { return max(1, t.Page.Model.Recipe.EvalEvery) }

func (t *Rewards) sliderAt() int { return t.moment().Step }

// momentStep is the step at which the curves are read.
func (t *Rewards) momentStep() int {
	steps, _ := t.steps()
	if e := t.moment(); e != nil {
		if !t.looking {
			return max(e.Step, t.Page.Step.Step)
		}
		return e.Step
	}
	return steps
}

func (t *Rewards) momentSays() string {
	e := t.moment()
	if e == nil {
		return ""
	}
	_, shown := t.steps()
	w := t.Page.W
	if e.Step <= shown && shown > 0 {
		return w.Say("rewards_moment_shown", "step", w.Count(e.Step))
	}
	return w.Say("rewards_moment", "step", w.Count(e.Step))
}

// An answered is one of the run's questions with its answer at a moment.
type answered struct {
	Prompt, Wanted string
	Parts          []part
	Says, Class    string
}

// answers are those of the moment that is looked at.
func (t *Rewards) answers() (list []answered) {
	e := t.moment()
	if e == nil {
		return nil
	}
	w := t.Page.W
	for i, q := range t.Page.Model.Questions[:min(len(t.Page.Model.Questions), len(e.Replies))] {
		r := e.Replies[i]
		a := answered{Prompt: q.Prompt, Wanted: q.Answer, Parts: parts(r.Text), Class: "try"}
		switch {
		case t.hidden():
		case r.Right:
			a.Says = w.Say("rewards_right")
		default:
			a.Says, a.Class = w.Say("rewards_wrong"), "try missed"
		}
		list = append(list, a)
	}
	return list
}

// rightSays counts the right ones, "" while that is hidden.
func (t *Rewards) rightSays() string {
	list := t.answers()
	if len(list) == 0 || t.hidden() {
		return ""
	}
	n := 0
	for _, r := range t.moment().Replies[:len(list)] {
		if r.Right {
			n++
		}
	}
	return t.Page.W.Say("rewards_right_of", "n", t.Page.W.Count(n), "all", t.Page.W.Count(len(list)))
}

// columnsOver are where a pointer over the charts reads an evaluation.
func (t *Rewards) columnsOver() (list []column) {
	if !t.mine() {
		return nil
	}
	evals := t.Page.Evals
	if len(evals) < 2 || len(evals) > mostColumns {
		return nil
	}
	steps, _ := t.steps()
	middle := func(a, b int) float64 { return (across(a, steps) + across(b, steps)) / 2 }
	for i, e := range evals {
		from, to := across(e.Step, steps), across(e.Step, steps)
		if i > 0 {
			from = middle(evals[i-1].Step, e.Step)
		}
		if i+1 < len(evals) {
			to = middle(e.Step, evals[i+1].Step)
		} else {
			to = 100
		}
		list = append(list, column{i, percent(from), percent(to - from)})
	}
	return list
}

// mostColumns bounds them.
const mostColumns = 100

type column struct {
	Place   int
	X, Wide string
}

// cursor is where the step that is looked at stands.
func (t *Rewards) cursor() string {
	steps, _ := t.steps()
	return percent(across(t.momentStep(), steps))
}

// shownWide is how far the examples go.
func (t *Rewards) shownWide() string {
	steps, shown := t.steps()
	return percent(across(shown, steps))
}

// shownSays names the shaded part, "" where there is none.
func (t *Rewards) shownSays() string {
	steps, shown := t.steps()
	if shown*5 < steps*2 { // too narrow for words
		return ""
	}
	return t.Page.W.Say("rewards_shown")
}

// shownMiddle is where their name stands.
func (t *Rewards) shownMiddle() string {
	steps, shown := t.steps()
	return percent(across(shown, steps) / 2)
}

// stepTicks are the numbers of the axis.
func (t *Rewards) stepTicks() (list []tick) {
	steps, shown := t.steps()
	at := []int{0, steps}
	if shown > steps/8 && shown < steps*7/8 {
		at = []int{0, shown, steps}
	}
	for i, step := range at {
		anchor := "middle"
		switch i {
		case 0:
			anchor = "start"
		case len(at) - 1:
			anchor = "end"
		}
		list = append(list, tick{t.Page.W.Count(step), percent(across(step, steps)), anchor})
	}
	list[len(list)-1].Says = fmt.Sprintf("%s %s", t.Page.W.Say("step_column"), list[len(list)-1].Says)
	return list
}

type tick struct{ Says, At, Anchor string }
