package ui

import (
	"cmp"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Pretrain is the station where a new model learns the text.
type Pretrain struct {
	Teaching
	Ladder Ladder
}

func newPretrain(p *Page) *Pretrain {
	return &Pretrain{Teaching{desk: desk{p, Place{"pretrain", "teach"}}}, Ladder{Page: p, Pace: paces[0]}}
}

// Stand is the run's state, if it is of a new model.
func (t *Pretrain) Stand() Stand {
	if p := t.Page; p.begun() && !p.Tuned() && p.Model.Recipe.Objective == recipe.LM {
		return t.Page.runStand()
	}
	return Stand{Says: t.Page.W.Preset(cmp.Or(t.Draft.Base.Preset, recipe.Default))}
}

// Apply begins with the default preset, and follows a model of one's own that
// is opened.
func (t *Pretrain) Apply(e protocol.Event) {
	if t.arrived(e) {
		t.Train()
	}
	t.Ladder.Apply(e)
	switch e := e.(type) {
	case *protocol.Ready:
		if t.Draft.Base.Preset == "" {
			t.Draft = NewDraft(t.Page.preset(e.Default))
		}
	case *protocol.Model:
		t.looking = false
		if m := e; m.From == "" && m.ModelID != protocol.Base && t.Page.Run.State != "preparing" && t.Page.preset(m.Recipe.Preset).Preset != "" {
			t.Draft = NewDraft(m.Recipe)
		}
	}
}

// Keep writes down the preset and what was typed.
func (t *Pretrain) Keep(x Experiment) {
	x.put("preset", t.Draft.Base.Preset)
	t.keep(x)
	t.Ladder.keep(x)
}

// Restore takes them over.
func (t *Pretrain) Restore(x Experiment) {
	if name, is := x.take("preset", t.presets()...); is {
		t.Draft = NewDraft(t.Page.preset(name))
		if cut := of[*Tokens](t.Page); !cut.chosen {
			cut.cutFor(t.Draft.Base.Tokenizer, t.Draft.Base.VocabSize)
		}
	}
	t.restore(x)
	t.Ladder.restore(x)
}

func (t *Pretrain) presets() (names []string) {
	for _, r := range t.Page.Ready.Presets {
		names = append(names, r.Preset)
	}
	return names
}

// ChoosePreset begins the draft of a new model and asks for the tokenizer that
// goes with it.
func (t *Pretrain) ChoosePreset(name string) {
	t.Draft = NewDraft(t.Page.preset(name))
	t.solve()
	of[*Tokens](t.Page).cutFor(t.Draft.Base.Tokenizer, t.Draft.Base.VocabSize)
}

// chip is the class of a choice among few.
func chip(chosen bool) string {
	if chosen {
		return "chip chosen"
	}
	return "chip"
}
