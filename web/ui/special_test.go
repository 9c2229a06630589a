package ui

import (
	"strings"
	"testing"

	"hornbook/web/protocol"
)

// The text says how names of special tokens in it are read, and a button asks for
// the other way.
func TestSpecialTokensAreAChoice(t *testing.T) {
	p, h := opened()
	p.Apply(&protocol.Text{Source: "upload", Name: "mine.txt", Characters: 9000})
	if strings.Contains(draw(t, p), "Names of special tokens") {
		t.Error("it speaks of names where there are none")
	}
	for as, other := range map[string]string{"tokens": "letters", "letters": "tokens"} {
		p.Apply(&protocol.Text{Source: "upload", Name: "mine.txt", Characters: 9000, Special: []string{"<|endoftext|>"}, SpecialAs: as})
		html := draw(t, p)
		if !strings.Contains(html, "(&lt;|endoftext|&gt;) are read as") || !strings.Contains(html, "Read as "+other) {
			t.Errorf("it does not say that they are read as %s", as)
		}
		of[*Text](p).ReadSpecial()
		if c := last[*protocol.SetSpecial](t, h); c.As != other {
			t.Errorf("the button asks for %q", c.As)
		}
	}
}
