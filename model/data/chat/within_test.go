package chat

import (
	"slices"
	"testing"
)

// What is too long loses its oldest turns, never what the system said, nor the
// latest question.
func TestWithin(t *testing.T) {
	made, tok := template(t)
	talk := []Message{says(System, "Be kind."), says(User, "one"), says(Assistant, "1"), says(User, "two"), says(Assistant, "2"), says(User, "three")}
	whole := made.Prompt(talk)
	for _, c := range []struct {
		most int
		want string
	}{
		{len(whole), string(tok.Decode(whole))},
		{len(whole) - 1, "<|system|>Be kind.<|end|><|user|>two<|end|><|assistant|>2<|end|><|user|>three<|end|><|assistant|>"},
		{20, "<|system|>Be kind.<|end|><|user|>three<|end|><|assistant|>"},
		{1, "<|system|>Be kind.<|end|><|user|>three<|end|><|assistant|>"},
	} {
		ids, remembered := made.Within(talk, c.most)
		if got := string(tok.Decode(ids)); got != c.want || !slices.Equal(ids, made.Prompt(remembered)) {
			t.Errorf("within %d: %s, want %s", c.most, got, c.want)
		}
	}
	if len(talk) != 6 || talk[1].Content != "one" {
		t.Error("the conversation itself has changed")
	}
}
