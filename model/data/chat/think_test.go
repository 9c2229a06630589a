package chat

import (
	"slices"
	"strings"
	"testing"

	"hornbook/tokenizer"
)

// What the assistant thinks stands before what it says, between tokens that
// nobody can type, and is learned; a tokenizer that lacks them writes the same
// text. Reply and Split give back what was thought and said.
func TestThinking(t *testing.T) {
	var lacking []string
	for _, name := range Specials {
		if name != Think && name != EndThink {
			lacking = append(lacking, name)
		}
	}
	talk := []Message{says(User, "0110"), {Role: Assistant, Content: "E", Thinking: "E<|/O"}}
	for _, tok := range []tokenizer.Tokenizer{tokenizer.NewBytes(Specials...), tokenizer.NewBytes(lacking...)} {
		made, has := Of(tok)
		if !has {
			t.Fatal("there is no template")
		}
		ids, counts := made.Encode(talk)
		if got := string(tok.Decode(ids)); got != "<|user|>0110<|end|><|assistant|><|think|>E<|/O<|/think|>E<|end|>" {
			t.Errorf("written as %s", got)
		}
		prompt := len(made.Prompt(talk[:1]))
		for i, counted := range counts {
			if counted != (i >= prompt) {
				t.Errorf("token %d counts: %t", i, counted)
			}
		}
		for _, name := range []string{Think, EndThink} {
			if id, has := tok.Special(name); has && !slices.Contains(ids, id) {
				t.Errorf("%s is no token", name)
			}
		}
		thinking, content := Split(made.Reply(ids[prompt:]))
		if thinking != talk[1].Thinking || content != talk[1].Content {
			t.Errorf("taken apart as %q and %q", thinking, content)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range [][3]string{ // reply, thinking, content
		{"", "", ""},
		{"E", "", "E"},
		{"T(EO)E", "EO", "E"},
		{"T()E", "", "E"},
		{"T(EO)", "EO", ""},
		{"T(EO", "EO", ""},
		{"T(T(E)O", "T(E", "O"},
		{"E T(EO)O", "", ""},
		{"T(EO)E T(O)", "EO", ""},
		{"E)O", "", ""},
	} {
		for i := range c {
			c[i] = strings.NewReplacer("T(", Think, ")", EndThink).Replace(c[i])
		}
		if thinking, content := Split(c[0]); thinking != c[1] || content != c[2] {
			t.Errorf("%q is %q and %q, want %q and %q", c[0], thinking, content, c[1], c[2])
		}
	}
}
