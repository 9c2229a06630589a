package session

import (
	"strings"
	"testing"

	"hornbook/web/protocol"
)

func TestSameSeedSameWords(t *testing.T) {
	write := func() string {
		d := sit(t)
		d.give(own)
		d.commands <- &protocol.Train{Recipe: brief()}
		d.state("done")
		d.commands <- &protocol.Generate{Request: as(1), Prompt: "Tom", Tokens: 60, Sampling: protocol.Sampling{Temperature: 1, TopP: 1, Seed: 4}}
		text := ""
		for _, token := range d.written(1, 60) {
			text += token.Text
		}
		return text
	}
	if a, b := write(), write(); a != b || len(a) < 40 {
		t.Errorf("the same seed wrote %q and %q", a, b)
	}
}

// Characters of several tokens come whole.
func TestWritingIsWholeCharacters(t *testing.T) {
	d := sit(t)
	d.give([]byte(strings.Repeat("日本語を話す。", 400)))
	next[*protocol.Tokenizer](d)
	r := brief()
	r.Tokenizer, r.Steps = "bytes", 200
	d.commands <- &protocol.Train{Recipe: r}
	d.state("done")
	d.commands <- &protocol.Generate{Request: as(1), Prompt: "日", Tokens: 60}
	text := ""
	for _, token := range d.written(1, 60) {
		if strings.Contains(token.Text, "<") {
			t.Errorf("wrote %q", token.Text)
		}
		text += token.Text
	}
	if !strings.Contains(text, "本語を話す") {
		t.Errorf("wrote %q", text)
	}
}
