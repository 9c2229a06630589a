package session

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"hornbook/web/protocol"
)

func TestBadTexts(t *testing.T) {
	d := sit(t)
	d.give(own)
	next[*protocol.Tokenizer](d)
	for _, c := range []struct {
		text []byte
		want protocol.Code
	}{
		{nil, protocol.TextEmpty},
		{[]byte("x"), protocol.TextOne},
		{bytes.Repeat([]byte("é"), 4000), protocol.TextOne},
		{[]byte("A few words."), protocol.TextTooShort},
		{[]byte(strings.Repeat("text\x00", 1000)), protocol.TextBinary},
		{bytes.Repeat([]byte{1, 2, 3, 'a'}, 1000), protocol.TextBinary},
		{make([]byte, protocol.MaxText+1), protocol.TextTooLong},
	} {
		d.give(c.text)
		d.problem(c.want)
	}
	d.commands <- &protocol.SetText{Source: "sample", Name: "nonsense"}
	d.problem(protocol.SampleUnknown)
	d.commands <- &protocol.SetText{Source: "sample", Name: "opticks"}
	d.problem(protocol.SampleFailed)
	d.commands <- &protocol.Train{Recipe: brief()} // on the text that was there
	if m := next[*protocol.Model](d); m.Text != "own.txt" {
		t.Errorf("it learns from %q", m.Text)
	}
	d.state("done")
}

// The largest text that is taken can be cut in every way.
func TestLargeText(t *testing.T) {
	if testing.Short() {
		t.Skip("64 MB are not for -short")
	}
	d := sit(t)
	d.give(bytes.Repeat(own[:16384], protocol.MaxText/16384))
	if text := next[*protocol.Text](d); text.Bytes < protocol.MaxText-16384 {
		t.Errorf("the text has %d bytes", text.Bytes)
	}
	for _, kind := range []string{"chars", "bytes"} {
		next[*protocol.Tokenizer](d)
		d.commands <- &protocol.SetTokenizer{Kind: kind}
	}
	next[*protocol.Tokenizer](d)
}

// Texts that are odd but can be learned from.
func TestOddTexts(t *testing.T) {
	d := sit(t)
	for _, c := range []struct {
		text    string
		invalid int
		lines   int
	}{
		{"\ufeffa line\r\nand\ranother\r\n", 0, 301},
		{"caf\xe9 and t\xe9 ", 200, 1},
		{"👩‍👧 日本語 שלום ", 0, 1},
	} {
		d.give([]byte(strings.Repeat(c.text, 100)))
		text := next[*protocol.Text](d)
		if text.Invalid != c.invalid || text.Lines != c.lines || text.Advice != protocol.TextShort {
			t.Errorf("%.20q is told as %+v", c.text, text)
		}
		next[*protocol.Tokenizer](d)
		r := brief()
		r.Steps = 2
		d.commands <- &protocol.Train{Recipe: r}
		d.state("done")
	}
}

func TestTokenizers(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.SetTokenizer{Kind: "chars"}
	d.problem(protocol.TextMissing)
	d.give(own)
	next[*protocol.Tokenizer](d)
	for _, c := range []struct {
		kind string
		size int
		min  int
		max  int
	}{{"chars", 0, 40, 80}, {"bytes", 0, 256, 256}, {"bpe", 300, 300, 300}} {
		d.commands <- &protocol.SetTokenizer{Kind: c.kind, Size: c.size}
		if tok := next[*protocol.Tokenizer](d); tok.Kind != c.kind || tok.Size < c.min || tok.Size > c.max {
			t.Errorf("%s of %d is told as %+v", c.kind, c.size, tok)
		}
	}
	d.commands <- &protocol.SetTokenizer{Kind: "words"}
	if p := d.problem(protocol.RecipeWrong); p.Key != "tokenizer" {
		t.Errorf("the wrong number is %q", p.Key)
	}
	d.commands <- &protocol.SetTokenizer{Kind: "bpe", Size: 1 << 30}
	if p := d.problem(protocol.RecipeWrong); p.Key != "vocab_size" {
		t.Errorf("the wrong number is %q", p.Key)
	}
	var many []byte
	for r := range 6000 {
		many = fmt.Appendf(many, "%c", rune(0x4E00+r))
	}
	d.give(many)
	next[*protocol.Tokenizer](d)
	d.commands <- &protocol.SetTokenizer{Kind: "chars"}
	d.problem(protocol.TooManyKinds)
}

// A text that another has replaced can be taken back, kept or not.
func TestTextBack(t *testing.T) {
	for name, d := range map[string]*desk{"kept": at(t, folder(t)), "kept nowhere": sit(t)} {
		d.give(own)
		first := next[*protocol.Text](d)
		d.give(rhyme)
		second := next[*protocol.Text](d)
		for _, want := range []*protocol.Text{first, second, first} {
			d.commands <- &protocol.SetText{Source: "kept", Name: want.Name, Hash: want.Hash}
			if got := next[*protocol.Text](d); got.Hash != want.Hash || got.Preview != want.Preview {
				t.Errorf("%s: %q came back for %q", name, got.Preview[:20], want.Preview[:20])
			}
		}
	}
}
