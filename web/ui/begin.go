package ui

import (
	"strconv"

	"hornbook/web/protocol"
)

// What the red button of the stations of Teach begins.

// canTrain tells whether Train can be pressed. Where the text is on its way, it
// waits for it.
func (t *Teaching) canTrain() bool { return !t.Page.Active() && !t.blocked() && !t.waits }

func (t *Teaching) trains() string {
	p := t.Page
	text := of[*Text](p).name()
	if t.waits {
		return p.W.Say("trains_soon", "text", text)
	}
	if t.Draft.Tuning() && p.Model != nil {
		return p.W.Say("trains_model", "model", p.modelName(), "text", text)
	}
	return p.W.Say("trains_new", "text", text)
}

// A schooling is a station that trains.
type schooling interface {
	Station
	beginner
}

// A beginner is what the red button belongs to.
type beginner interface {
	Train()
	canTrain() bool
	trains() string // what Train does: who learns what
}

// Train starts a run with the draft.
func (t *Teaching) Train() { t.begin(t.name()) }

// begin starts a run with the draft, of a model that is to be called so, once
// the text is there.
func (t *Teaching) begin(name string) {
	p := t.Page
	if p.Active() {
		return
	}
	if p.Text == nil && p.loading("sample") || p.textWaits || t.Draft.Cuts() && p.Text != nil && !of[*Tokens](p).settled() {
		p.needText()
		t.waits = true
		return
	}
	r, wrong := t.Recipe()
	if wrong != nil {
		t.fail(wrong)
		return
	}
	p.solve(RunStrip)
	t.ask(&protocol.Train{Recipe: r, Ranks: p.Workers, Backend: p.Backend, Name: name})
}

// name is what the model is to be called that Train makes.
func (t *Teaching) name() string {
	p := t.Page
	text := of[*Text](p).name()
	if t.Draft.Tuning() && p.Model != nil {
		return p.fresh(p.shortName() + lineageMark + text)
	}
	return p.fresh(text)
}

// ChooseWorkers sets how many are to train together.
func (p *Page) ChooseWorkers(n string) { p.Workers, _ = strconv.Atoi(n) }

// arrived tells whether the text has come that Train waits for: for a new model
// with its tokens, for the open one with what it makes of it. A problem of the
// text ends the waiting.
func (t *Teaching) arrived(e protocol.Event) bool {
	if !t.waits {
		return false
	}
	switch e.(type) {
	case *protocol.Tokenizer:
		t.waits = t.Draft.Tuning() || t.Draft.Cuts() && !of[*Tokens](t.Page).settled()
	case *protocol.Fit:
		t.waits = !t.Draft.Tuning()
	case *protocol.Problem:
		if asker := t.Page.asker[e.Answers()]; asker == "text" || asker == t.place.ID || gone(e) {
			t.waits = false
		}
		return false
	}
	return !t.waits
}

// runStand is how a run stands, for the station that it belongs to.
func (p *Page) runStand() Stand {
	says := p.W.RunState(p.Run.State)
	if p.running() {
		says = p.W.List(says, p.W.PercentDone(p.done()))
	}
	if p.Run.State == "done" {
		return Stand{says, "done"}
	}
	return Stand{Says: says}
}
