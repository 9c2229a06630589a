//go:build !js

package tokenizer

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The tests of this file ask other tokenizers as they run: Hugging Face's Rust
// original, their port to JavaScript, and tiktoken's port. They skip without
// node and the npm packages, and fail then in CI.

// question and answer are what testdata/oracle.mjs reads and writes.
type question struct {
	Ask       string   `json:"ask"`
	Tokenizer string   `json:"tokenizer"`
	File      string   `json:"file"` // in the place of Tokenizer, where it lies
	Texts     []string `json:"texts"`
	RustAlone []string `json:"rustAlone"` // texts after those, which the port is not asked for

	Tokenizers []string `json:"tokenizers"` // of encodeAll
	Whole      bool     `json:"whole"`
}

type answer struct {
	JS, Rust         [][]int32
	JSText, RustText []string
	Merges           []string
	All              []answer // of each of Tokenizers, by the Rust original alone
}

func askOracle(t *testing.T, q question) (a answer) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		lacking(t, "node")
	}
	readPackage(t, "@anush008/tokenizers/package.json")
	input, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(t.TempDir(), "answer.json")
	cmd := exec.Command(node, "testdata/oracle.mjs", output)
	cmd.Stdin = bytes.NewReader(input)
	if log, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("oracle: %v\n%s", err, log)
	}
	if err := json.Unmarshal(readFile(t, output), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// oracleTexts are the golden texts that are UTF-8, and random ones. Those with
// U+0085 or U+FEFF are left out, as JavaScript cuts them elsewhere.
func oracleTexts(t *testing.T) (texts []string) {
	for _, c := range readGolden(t).Cases {
		if c.JS {
			texts = append(texts, c.Text)
		}
	}
	for seed := range uint64(200) {
		texts = append(texts, randomWords(seed, 60))
	}
	return texts
}

// TestOracleJSON: both of Hugging Face's tokenizers load what WriteJSON writes,
// for all kinds, give our ids and decode them to the text.
func TestOracleJSON(t *testing.T) {
	texts := oracleTexts(t)
	all := []byte(strings.Join(texts, ""))
	chars, err := NewChars(append(all, 0xff, 0x80), endOfText, "<|user|>")
	if err != nil {
		t.Fatal(err)
	}
	fewer, err := NewChars([]byte("an été 日"), endOfText)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		tok  Tokenizer
	}{
		{"chars", chars}, {"chars, some unknown", fewer}, {"bytes", NewBytes(endOfText, "<|user|>")}, {"bytes, no special", NewBytes()},
		{"bpe", trained(t)}, {"gpt2", readGPT2(t)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var file bytes.Buffer
			if err := WriteJSON(&file, c.tok); err != nil {
				t.Fatal(err)
			}
			a := askOracle(t, question{Ask: "encode", Tokenizer: file.String(), Texts: texts})
			for i, text := range texts {
				ids := c.tok.EncodeSpecial([]byte(text))
				equalIDs(t, "JavaScript "+quote(text), ids, a.JS[i])
				equalIDs(t, "Rust "+quote(text), ids, a.Rust[i])
				if want := string(c.tok.Decode(ids)); a.JSText[i] != want || a.RustText[i] != want {
					t.Errorf("decoded %q by JavaScript, %q by Rust, want %q", a.JSText[i], a.RustText[i], want)
				}
			}
		})
	}
}

func TestOracleTiktoken(t *testing.T) {
	gpt2, texts := readGPT2(t), oracleTexts(t)
	a := askOracle(t, question{Ask: "tiktoken", Texts: texts})
	for i, text := range texts {
		equalIDs(t, quote(text), gpt2.Encode([]byte(text)), a.JS[i])
	}
}

// TestOracleTrain compares all merges, until the text has no more, with the Rust
// trainer's.
func TestOracleTrain(t *testing.T) {
	texts := map[string]string{"oracle texts": strings.Join(oracleTexts(t), "\n\n"), "runs": runsText()}
	if text, err := os.ReadFile(filepath.Join(goroot(t), "src/testdata/Isaac.Newton-Opticks.txt")); err == nil {
		texts["Opticks"] = string(text[:100_000])
	}
	for name, text := range texts {
		for _, whole := range []bool{false, true} {
			want := askOracle(t, question{Ask: "train", Texts: []string{text}, Whole: whole}).Merges
			options := []TrainOption{}
			if whole {
				options = append(options, WithWholeText())
			}
			bpe, err := TrainBPE([]byte(text), 256+len(want), options...)
			if err != nil {
				t.Fatal(err)
			}
			if got := mergeNames(bpe); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s, whole %v: %d merges, want %d, or they differ", name, whole, len(got), len(want))
			}
		}
	}
}

// runsText is full of ties and of runs in which a pair overlaps itself.
func runsText() string {
	var text strings.Builder
	for n := range 40 {
		text.WriteString(strings.Repeat("a", n) + " " + strings.Repeat("ab", n%7) + "\n" + strings.Repeat("=", n%11) + strings.Repeat("  \n", n%3))
	}
	return text.String()
}

func goroot(t *testing.T) string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
