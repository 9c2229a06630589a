package ui

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/model/scale"
	"hornbook/web/protocol"
)

// laddered is a page with a text that a ladder can be made on.
func laddered(t *testing.T) (*Page, *paper, *Ladder) {
	p, h := welcomed()
	p.Apply(&protocol.Text{Name: "tales.txt", Bytes: 1_100_000, Characters: 1_100_000, Distinct: 65})
	l := &pre(p).Ladder
	if html := drawAt(t, p, "pretrain"); !strings.Contains(html, `id="ladder-open"`) || strings.Contains(html, `id="ladder-says"`) {
		t.Error("the lab is not closed at first")
	}
	l.Open = true
	if _, planned := l.plan(); !planned {
		t.Fatalf("there is no plan: %s", l.says())
	}
	return p, h, l
}

// latest is what the page asked for last, besides predictions.
func (h *paper) latest() protocol.Command {
	asked := h.commanded()
	return asked[len(asked)-1]
}

func (h *paper) commanded() []protocol.Command {
	return slices.DeleteFunc(slices.Clone(h.sent), func(c protocol.Command) bool { _, is := c.(*protocol.Predict); return is })
}

// trained lets the run that was asked for last come to a loss.
func (h *paper) trained(t *testing.T, p *Page, loss float64) recipe.Recipe {
	t.Helper()
	c, is := h.latest().(*protocol.Train)
	if !is {
		t.Fatalf("the page asked for %T, not for a run", h.latest())
	}
	runs(p, c.Recipe, loss)
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	return c.Recipe
}

// runs takes a run up to its last measurement.
func runs(p *Page, r recipe.Recipe, loss float64) {
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Model{Recipe: r, Text: "tales.txt"})
	p.Apply(&protocol.State{State: "training"})
	p.Apply(&protocol.Step{Step: r.Steps, Steps: r.Steps, Loss: loss, Seconds: 20})
	p.Apply(&protocol.Eval{Measurement: recipe.Measurement{Step: r.Steps, Seconds: 20, Measures: recipe.Measures{{Name: recipe.ValLoss, Value: loss}}}})
}

// law is a loss by size, as models have it.
var law = []float64{2.0, 2.01, 1.9, 1.89, 1.78, 1.785}

// TestLadder goes the whole way: three sizes, twice each, by one click; the forecast; the
// test by another; the table and the CSV.
func TestLadder(t *testing.T) {
	p, h, l := laddered(t)
	has(t, drawAt(t, p, "pretrain"), ">Three sizes<", "The next one has")
	l.Start()
	seen := map[int]int{}
	for i, loss := range law {
		if !l.on || p.Model != nil && i > 0 && !strings.Contains(drawAt(t, p, "pretrain"), "Run ") {
			t.Fatalf("after %d runs the ladder stands still", i)
		}
		r := h.trained(t, p, loss)
		seen[r.Model.Channels]++
		if r.Preset != scale.Preset || r.Seed != uint64(i%2+1) {
			t.Errorf("run %d is %s with seed %d", i, r.Preset, r.Seed)
		}
	}
	if len(seen) != 3 || l.on {
		t.Fatalf("trained by width: %v; still going: %v", seen, l.on)
	}
	html := drawAt(t, p, "pretrain")
	has(t, html, "The line says that the next size will reach", ">Train the next size and see<", `<circle class="forecast"`, `<path class="law" d="M`)
	if strings.Contains(html, `<circle class="test"`) || strings.Contains(html, "NaN") {
		t.Error("the test is drawn before it was made, or what is no number is")
	}
	sent := len(h.commanded())
	l.Start()
	if len(h.commanded()) != sent+1 {
		t.Fatalf("the test asked for %d commands", len(h.commanded())-sent)
	}
	f, _ := l.law()
	h.trained(t, p, f.forecast().Loss+0.001)
	has(t, drawAt(t, p, "pretrain"), "it was right", `<circle class="test"`)
	l.SaveNumbers()
	rows, err := csv.NewReader(strings.NewReader(h.saved)).ReadAll()
	if err != nil || len(rows) != 1+6+2 || rows[7][0] != "forecast" || rows[8][0] != "test" {
		t.Errorf("the table: %v %v", err, rows)
	}
}

// TestLadderMissed says so when the forecast did not hold.
func TestLadderMissed(t *testing.T) {
	p, h, l := laddered(t)
	l.Start()
	for _, loss := range law {
		h.trained(t, p, loss)
	}
	l.Start()
	h.trained(t, p, 1.2)
	has(t, drawAt(t, p, "pretrain"), "this time it was wrong")
}

// TestLadderGoesOn takes finished runs from the shelf at the next visit, and goes on with
// one that was interrupted.
func TestLadderGoesOn(t *testing.T) {
	p, h, l := laddered(t)
	steps := l.steps()
	card := func(i int, state string, step int) protocol.Card {
		r := steps[i].size.Recipe(l.planned.of, steps[i].seed)
		return protocol.Card{ID: "m" + string(rune('0'+i)), Name: "x", State: state, Text: "tales.txt", Recipe: r, Step: step, Steps: r.Steps, ValLoss: law[i], Curve: []float64{1, 1}}
	}
	p.Apply(&protocol.Shelf{Cards: []protocol.Card{card(1, "paused", 10), card(0, "done", steps[0].size.Steps)}})
	has(t, drawAt(t, p, "pretrain"), ">Go on with the sizes<")
	l.Start()
	open, is := h.latest().(*protocol.Open)
	if !is || open.ModelID != "m1" {
		t.Fatalf("the page asked for %#v", h.latest())
	}
	runs(p, steps[1].size.Recipe(l.planned.of, 2), law[1])
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	if c, is := h.latest().(*protocol.Train); !is || c.Recipe.Model.Channels != steps[2].size.Width {
		t.Errorf("then it asked for %#v", h.latest())
	}
}

// TestLadderStops leaves off when a person stops a run, and does not count that run.
func TestLadderStops(t *testing.T) {
	p, h, l := laddered(t)
	l.Start()
	r := h.latest().(*protocol.Train).Recipe
	sent := len(h.commanded())
	runs(p, r, 2)
	p.Apply(&protocol.State{State: "paused"})
	p.Apply(&protocol.State{State: "training"})
	p.Evals[len(p.Evals)-1].Step = 5
	p.Apply(&protocol.State{State: "done", Reason: protocol.Stopped})
	if l.on || len(h.commanded()) != sent || len(l.runs()) != 0 {
		t.Errorf("after Stop it goes on: %v, %d commands, %d runs", l.on, len(h.commanded())-sent, len(l.runs()))
	}
}

// TestLadderOfAnotherText leaves off when another text is taken, and counts none of its
// runs for that.
func TestLadderOfAnotherText(t *testing.T) {
	p, h, l := laddered(t)
	l.Start()
	h.trained(t, p, 2)
	p.Apply(&protocol.Text{Name: "others.txt", Bytes: 1_100_000, Characters: 1_100_000, Distinct: 65})
	sent := len(h.commanded())
	p.Apply(&protocol.State{State: "done", Reason: protocol.Finished})
	if l.on || len(l.runs()) != 0 || len(h.commanded()) != sent {
		t.Errorf("on another text it goes on: %v, with %d runs", l.on, len(l.runs()))
	}
}

// TestLadderRefuses says what a text lacks, and that larger models did no better.
func TestLadderRefuses(t *testing.T) {
	p, h, l := laddered(t)
	p.Apply(&protocol.Text{Name: "short.txt", Bytes: 9000, Characters: 9000, Distinct: 50})
	has(t, drawAt(t, p, "pretrain"), "This text has 9,000 characters.", ">Three sizes<")
	sent := len(h.commanded())
	if l.Start(); len(h.commanded()) != sent {
		t.Error("a ladder begins on a text that is too short")
	}
	p.Apply(&protocol.Text{Name: "tales.txt", Bytes: 1_100_000, Characters: 1_100_000, Distinct: 65})
	l.Start()
	for range law {
		h.trained(t, p, 2)
	}
	has(t, drawAt(t, p, "pretrain"), "no line")
	if strings.Contains(drawAt(t, p, "pretrain"), `id="ladder-start"`) {
		t.Error("there is a button for a test of no forecast")
	}
}
