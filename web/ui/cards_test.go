package ui

import (
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// What a newer Hornbook saved is not called damaged; it can only be deleted.
func TestNewerCard(t *testing.T) {
	p, _ := welcomed()
	s := &protocol.Shelf{Cards: cards(), Open: protocol.Base}
	s.Cards[1].Newer, s.Cards[1].Damaged = true, true
	p.Apply(s)
	html := draw(t, p)
	has(t, html, "A newer Hornbook has saved it")
	if strings.Contains(html, "Damaged:") {
		t.Error("it is called damaged")
	}
	for _, button := range []string{"Open", "Download", "Rename", "Duplicate", "Delete"} {
		if hiddenButton(t, html, button+": Tales") != (button != "Delete") {
			t.Errorf("%s is hidden or shown wrongly", button)
		}
	}
}

// The open model is called by its new name wherever it is named.
func TestRenameTheOpenModel(t *testing.T) {
	p, _ := welcomed()
	p.Apply(&protocol.Model{ModelID: "b", Name: "Tales", Recipe: pre(p).Draft.Base, Text: "village"})
	p.Apply(&protocol.Fit{Tokens: 20000, BytesPerToken: 4})
	renamed := cards()
	renamed[1].Name = "Old tales"
	p.Apply(&protocol.Shelf{Cards: renamed, Open: "b"})
	of[*Text](p).ChooseTeach(true)
	has(t, draw(t, p), "“Old tales” cuts this text", ">Old tales</span>")
	renamed[1].Name = ""
	p.Apply(&protocol.Shelf{Cards: renamed, Open: "b"})
	if p.modelName() != "Old tales" {
		t.Errorf("a card without a name calls it %q", p.modelName())
	}
}

// Where nothing can be kept the open model can still be downloaded.
func TestKeepsNothing(t *testing.T) {
	p, h := welcomed()
	p.Apply(&protocol.Shelf{Keeps: protocol.KeepNone, Left: -1})
	p.Apply(&protocol.Model{Name: "mine", Recipe: pre(p).Draft.Base, Parameters: 7})
	has(t, draw(t, p), "keeps no models", "not kept here", "mine, not kept")
	shelf(p).Unfold(shelf(p).shelved()[0], downloadPart)
	shelf(p).Download()
	if c := last[*protocol.Export](t, h); c.ModelID != "" {
		t.Errorf("it asks for %+v", c)
	}
	if shelf(p).canPersist() {
		t.Error("it offers to keep for good what it cannot keep")
	}
}

// On a disk that is full from the first save on, the open model has an id but
// no place on the shelf: it can be downloaded, and the problem stays on the page
// while it trains. It is read aloud once.
func TestFirstSaveFails(t *testing.T) {
	p, h := welcomed()
	for _, e := range []protocol.Event{
		&protocol.State{State: "preparing"}, &protocol.Model{ModelID: "new", Name: "mine", Recipe: pre(p).Draft.Base, Parameters: 7},
		&protocol.Problem{Code: protocol.KeepFull}, &protocol.Shelf{Cards: cards(), Left: -1, Open: "new"}, &protocol.State{State: "training"},
	} {
		p.Apply(e)
	}
	html := draw(t, p)
	has(t, html, "no room left", "mine, not kept")
	if hiddenButton(t, html, "Download: mine, not kept") || !hiddenButton(t, html, "Delete: mine, not kept") {
		t.Error("it cannot be downloaded, or can be deleted")
	}
	shelf(p).Unfold(shelf(p).shelved()[0], downloadPart)
	shelf(p).Download()
	if c := last[*protocol.Export](t, h); c.ModelID != "" {
		t.Errorf("it asks for %+v", c)
	}
	spoken := len(h.spoken)
	p.Apply(&protocol.Problem{Code: protocol.KeepFull})
	if len(h.spoken) != spoken {
		t.Errorf("a second failure is read aloud: %q", h.spoken[spoken:])
	}
	p.Apply(&protocol.Problem{Code: protocol.KeepFailed})
	if len(h.spoken) != spoken+1 {
		t.Error("another failure is not read aloud")
	}
	p.Apply(&protocol.Saved{ModelID: "new", Step: 5})
	if html := draw(t, p); strings.Contains(html, "mine, not kept") || strings.Contains(html, "could not be saved") {
		t.Error("once it is saved it is still called unkept")
	}
	p.Apply(&protocol.Problem{Code: protocol.KeepFull})
	if len(h.spoken) != spoken+2 {
		t.Error("a failure after a save is not read aloud")
	}
}

// A model that was deleted while it was open is still open, but not kept; one
// that was just opened is not taken for it before the shelf has told.
func TestOpenWithoutACard(t *testing.T) {
	p, _ := welcomed()
	p.Apply(&protocol.Shelf{Cards: cards(), Open: protocol.Base})
	p.Apply(&protocol.Model{ModelID: "c", Name: "brought", Recipe: pre(p).Draft.Base})
	if html := draw(t, p); strings.Contains(html, "brought, not kept") {
		t.Error("it is called unkept before the shelf has told")
	}
	p.Apply(&protocol.Shelf{Cards: append(cards(), protocol.Card{ID: "c", Name: "brought"}), Open: "c"})
	p.Apply(&protocol.Shelf{Cards: cards(), Open: "c"})
	has(t, draw(t, p), "brought, not kept")
}

// A model that was brought in is so called, kept or not.
func TestBroughtIn(t *testing.T) {
	p, _ := welcomed()
	r := pre(p).Draft.Base
	r.Preset = imported
	p.Apply(&protocol.Model{Name: "llama", Recipe: r})
	p.Apply(&protocol.Shelf{Keeps: protocol.KeepNone, Left: -1})
	has(t, draw(t, p), "Brought in · ")
	p.Model.From = "llama"
	p.Model.Recipe.SetMethod(recipe.Lora)
	if html := draw(t, p); strings.Contains(html, "Brought in · ") {
		t.Error("what was trained further is said to be brought in")
	}
}
