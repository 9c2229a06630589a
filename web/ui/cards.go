package ui

import (
	"fmt"
	"math"
	"strings"
	"time"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// fewCards are shown at first, since each costs time whenever the page is
// drawn.
const fewCards = 8

// shelved are the models that the page lists: the open one if it is not kept,
// those that are kept, and the one that comes with the page.
func (p *Page) shelved() []protocol.Card {
	cards := p.Shelf.Cards
	if len(cards) > fewCards && !p.Shelving.All {
		cards = cards[:fewCards]
	}
	if p.isUnkept() {
		cards = append([]protocol.Card{p.unkept()}, cards...)
	}
	if p.Ready.Base {
		cards = append(cards[:len(cards):len(cards)], protocol.Card{ID: protocol.Base, Name: wording.BaseName, State: "done"})
	}
	return cards
}

// isUnkept tells whether the open model is not kept, because nothing is kept
// here, a save has failed, or it was deleted; a run's first save may be yet to
// come, and the shelf yet to tell of it.
func (p *Page) isUnkept() bool {
	m := p.Model
	if m == nil || m.ModelID == protocol.Base || p.cardOf(m.ModelID) != nil {
		return false
	}
	told := p.Shelf.Open == m.ModelID || p.Shelf.Open == ""
	return p.Shelf.Keeps != "" || p.saveFailed() || told && !p.Active()
}

// cardOf is the card of a model that is kept, nil for any other.
func (s *State) cardOf(id string) *protocol.Card {
	for i := range s.Shelf.Cards {
		if c := &s.Shelf.Cards[i]; c.ID == id {
			return c
		}
	}
	return nil
}

// unkept is the open model as a card, which has no id.
func (p *Page) unkept() protocol.Card {
	m := p.Model
	c := protocol.Card{Name: wording.UnkeptName(m.Name), State: p.Run.State, Method: m.Recipe.Method(), Text: m.Text,
		Parameters: m.Parameters, Step: p.Step.Step, Steps: p.Step.Steps, Curve: p.Curve.Losses}
	if m.Recipe.Preset == imported && m.From == "" {
		c.Method = imported
	}
	c.ValLoss, _ = p.latest(recipe.ValLoss)
	return c
}

// imported is the preset of a model that was brought in, and the method of its
// card.
const imported = "imported"

// isOpen tells whether the card with this id is of the open model, as one
// without is.
func (p *Page) isOpen(id string) bool { return p.Model != nil && (id == "" || p.Model.ModelID == id) }

// current is the value of aria-current.
func (p *Page) current(id string) string {
	if p.isOpen(id) {
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
func (p *Page) cardFacts(c protocol.Card) string {
	if c.ID == protocol.Base {
		return wording.BaseAbout
	}
	if c.Newer {
		return wording.CardNewer
	}
	if c.Damaged {
		return wording.CardDamaged
	}
	var facts []string
	say := func(is bool, fact string) {
		if is {
			facts = append(facts, strings.ReplaceAll(fact, " ", "\u00a0"))
		}
	}
	say(c.Steps > 0, wording.CardStep(c.Step, c.Steps))
	say(c.ValLoss > 0, wording.CardLoss(c.ValLoss))
	say(true, wording.CardWeights(c.Parameters))
	say(c.Bytes > 0, wording.Bytes(float64(c.Bytes)))
	say(c.Saved > 0, wording.When(time.UnixMilli(c.Saved)))
	return wording.CardMethod(c.Method, p.textName(c.Text)) + " · " + strings.Join(facts, " · ")
}

// canDownload tells whether a model can be downloaded: one that is kept, or
// the open one.
func (p *Page) canDownload(c protocol.Card) bool { return readable(c) && (kept(c) || p.isOpen(c.ID)) }

// cardState is what is special about a model, in a word.
func (p *Page) cardState(c protocol.Card) string {
	switch {
	case p.isOpen(c.ID) && p.Active():
		return wording.CardOpen + ", " + wording.RunState(p.Run.State)
	case p.isIdle(c):
		return wording.CardOpen + ", " + wording.CardUnfinished
	case p.isOpen(c.ID):
		return wording.CardOpen
	case canGoOn(&c):
		return wording.CardUnfinished
	}
	return ""
}

// isIdle tells whether a model is open and its run not over, yet does not go
// on: its text was not there, or another tab had it.
func (p *Page) isIdle(c protocol.Card) bool {
	return kept(c) && p.Shelf.Open == c.ID && p.isOpen(c.ID) && canGoOn(&c) && p.Run.State == "idle"
}

// goOnSays is the offer to go on, "" for none.
func (p *Page) goOnSays() string {
	c := p.Shelving.GoOn
	if c == nil {
		return ""
	}
	return wording.GoOnOffer(c.Name, c.Step, c.Steps, ago(c))
}

// Size of a sparkline, in the units of its viewBox.
const sparkWidth, sparkHeight = 100, 28

// sparkline is a curve as the points of a polyline, the least loss at the
// bottom; "" for fewer than two points.
func sparkline(curve []float64) string {
	if len(curve) < 2 {
		return ""
	}
	curve = thinned(curve, 60)
	low, high := math.Inf(1), math.Inf(-1)
	for _, loss := range curve {
		low, high = min(low, loss), max(high, loss)
	}
	var points strings.Builder
	for i, loss := range curve {
		x := float64(i) / float64(len(curve)-1) * sparkWidth
		y := sparkHeight / 2.0
		if high > low {
			y = 1 + (high-loss)/(high-low)*(sparkHeight-2)
		}
		fmt.Fprintf(&points, "%.1f,%.1f ", x, y)
	}
	return strings.TrimSpace(points.String())
}

// thinned is at most n points of a curve, both ends among them.
func thinned(curve []float64, n int) []float64 {
	if len(curve) <= n {
		return curve
	}
	few := make([]float64, n)
	for i := range few {
		few[i] = curve[i*(len(curve)-1)/(n-1)]
	}
	return few
}

// curveSays is a curve for those who do not see it, "" for none.
func curveSays(curve []float64) string {
	if len(curve) < 2 {
		return ""
	}
	return wording.CurveSays(curve[0], curve[len(curve)-1])
}

func sparkClass(curve []float64) string {
	if len(curve) < 2 {
		return "spark none"
	}
	return "spark"
}

// downloadName puts "format/numbers" in words.
func downloadName(as string) string {
	format, dtype, _ := strings.Cut(as, "/")
	return wording.DownloadAs(format, dtype)
}

// hasPaper tells whether the page can show what there is to know of a model:
// of its own one, where its files lie beside the page.
func (p *Page) hasPaper(m protocol.Card) bool { return m.ID == protocol.Base && !p.Offline.Single }
