package session

import (
	"slices"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

func TestSpecialsIn(t *testing.T) {
	for _, c := range []struct {
		text    string
		names   string
		plainly bool
	}{
		{"one\n<|endoftext|>\ntwo\n<|endoftext|>three", "<|endoftext|>", true},
		{"one</s>\n<s>two</s>\n", "</s> <s>", true},
		{"<|im_start|>user\r\nhi<|im_end|>\r\n", "<|im_start|> <|im_end|>", true},
		{"GPT-2 ends a text by <|endoftext|>, as is known", "<|endoftext|>", false},
		{"a <s>struck</s> word and <s>one</s> more", "<s> </s>", false},
		{"<|> <||> <|a b|> <|é|> <|endoftext| > a < b <" + strings.Repeat("|x", 50) + ">", "", false},
		{"<|" + strings.Repeat("x", 60) + "|>", "", false},
		{"<|a", "", false},
		{"", "", false},
		{strings.Join([]string{"<|a|>", "<|b|>", "<|c|>", "<|d|>", "<|e|>", "<|f|>", "<|g|>", "<|h|>", "<|i|>", "<|j|>", "<|k|>", "<|l|>", "<|m|>", "<|n|>", "<|o|>", "<|p|>", "<|q|>"}, "\n"), "", false},
	} {
		names, plainly := specialsIn([]byte(c.text))
		if got := strings.Join(names, " "); got != c.names || plainly != c.plainly {
			t.Errorf("%.60q has %q, plainly %v", c.text, got, plainly)
		}
	}
}

// A text with <|endoftext|> between its parts is read with a token there, by every
// kind of tokenizer, and with letters where that is chosen.
func TestSpecialTokensInAText(t *testing.T) {
	var last *protocol.Text
	ts := &texts{goOn: func() error { return nil }, keep: func([]byte) (string, error) { return "", nil }}
	ts.voice = &voice{emit: func(e protocol.Event) {
		if told, is := e.(*protocol.Text); is {
			last = told
		}
	}}
	raw := []byte(strings.Repeat("the theatre there\n<|endoftext|>\n", 100))
	for _, kind := range []string{"chars", "bytes", "bpe"} {
		if p := ts.set(&protocol.SetText{Source: "typed", Name: "mine", Data: raw}); p != nil {
			t.Fatal(p)
		}
		if p := ts.setTokenizer(&protocol.SetTokenizer{Kind: kind, Size: 300}); p != nil {
			t.Fatal(p)
		}
		if last.SpecialAs != "tokens" || !slices.Equal(last.Special, []string{"<|endoftext|>"}) {
			t.Errorf("%s: %q are read as %q", kind, last.Special, last.SpecialAs)
		}
		count := func() (n int) {
			end, _ := ts.now.tok.Special("<|endoftext|>")
			for _, id := range ts.now.ids {
				if id == end {
					n++
				}
			}
			return n
		}
		if got := count(); got != 100 {
			t.Errorf("%s: the token stands %d times", kind, got)
		}
		if back := ts.now.tok.Decode(ts.now.ids); string(back) != string(raw) {
			t.Errorf("%s: the text became %.80q", kind, back)
		}
		if p := ts.setSpecial(&protocol.SetSpecial{As: recipe.SpecialLetters}); p != nil {
			t.Fatal(p)
		}
		if _, has := ts.now.tok.Special("<|endoftext|>"); has || last.SpecialAs != "letters" {
			t.Errorf("%s: letters were chosen, but it is read as %q", kind, last.SpecialAs)
		}
		if back := ts.now.tok.Decode(ts.now.ids); string(back) != string(raw) {
			t.Errorf("%s: as letters the text became %.80q", kind, back)
		}
	}
	if p := ts.set(&protocol.SetText{Source: "typed", Name: "mine", Data: raw, Special: recipe.SpecialLetters}); p != nil || last.SpecialAs != "letters" {
		t.Errorf("letters asked for with the text: %v, %q", p, last.SpecialAs)
	}
	if p := ts.setSpecial(&protocol.SetSpecial{As: "pictures"}); p == nil || p.Code != protocol.RecipeWrong {
		t.Errorf("as pictures: %v", p)
	}
	if p := ts.set(&protocol.SetText{Source: "typed", Name: "mine", Data: raw, Special: "pictures"}); p == nil {
		t.Error("as pictures, with the text: nothing")
	}
}
