package ui

import (
	"cmp"

	"hornbook/model/recipe"
)

// The picture of a run by rewards: three tracks with a common axis.

// steps are those that the axis has, and how many of them show examples.
func (t *Rewards) steps() (all, shown int) {
	r := t.Draft.Base
	if t.mine() {
		r = t.Page.Model.Recipe
		r.Steps = cmp.Or(t.Page.Step.Steps, r.Steps)
	} else if now, wrong := t.Recipe(); wrong == nil {
		r = now
	}
	return r.Steps, r.Rewards.WarmUp
}

// tracks are rewards and right answers, the part that shows its working, and how
// long replies are: of the run, or what to expect of one.
func (t *Rewards) tracks() []Track {
	w := t.Page.W
	right := Track{Key: "right", Title: w.Say("rewards_track_right"), High: 1, Says: w.Percent, Tick: w.PercentDone}
	working := Track{Key: "working", Title: w.Say("rewards_track_working"), High: 1, Says: w.Percent, Tick: w.PercentDone}
	length := Track{Key: "length", Title: w.Say("rewards_track_length"), Says: func(x float64) string { return w.Number(x, 1) },
		Tick: func(x float64) string { return w.Count(int(x)) }}
	right.draw(w.Say("rewards_curve_reward"), t.rewardCurve())
	if !t.hidden() {
		right.draw("pass@1", t.curve(recipe.PassAt1, "--verdigris", ""))
		if t.mine() {
			right.draw("pass@8", t.curve(recipe.PassAt8, "--verdigris", "thin"))
		}
	}
	working.draw(w.Say("rewards_curve_working"), t.curve(recipe.Working, "--rubric", ""))
	length.draw(w.Say("rewards_curve_length"), t.curve(recipe.Length, "--rubric", ""))
	right.High = top(1, right.Series)
	for _, s := range right.Series {
		for _, v := range s.Values {
			right.Low = min(right.Low, v)
		}
	}
	length.High = top(4, length.Series)
	return []Track{right, working, length}
}

// draw puts a curve on the track, if it has points.
func (t *Track) draw(short string, s Series) {
	if len(s.Steps) > 0 {
		t.Series, t.Short = append(t.Series, s), append(t.Short, short)
	}
}

// rewardCurve is the mean reward of the rounds.
func (t *Rewards) rewardCurve() Series {
	if !t.mine() {
		return t.curve(recipe.RewardMean, "--rubric", "")
	}
	c := t.Page.Rewards
	return Series{Name: t.Page.W.Measure(recipe.RewardMean), Colour: "--rubric", Steps: c.Steps, Values: c.Losses}
}

// curve is a measure of the run or, where there is none, how it went for us.
func (t *Rewards) curve(measure, colour, style string) Series {
	s := Series{Name: t.Page.W.Measure(measure), Colour: colour, Style: style}
	if t.mine() {
		for _, e := range t.Page.Evals {
			s.add(e, measure)
		}
		return s
	}
	steps, _ := t.steps()
	s.Style = "ghost"
	s.Steps, s.Values = courses[t.Lab+"."+measure].scaled(steps)
	return s
}

// Picture is the numbers of all tracks, to be saved.
func (t *Rewards) Picture() (all Picture) {
	for _, track := range t.tracks() {
		all.Series = append(all.Series, track.Series...)
	}
	all.Steps, _ = t.steps()
	return all
}

// room is what an end of a track needs, the lower the track the more.
func (t Track) room() float64 {
	if t.Key == "right" {
		return apart
	}
	return 2 * apart
}

func (t *Rewards) tracksTitle() string {
	if !t.mine() {
		return t.Page.W.Say("expect_title")
	}
	return t.Page.W.Say("rewards_tracks_title")
}

func (t *Rewards) tracksAbout() string {
	w := t.Page.W
	switch {
	case t.mine():
		return t.passSays()
	case t.Lab != "":
		return w.Say("rewards_expect_about")
	}
	return w.Say("rewards_expect_none")
}

// passSays sets right answers at the first try beside those in eight, with how
// far chance can move them.
func (t *Rewards) passSays() string {
	e := t.moment()
	if e == nil || t.hidden() {
		return t.Page.W.Say("rewards_reward_not_loss")
	}
	w := t.Page.W
	one, taken := e.Measures.Of(recipe.PassAt1)
	if !taken {
		return ""
	}
	return w.Say("rewards_pass", "n", w.Count(int(e.Measures.Value(recipe.Questions))), "one", w.Percent(one),
		"about", w.Number(100*margin(e), 1), "eight", w.Percent(e.Measures.Value(recipe.PassAt8)))
}

// columns are the measures of the table: without those that are hidden still.
func (t *Rewards) columns() (names []string) {
	for _, name := range t.Page.columns() {
		if right := name == recipe.PassAt1 || name == recipe.PassAt8; !right || !t.hidden() {
			names = append(names, name)
		}
	}
	return names
}

// rows are the evaluations of the table.
func (t *Rewards) rows() []recipe.Measurement {
	if !t.mine() {
		return nil
	}
	return t.Page.Evals
}

// axis is how many steps the axis has.
func (t *Rewards) axis() int {
	steps, _ := t.steps()
	return steps
}
