package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// fewCards are shown at first, since each costs time whenever the page is
// drawn.
const fewCards = 8

// shelved are the models that the page lists: the open one if it is not kept,
// those that are kept and, in their places, those that were deleted and can be
// put back, and the one that comes with the page.
func (m *Models) shelved() []protocol.Card {
	p := m.Page
	cards := slices.SortedStableFunc(slices.Values(slices.Concat(p.Shelf.Cards, p.Shelf.Deleted)), func(a, b protocol.Card) int { return cmp.Compare(b.Saved, a.Saved) })
	if len(cards) > fewCards && !m.All {
		cards = cards[:fewCards]
	}
	if m.isUnkept() {
		cards = append([]protocol.Card{m.unkept()}, cards...)
	}
	if p.Ready.Base {
		cards = append(cards[:len(cards):len(cards)], protocol.Card{ID: protocol.Base, Name: p.W.Say("base_name"), State: "done"})
	}
	return cards
}

// isUnkept tells whether the open model is not kept, because nothing is kept
// here, a save has failed, or it was deleted; a run's first save may be yet to
// come, and the shelf yet to tell of it.
func (m *Models) isUnkept() bool {
	p, open := m.Page, m.Page.Model
	if open == nil || open.ModelID == protocol.Base || p.cardOf(open.ModelID) != nil {
		return false
	}
	told := p.Shelf.Open == open.ModelID || p.Shelf.Open == ""
	return p.Shelf.Keeps != "" || p.saveFailed() || told && !p.Active()
}

// saveFailed tells whether the last save of the open model has failed.
func (s *State) saveFailed() bool {
	for _, problem := range s.Problems {
		if unsaved(problem) {
			return true
		}
	}
	return false
}

// unkept is the open model as a card, which has no id.
func (m *Models) unkept() protocol.Card {
	p, open := m.Page, m.Page.Model
	c := protocol.Card{Name: p.W.UnkeptName(open.Name), State: p.Run.State, Method: open.Recipe.Method(), Text: open.Text,
		Parameters: open.Parameters, Step: p.Step.Step, Steps: p.Step.Steps, Curve: p.Curve.Losses}
	if open.Recipe.Preset == imported && open.From == "" {
		c.Method = imported
	}
	c.ValLoss, _ = p.latest(recipe.ValLoss)
	return c
}

// imported is the preset of a model that was brought in, and the method of its
// card.
const imported = "imported"

// current is the value of aria-current.
func (m *Models) current(id string) string {
	if m.Page.isOpen(id) {
		return "true"
	}
	return "false"
}

// kept tells whether a card is of a model that is kept, so that it can be
// renamed, duplicated and deleted.
func kept(c protocol.Card) bool { return c.ID != "" && c.ID != protocol.Base }

// readable tells whether a model can be opened here.
func readable(c protocol.Card) bool { return !c.Damaged && !c.Newer }

// cardFacts are a model's size, age and progress in a line.
func (m *Models) cardFacts(c protocol.Card) string {
	w := m.Page.W
	switch {
	case m.isDeleted(c.ID):
		return w.Say("deleted", "name", c.Name)
	case m.deleting[c.ID]:
		return w.Say("deleting")
	case c.ID == protocol.Base:
		return w.Say("base_about")
	case c.Newer:
		return w.Say("card_newer")
	case c.Damaged:
		return w.Say("card_damaged")
	}
	if p := m.Page; p.isOpen(c.ID) && p.Active() { // which the shelf has not seen yet
		c.Step, c.Steps = p.Step.Step, p.Step.Steps
		c.ValLoss, _ = p.latest(recipe.ValLoss)
	}
	var facts []string
	say := func(is bool, fact string) {
		if is {
			facts = append(facts, strings.ReplaceAll(fact, " ", "\u00a0"))
		}
	}
	say(c.Steps > 0, w.Say("card_step", "step", w.Of(c.Step, c.Steps)))
	say(c.ValLoss > 0, w.Say("card_loss", "loss", w.Loss(c.ValLoss)))
	say(true, w.Say("weights", "n", c.Parameters))
	say(c.Bytes > 0, w.Bytes(float64(c.Bytes)))
	say(c.Saved > 0, w.When(time.UnixMilli(c.Saved)))
	return w.CardMethod(c.Method, m.Page.textName(c.Text)) + " · " + strings.Join(facts, " · ")
}

// cardClass pales a model that is being deleted.
func (m *Models) cardClass(c protocol.Card) string {
	if m.deleting[c.ID] || m.isDeleted(c.ID) {
		return "going"
	}
	return ""
}

// canDownload tells whether a model can be downloaded: one that is kept, or
// the open one.
func (m *Models) canDownload(c protocol.Card) bool {
	return readable(c) && (kept(c) || m.Page.isOpen(c.ID))
}

// cardState is what is special about a model, in a word.
func (m *Models) cardState(c protocol.Card) string {
	switch {
	case m.Page.isOpen(c.ID) && m.Page.Active():
		return m.Page.W.List(m.Page.W.Say("card_open"), m.Page.W.RunState(m.Page.Run.State))
	case m.isIdle(c):
		return m.Page.W.List(m.Page.W.Say("card_open"), m.Page.W.Say("card_unfinished"))
	case m.Page.isOpen(c.ID):
		return m.Page.W.Say("card_open")
	case c.Elsewhere:
		return m.Page.W.Say("card_elsewhere")
	case canGoOn(&c):
		return m.Page.W.Say("card_unfinished")
	}
	return ""
}

// isDeleted tells whether a model was deleted, and can be put back.
func (m *Models) isDeleted(id string) bool {
	return slices.ContainsFunc(m.Page.Shelf.Deleted, func(c protocol.Card) bool { return c.ID == id })
}

// canGoOn tells whether a model's run can go on now.
func (m *Models) canGoOn(c protocol.Card) bool {
	return kept(c) && canGoOn(&c) && !m.isDeleted(c.ID) && !m.Page.Active()
}

// isIdle tells whether a model is open and its run not over, yet does not go
// on: its text was not there, or another tab had it.
func (m *Models) isIdle(c protocol.Card) bool {
	return kept(c) && m.Page.Shelf.Open == c.ID && m.Page.isOpen(c.ID) && canGoOn(&c) && m.Page.Run.State == "idle"
}

// hasPaper tells whether the page can show what there is to know of a model:
// of its own one, where its files lie beside the page.
func (m *Models) hasPaper(c protocol.Card) bool {
	return c.ID == protocol.Base && !m.Page.Offline.Single
}
