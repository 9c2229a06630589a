package ui

import (
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Models are laid over each other by what was chosen, with what they differ in;
// both can be asked the same.
func TestCompare(t *testing.T) {
	p, h := welcomed()
	one, two := cards()[0], cards()[1]
	one.Recipe, _ = recipe.ByName("tiny")
	two.Recipe = one.Recipe
	two.Recipe.LearningRate, two.Recipe.Optimizer = 0.5, "adamw"
	one.Seconds, two.Seconds, two.Curve = 10, 40, []float64{5, 1}
	p.Apply(&protocol.Shelf{Cards: []protocol.Card{one, two}})
	m := shelf(p)
	m.Compare("a", true)
	if html := drawAt(t, p, "models"); strings.Contains(html, `id="compare"`) {
		t.Error("one alone is compared")
	}
	m.Compare("b", true)
	has(t, drawAt(t, p, "models"), `id="compare"`, ">Learning rate<", ">0.5<", ">AdamW<", ">Muon<", ">letters.txt<", ">Village Tales<")
	if html := drawAt(t, p, "models"); strings.Contains(html, ">Batch<") {
		t.Error("what is the same is listed as a difference")
	}
	m.Axis = "seconds"
	picture := m.Picture()
	if len(picture.Series) != 2 || picture.Series[1].Steps[1] != 40 || picture.Series[0].Steps[2] != 10 || picture.Series[0].Colour == picture.Series[1].Colour {
		t.Errorf("the picture is %+v", picture)
	}
	p.Open = "models"
	p.SaveNumbers()
	if want := "Seconds of training,Letters,Tales\n0,4,5\n5,3,\n10,2,\n40,,1\n"; h.saved != want {
		t.Errorf("the numbers are saved as %q, want %q", h.saved, want)
	}
	m.AskBoth()
	if open := last[*protocol.Open](t, h); open.ModelID != "a" || p.At().Place().ID != "try" {
		t.Errorf("it opens %q at %s", open.ModelID, p.At().Place().ID)
	}
	p.Apply(&protocol.Model{ModelID: "a", Name: "Letters", Recipe: one.Recipe})
	trying(p).Generate()
	p.Apply(&protocol.Generated{Reply: to(last[*protocol.Generate](t, h).ID), Tokens: 1})
	if c := last[*protocol.Generate](t, h); c.By != "b" {
		t.Errorf("after the open model %q is asked", c.By)
	}
	has(t, drawAt(t, p, "try"), ">Tales</h3>", ">Letters</h3>")
	m.Compare("b", false)
	if m.compared() != nil {
		t.Error("what was taken away is compared")
	}
}
