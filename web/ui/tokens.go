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
	chosen  bool             // a person chose Kind, which is not the preset's then
	waits   bool             // Kind and Size are asked for once the text is there
	asked   int              // id of the SetTokenizer under way, 0 for none
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
		if e.ID == t.asked {
			t.asked = 0
		}
		if t.waits {
			t.waits = false
			if size, _ := strconv.Atoi(t.Size); e.Kind != t.Kind || e.Kind == "bpe" && e.Size != size {
				t.CutAnew()
				return
			}
		}
		if t.asked > 0 {
			return
		}
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
	case *protocol.Problem:
		if e.ID == t.asked {
			t.asked = 0
		}
	}
}

// Keep writes down what was typed to be cut.
func (t *Tokens) Keep(x Experiment) {
	if t.own {
		x.put("cut", t.Cut)
	}
	if t.chosen {
		x.put("tokenizer", t.Kind)
		if t.Kind == "bpe" {
			x.put("vocab_size", t.Size)
		}
	}
}

// Restore takes it over.
func (t *Tokens) Restore(x Experiment) {
	if text, is := x.take("cut"); is {
		t.Cut, t.own = firstRunes(text, mostCut), true
	}
	if kind, is := x.take("tokenizer", kinds...); is {
		size := x["vocab_size"]
		delete(x, "vocab_size")
		t.chosen = true
		t.cut(kind, size)
	}
}

// mostCut is how many characters can be typed to be cut.
const mostCut = 400

// ChooseKind asks for another tokenizer; BPE waits for its size and a button.
func (t *Tokens) ChooseKind(kind string) {
	t.Kind, t.chosen = kind, true
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
	t.asked = t.ask(&protocol.SetTokenizer{Kind: t.Kind, Size: n})
}

// cutFor asks for the tokenizer of a recipe.
func (t *Tokens) cutFor(kind string, size int) {
	t.chosen = false
	t.cut(kind, strconv.Itoa(size))
}

// cut asks for a tokenizer where another is in use, as soon as there is a text.
func (t *Tokens) cut(kind, size string) {
	same := kind == t.Kind && kind != "bpe"
	t.Kind, t.Size = kind, size
	switch {
	case t.Page.Text == nil:
		t.waits = true
	case !same:
		t.CutAnew()
	}
}

// settled tells whether the tokenizer in use is the one that was asked for.
func (t *Tokens) settled() bool { return !t.waits && t.asked == 0 }

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
