package ui

import (
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// A run that was cut off is offered once, when the page opens.
func TestGoOn(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards(), Left: -1})
	has(t, draw(t, p), "Your training of “Letters” stopped at step 240 of 480 (12 minutes ago).", ">Go on<", ">Leave it<")
	p.GoOn()
	open := last[*protocol.Open](t, h)
	if open.ModelID != "a" {
		t.Errorf("it opens %q", open.ModelID)
	}
	p.Apply(&protocol.Problem{Code: protocol.SampleFailed, Reply: to(open.ID - 1)}) // of something else
	for _, e := range []protocol.Event{
		&protocol.Model{Reply: to(open.ID), ModelID: "a", Name: "Letters", Recipe: pre(p).Draft.Base, Text: "letters.txt"},
		&protocol.History{Steps: []int{240}, Losses: []float64{2.2}, Evals: []recipe.Measurement{evaluated(240, 2.31, 0, false).Measurement}},
		&protocol.State{Reply: to(open.ID), State: "paused"},
	} {
		p.Apply(e)
	}
	if _, is := h.sent[len(h.sent)-1].(*protocol.Resume); !is {
		t.Errorf("the last command is %T, not Resume", h.sent[len(h.sent)-1])
	}
	has(t, draw(t, p), `data-state="paused"`, `data-step="240"`, `data-val-loss="2.3100"`)

	sent := len(h.sent)
	p.Apply(&protocol.State{State: "training"})
	p.Apply(&protocol.State{State: "paused", Reply: to(open.ID)})
	for _, c := range h.sent[sent:] {
		if _, is := c.(*protocol.Resume); is {
			t.Error("a pause later on is undone")
		}
	}
}

func TestGoOnIsNotOffered(t *testing.T) {
	for name, change := range map[string]func(p *Page, s *protocol.Shelf){
		"for what is done":     func(p *Page, s *protocol.Shelf) { s.Cards = s.Cards[1:] },
		"for what is damaged":  func(p *Page, s *protocol.Shelf) { s.Cards[0].Damaged = true },
		"for what is newer":    func(p *Page, s *protocol.Shelf) { s.Cards[0].Newer = true },
		"a second time":        func(p *Page, s *protocol.Shelf) { p.Apply(&protocol.Shelf{}) },
		"while another trains": func(p *Page, s *protocol.Shelf) { p.Apply(&protocol.State{State: "training"}) },
	} {
		p, _ := welcomed()
		s := &protocol.Shelf{Cards: cards()}
		change(p, s)
		p.Apply(s)
		if p.offer != nil {
			t.Errorf("it is offered %s", name)
		}
	}
	p, _ := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()})
	p.LeaveIt()
	if html := draw(t, p); strings.Contains(html, `id="go-on"`) {
		t.Error("it is offered after it was left")
	}
}

// When the text is gone a run cannot go on: that is said, and nothing resumes.
func TestGoOnFails(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()})
	p.GoOn()
	id := h.asked()
	p.Apply(&protocol.Problem{Code: protocol.TextGone, Reply: to(id)})
	p.Apply(&protocol.State{State: "paused", Reply: to(id)})
	if _, is := h.sent[len(h.sent)-1].(*protocol.Resume); is || p.Problems[RunStrip] == nil {
		t.Errorf("problems %v, sent %T", p.Problems, h.sent[len(h.sent)-1])
	}
}

// The offer goes with the model, whoever deletes it.
func TestGoOnGoesWithTheModel(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()})
	shelf(p).Delete("b")
	if p.offer == nil {
		t.Error("it is gone with another model")
	}
	shelf(p).Delete("a")
	if html := draw(t, p); strings.Contains(html, `id="go-on"`) {
		t.Error("it is offered after the model was deleted")
	}
	p, h = welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()})
	p.Apply(&protocol.Shelf{Cards: cards()[1:]}) // another tab has deleted it
	sent := len(h.sent)
	p.GoOn()
	if p.offer != nil || len(h.sent) != sent {
		t.Errorf("without its card it is offered, and sends %v", h.sent[sent:])
	}
}

// A run that could not go on leaves its model open: what was wrong stays on the
// page, and the model's card offers to go on.
func TestGoOnAgain(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards()})
	p.GoOn()
	for _, e := range []protocol.Event{
		&protocol.Problem{Code: protocol.ModelElsewhere, Reply: to(h.asked())},
		&protocol.Model{ModelID: "a", Name: "Letters", Recipe: pre(p).Draft.Base, Text: "letters.txt"},
		&protocol.History{}, &protocol.State{State: "idle"},
		&protocol.Shelf{Cards: cards(), Open: "a"},
	} {
		p.Apply(e)
	}
	html := draw(t, p)
	has(t, html, "training in another tab", "open, not finished")
	if hiddenButton(t, html, "Go on: Letters") || !hiddenButton(t, html, "Go on: Tales") {
		t.Error("not just the open model's card offers to go on")
	}
	p.GoOnWith("a")
	if open := last[*protocol.Open](t, h); open.ModelID != "a" {
		t.Errorf("it opens %q", open.ModelID)
	}
	p.Apply(&protocol.State{State: "paused", Reply: to(h.asked())})
	if _, is := h.sent[len(h.sent)-1].(*protocol.Resume); !is {
		t.Errorf("the last command is %T, not Resume", h.sent[len(h.sent)-1])
	}
	p.Apply(&protocol.State{State: "training"})
	sent := len(h.sent)
	p.GoOnWith("a")
	if html := draw(t, p); !hiddenButton(t, html, "Go on: Letters") || len(h.sent) != sent {
		t.Error("what trains is offered to go on")
	}
}
