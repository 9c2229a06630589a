package ui

import (
	"hornbook/model/recipe"
)

// reward is the mean of the newest round or, of a model that was reopened, the
// latest that was measured.
func (s *State) reward() (value float64, taken bool) {
	if s.Round != nil {
		return s.Round.Reward, true
	}
	return s.latest(recipe.RewardMean)
}

// rewardProgress says how far a run by rewards is: what is rewarded, since the
// loss is near 0 whatever is learned.
func (p *Page) rewardProgress() string {
	text := ""
	if reward, taken := p.reward(); taken {
		text = p.W.Loss(reward)
	}
	return p.W.Tries(&p.Run, &p.Step, text)
}

// endSays is what came of the run that stands here, once it is over; "" before.
func (t *Rewards) endSays() string {
	o, is := t.outcome()
	if !is || t.Page.Run.State != "done" && t.Page.Run.State != "idle" || t.hidden() {
		return ""
	}
	w, e := t.Page.W, t.Page.LastEval()
	from, to := w.Percent(o.from), w.Percent(o.to)
	switch {
	case t.asksGuess():
		return "" // which the comparison with the guess says
	case o.did == "rose":
		return w.Say("rewards_end_rose", "from", from, "to", to)
	case e.Measures.Value(recipe.Working) < littleWorking && t.groupOf().Working < littleWorking:
		return w.Say("rewards_end_silent", "from", from, "to", to)
	}
	return w.Say("rewards_end_stayed", "from", from, "to", to)
}

// littleWorking is the part with working below which there is as good as none.
const littleWorking = 0.02

// nextLab is the experiment to go on with, false for none.
func (t *Rewards) nextLab() (lab string, is bool) {
	if t.endSays() == "" {
		return "", false
	}
	if t.cheatable() { // whose checker is to be mended first
		return "", false
	}
	after := map[string]string{"r1": "silent", "silent": "cheat", "cheat": ""}
	preset := t.Page.Model.Recipe.Preset
	lab, is = after[preset]
	o, _ := t.outcome()
	switch {
	case preset == "r1" && o.did != "rose":
		return "", false // which the sentence says what to do about
	case preset == "silent" && !t.Page.hasLab("r1"):
		lab = "r1"
	}
	return lab, is
}

// hasLab tells whether a model of this lab is kept.
func (p *Page) hasLab(name string) bool {
	for _, c := range p.Shelf.Cards {
		if c.Recipe.Preset == name {
			return true
		}
	}
	return false
}

func (t *Rewards) nextSays() string {
	lab, is := t.nextLab()
	if !is {
		return ""
	}
	return t.Page.W.Say("rewards_next", "name", t.labName(lab))
}

// GoNext chooses the next experiment.
func (t *Rewards) GoNext() {
	if lab, is := t.nextLab(); is {
		t.ChooseLab(lab)
		t.Page.Host.Focus("start")
	}
}
