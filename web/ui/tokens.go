package ui

import (
	"strconv"
	"strings"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// kinds are the tokenizers that can be chosen.
var kinds = []string{"chars", "bytes", "bpe"}

// Tokens is the station of how the text is cut.
type Tokens struct {
	desk
	Cut     string // what was typed to see it cut
	own     bool   // it was typed, not taken from the text
	Kind    string
	Size    string
	Pieces  []protocol.Piece // of Cut
	Missing []string         // characters of it that the tokenizer lacks
	cutting int              // id of the latest Tokenize
}

func newTokens(p *Page) *Tokens { return &Tokens{desk: desk{p, Place{"tokens", "read"}}} }

// Stand says how the text is cut.
func (t *Tokens) Stand() Stand {
	if cut := t.Page.Tokenizer; cut != nil {
		return Stand{t.Page.W.Kind(cut.Kind), "done"}
	}
	return Stand{Says: t.Page.W.Say("not_yet")}
}

// Apply follows the text and its tokenizer.
func (t *Tokens) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Text:
		if !t.own && !ofTalks(e) {
			t.Cut = firstLine(e.Preview)
		}
	case *protocol.Tokenizer:
		t.solve()
		t.Kind = e.Kind
		if e.Kind == "bpe" {
			t.Size = strconv.Itoa(e.Size)
		}
		t.tokenize()
	case *protocol.Tokens:
		if e.ID == t.cutting {
			t.Pieces, t.Missing = e.Pieces, e.Unknown
		}
	}
}

// Keep writes down what was typed to be cut.
func (t *Tokens) Keep(x Experiment) {
	if t.own {
		x.put("cut", t.Cut)
	}
}

// Restore takes it over.
func (t *Tokens) Restore(x Experiment) {
	if text, is := x.take("cut"); is {
		t.Cut, t.own = firstRunes(text, mostCut), true
	}
}

// mostCut is how many characters can be typed to be cut.
const mostCut = 400

// ChooseKind asks for another tokenizer; BPE waits for its size and a button.
func (t *Tokens) ChooseKind(kind string) {
	t.Kind = kind
	if kind != "bpe" {
		t.CutAnew()
	}
}

// CutAnew asks for the tokenizer that is chosen.
func (t *Tokens) CutAnew() {
	size, err := t.Page.W.Plain(strings.TrimSpace(t.Size), true)
	n, notWhole := strconv.Atoi(size)
	switch {
	case t.Kind != "bpe":
		n = 0
	case err != nil || notWhole != nil:
		t.fail(&protocol.Problem{Code: protocol.RecipeWrong, Key: "vocab_size", Got: t.Size, Want: "whole"})
		return
	}
	t.ask(&protocol.SetTokenizer{Kind: t.Kind, Size: n})
}

// cutFor asks for the tokenizer of a recipe, where another is in use.
func (t *Tokens) cutFor(kind string, size int) {
	if t.Page.Text != nil && (kind != t.Kind || kind == "bpe") {
		t.Kind, t.Size = kind, strconv.Itoa(size)
		t.CutAnew()
	}
}

// TypeToCut shows how another text is cut.
func (t *Tokens) TypeToCut(text string) {
	t.Cut, t.own = text, true
	t.tokenize()
}

func (t *Tokens) tokenize() { t.cutting = t.Page.ask(&protocol.Tokenize{Text: t.Cut}) }

func tint(i int) string { return "t" + strconv.Itoa(i%4) }

func visibleList(characters []string) string {
	shown := make([]string, len(characters))
	for i, c := range characters {
		shown[i] = wording.Visible(c)
	}
	return strings.Join(shown, "  ")
}
