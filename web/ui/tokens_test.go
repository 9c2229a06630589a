package ui

import (
	"testing"

	"hornbook/web/protocol"
)

// A preset that is chosen before the text is there gets its tokenizer when it
// comes, and Train waits for both.
func TestTokenizerWaitsForTheText(t *testing.T) {
	h := &paper{}
	p := NewPage(h, "en")
	p.Apply(&protocol.Ready{Backend: "cpu", Ranks: 2, Presets: ready().Presets, Default: "stories", Samples: []string{"village", "opticks"}, Base: true})
	p.Go("pretrain")
	pre(p).ChoosePreset("tiny")
	set := last[*protocol.SetText](t, h).ID
	pre(p).Train()
	for _, c := range h.sent {
		switch c.(type) {
		case *protocol.Train, *protocol.SetTokenizer:
			t.Errorf("without a text it sends %T", c)
		}
	}
	has(t, drawAt(t, p, "pretrain"), "as soon as the text is ready: Village Tales")
	p.Apply(&protocol.Text{Reply: to(set), Source: "sample", Name: "village", Preview: "Tom"})
	p.Apply(&protocol.Tokenizer{Reply: to(set), Kind: "bpe", Size: 1024})
	cut := last[*protocol.SetTokenizer](t, h)
	if cut.Kind != "chars" {
		t.Errorf("it asks for %+v", cut)
	}
	p.Apply(&protocol.Tokenizer{Reply: to(cut.ID), Kind: "chars", Size: 40})
	if c := last[*protocol.Train](t, h); c.Recipe.Preset != "tiny" || c.Recipe.Tokenizer != "chars" || c.Recipe.Model.Vocab != 40 || c.Name != "Village Tales" {
		t.Errorf("then it trains %+v", c)
	}
	sent := len(h.sent)
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Tokenizer{Kind: "chars", Size: 40})
	for _, c := range h.sent[sent:] {
		if _, is := c.(*protocol.Train); is {
			t.Error("it trains twice")
		}
	}
}
