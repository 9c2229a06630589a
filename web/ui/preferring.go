package ui

import (
	"math"
	"slices"

	"hornbook/model/recipe"
)

// What a run on preferences is seen by: its curves, and what changed.

// aspects are what the chart can show.
var aspects = []string{"loss", "right", "rewards", "old"}

// aspectCurves are the measures that each shows, with what their curves are called,
// and their colours.
var aspectCurves = map[string][]struct{ measure, key, colour string }{
	"loss":    {{recipe.TrainLoss, "training_curve", "--rubric"}, {recipe.ValLoss, "validated_curve", "--verdigris"}},
	"right":   {{recipe.Accuracies, "prefs_right_curve", "--verdigris"}, {recipe.WinRate, "prefs_wins_curve", "--rubric"}},
	"rewards": {{recipe.Chosen, "prefs_chosen", "--verdigris"}, {recipe.Rejected, "prefs_rejected", "--ochre"}, {recipe.Margins, "prefs_margin_curve", "--rubric"}},
	"old":     {{recipe.OldLoss, "old_curve", "--ochre"}},
}

// expectedWins is how the win rate went for us: 124 pairs of the judge "shorter" of
// Village Tales, an adapter of the model that comes with the page (LOG.md).
var expectedWins = course{{0, .5}, {0.226, .53}, {0.452, .57}, {0.677, .8}, {0.903, .86}, {1, .83}}

// preferred tells whether the open model is one that was taught preferences.
func (p *Page) preferred() bool {
	return p.Model != nil && p.Model.Recipe.Objective == recipe.DPO && p.Model.From != ""
}

// ChooseAspect chooses what the chart shows.
func (t *Preferences) ChooseAspect(aspect string) {
	if slices.Contains(aspects, aspect) {
		t.Aspect = aspect
	}
}

// aspectsHere are those of which something was measured, or all before a run.
func (t *Preferences) aspectsHere() (list []string) {
	for _, a := range aspects {
		measured := slices.ContainsFunc(aspectCurves[a], func(c struct{ measure, key, colour string }) bool {
			_, is := t.Page.latest(c.measure)
			return is
		})
		if measured || !t.mine() || a == "loss" {
			list = append(list, a)
		}
	}
	return list
}

// Picture is the curves of what is chosen, with the line at which nothing is
// preferred; before a run what to expect.
func (t *Preferences) Picture() Picture {
	p := t.Page
	if !t.mine() {
		steps := t.Draft.Base.Steps
		at, rates := expectedWins.scaled(steps)
		return Picture{Height: p.W.Say("prefs_shows_right"), Steps: steps, Series: []Series{
			{Name: p.W.Say("prefs_wins_curve"), Colour: "--rubric", Style: "ghost", Steps: at, Values: rates},
			{Name: p.W.Say("prefs_level"), Colour: "--faint", Style: "rule", Steps: []int{0, steps}, Values: []float64{.5, .5}}}}
	}
	steps := max(p.Step.Steps, p.Model.Recipe.Steps)
	picture := Picture{Height: p.W.Say("prefs_shows_" + t.Aspect), Steps: steps, Log: t.LogScale}
	for _, c := range aspectCurves[t.Aspect] {
		s := Series{Name: p.W.Say(c.key), Colour: c.colour, Style: "dots"}
		for _, e := range p.Evals {
			s.add(e, c.measure)
		}
		if len(s.Steps) > 0 {
			picture.Series = append(picture.Series, s)
		}
	}
	level, is := map[string]float64{"loss": math.Ln2, "right": .5, "rewards": 0}[t.Aspect]
	if is && !(t.Aspect == "loss" && p.Model.Recipe.Preferences.Loss != "sigmoid") {
		picture.Series = append(picture.Series, Series{Name: p.W.Say("prefs_level"), Colour: "--faint", Style: "rule", Steps: []int{0, steps}, Values: []float64{level, level}})
	}
	return picture
}

// aspectSays says what the chart means.
func (t *Preferences) aspectSays() string {
	if !t.mine() {
		return t.Page.W.Say("prefs_expect")
	}
	return t.Page.W.Say("prefs_shows_" + t.Aspect + "_about")
}

// preferredRows are the lines of the table of what changed.
func (p *Page) preferredRows() (rows []changeRow) {
	before, after, both := p.change()
	if !both {
		return nil
	}
	for _, key := range []string{recipe.WinRate, recipe.Accuracies, recipe.Margins, recipe.ValLoss, recipe.ChosenLogP, recipe.RejectedLogP, recipe.OldLoss} {
		if was, is, taken := change(before, after, key); taken {
			rows = append(rows, changeRow{p.W.Measure(key), p.W.MeasureValue(key, was), p.W.MeasureValue(key, is), p.W.ChangeOf(key, is-was)})
		}
	}
	return rows
}

// clearly is a change of a loss, in nats, that is worth a word.
const clearly = 0.1

// preferredSays puts what changed in words: who wins, what is known of DPO, and what
// was forgotten.
func (p *Page) preferredSays() (says []string) {
	before, after, both := p.change()
	if !both {
		return []string{p.W.Say("prefs_no_change")}
	}
	if rate, taken := after.Measures.Of(recipe.WinRate); taken {
		says = append(says, p.W.Say("prefs_wins", "rate", p.W.Percent(rate), "judge", p.W.Taste(p.Model.Recipe.Preferences.Taste)))
	} else if right, taken := after.Measures.Of(recipe.Accuracies); taken {
		says = append(says, p.W.Say("prefs_right", "rate", p.W.Percent(right)))
	}
	wasC, isC, c := change(before, after, recipe.ChosenLogP)
	wasR, isR, r := change(before, after, recipe.RejectedLogP)
	if c && r && isC < wasC && isR < wasR {
		says = append(says, p.W.Say("prefs_both_fell"))
	}
	if was, is, taken := change(before, after, recipe.OldLoss); taken && is-was > clearly {
		says = append(says, p.W.Say("prefs_forgot", "n", p.W.Loss(is-was)))
	}
	return says
}
