package ui

import (
	"maps"

	"hornbook/web/protocol"
)

// What those go on with in a lesson for whom a training does not work.

// Help shows the way out of a step, which may stand below what can be seen of the card,
// or hides it again.
func (t *Learn) Help() {
	if t.Stuck = !t.Stuck; t.Stuck {
		t.Page.Host.Focus("guide-rescue")
	}
}

// rescued tells whether the step has a saved model, which it still waits for.
func (t *Learn) rescued() bool {
	s := t.step()
	return s != nil && s.Saved != "" && t.Page.Ready.Base && !t.isDone()
}

// TakeSaved opens the step's saved model in place of the one that was to be trained. A
// run, or a drawing of answers, that is under way ends: what is learned so far is kept.
func (t *Learn) TakeSaved() {
	p := t.Page
	if t.taking != 0 || !t.rescued() {
		return
	}
	if prefs := of[*Preferences](p); prefs.Drawing() {
		prefs.Hand.stop(p)
		prefs.Judge.stop(p)
	}
	if p.Active() {
		p.ask(&protocol.Stop{})
	}
	t.taking = p.ask(&protocol.Open{ModelID: protocol.OfLesson + t.step().Saved})
	p.asker[t.taking] = t.step().Station // where it is told if it does not come
}

// took ends the step once its saved model is open, and reports whether one is waited
// for, since what happens meanwhile is no deed.
func (t *Learn) took() bool {
	m, s := t.Page.Model, t.step()
	switch {
	case t.taking == 0 || s == nil:
		return false
	case m != nil && m.ModelID == protocol.OfLesson+s.Saved && t.Page.Run.State == "idle":
		t.taking = 0
		t.Without()
	}
	return true
}

// savedName names such a model.
func (p *Page) savedName() string {
	name := p.W.Say("saved_name")
	if p.Model.From != "" {
		name = p.W.Say("base_short") + lineageMark + name
	}
	return name
}

// What was set before a lesson.

// remember takes it down, but for what is Learn's own.
func (t *Learn) remember() {
	if t.before != nil {
		return
	}
	t.before = t.Page.Experiment()
	own := Experiment{}
	t.Keep(own)
	maps.DeleteFunc(t.before, func(key, _ string) bool { return own[key] != "" })
}

// giveBack sets it again; a text that is there already is not asked for once more.
func (t *Learn) giveBack() {
	if t.before == nil {
		return
	}
	x, now := t.before, t.Page.Experiment()
	if x["text"] == now["text"] && x[here+"hash"] == now[here+"hash"] {
		delete(x, "text")
		delete(x, here+"hash")
	}
	of[*Try](t.Page).forget()
	t.Page.restore(x)
	t.before = nil
}
