package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// splitting is a tokenizer that splits by a rule.
func splitting(t testing.TB, rule splitRule) tokenizer.Tokenizer {
	t.Helper()
	bpe, err := tokenizer.TrainBPE([]byte(strings.Repeat("12 o'clock! It's 2026 2612, and12 the CamelCase café said 日本.\n\n", 9)), 330, tokenizer.WithSpecials(layout.EndOfText))
	if err != nil {
		t.Fatal(err)
	}
	return changed(t, bpe, func(fields map[string]any) {
		fields["pre_tokenizer"] = json.RawMessage(rule.json)
		fields["model"].(map[string]any)["ignore_merges"] = rule.ignoreMerges
	})
}

// changed is tok with other fields in its file.
func changed(t testing.TB, tok tokenizer.Tokenizer, change func(fields map[string]any)) tokenizer.Tokenizer {
	t.Helper()
	var text bytes.Buffer
	var fields map[string]any
	if err := errors.Join(tokenizer.WriteJSON(&text, tok), json.Unmarshal(text.Bytes(), &fields)); err != nil {
		t.Fatal(err)
	}
	change(fields)
	tok, err := tokenizer.ReadJSON(bytes.NewReader(asJSON(t, fields)))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

const awkward = "It's 12345 o'clock, HTTPServer's CAFÉ!\r\n\n  日本 🙂 a1b2—“don't” x/y\t\n  end in 2026 and12 CamelCase 202612 "

// A tokenizer goes through GGUF with its way to split.
func TestSplitRulesThroughGGUF(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range splitRules {
		tok := splitting(t, rule)
		run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], tok)
		file := remade(t, run, func(f *gguf.File) {
			if pre := f.Value("tokenizer.ggml.pre"); pre != rule.names[0] {
				t.Errorf("it is called %v, not %s", pre, rule.names[0])
			}
		})
		got, notes, err := Import(fstest.MapFS{"a.gguf": {Data: file}}, generous)
		if err != nil || len(notes) > 0 {
			t.Fatal(rule.names[0], err, notes)
		}
		ids := tok.Encode([]byte(awkward))
		if again := got.Tokenizer.Encode([]byte(awkward)); !slices.Equal(again, ids) {
			t.Errorf("%s: ids %v came back as %v", rule.names[0], ids, again)
		}
		seen[fmt.Sprint(ids)] = true
	}
	if len(seen) < 4 {
		t.Errorf("only %d of the rules split otherwise", len(seen))
	}
	for says, change := range map[string]func(fields map[string]any){
		"no name for the way": func(fields map[string]any) {
			fields["pre_tokenizer"] = json.RawMessage(splitBy(`\p{N}|[^\p{N}]+`))
		},
		"": func(fields map[string]any) { fields["normalizer"] = map[string]any{"type": "NFC"} },
	} {
		run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], changed(t, splitting(t, splitRules[2]), change))
		_, err := WriteGGUF(&bytes.Buffer{}, run, format.F32)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

// pieces is a SentencePiece vocabulary as llama.cpp has it.
func pieces() (tokens []string, scores []float32, types []int32) {
	add := func(token string, score float32, kind int32) {
		tokens, scores, types = append(tokens, token), append(scores, score), append(types, kind)
	}
	add("<unk>", 0, 2)
	add("<s>", 0, 3)
	add("</s>", 0, 3)
	for b := range 256 {
		add(fmt.Sprintf("<0x%02X>", b), 0, 6)
	}
	score := float32(0)
	for _, token := range []string{"he", "▁t", "▁the", "in", "on", "▁a", "▁s", "ai", "ing", "▁said", "aid", "id"} {
		score--
		add(token, score, 1)
	}
	for _, c := range "▁abcdefghijklmnopqrstuvwxyz.,'日" {
		score--
		add(string(c), score, 1)
	}
	return tokens, scores, types
}

// ofPieces is a GGUF file of a model with such a vocabulary.
func ofPieces(t testing.TB, shape recipe.Model) []byte {
	t.Helper()
	tokens, scores, types := pieces()
	names := []string{layout.EndOfText} // so that no row is added
	for i := range len(tokens) - 257 {
		names = append(names, fmt.Sprintf("<%d>", i))
	}
	return remade(t, checkpointtest.Fresh(t, shape, tokenizer.NewBytes(names...)), func(f *gguf.File) {
		for key, value := range map[string]any{keyTokenizer: nil, keyEndAdded: nil, "tokenizer.ggml.model": "llama", "tokenizer.ggml.pre": nil, "tokenizer.ggml.tokens": tokens,
			"tokenizer.ggml.scores": scores, "tokenizer.ggml.token_type": types, "tokenizer.ggml.merges": nil, "tokenizer.ggml.bos_token_id": uint32(1),
			"tokenizer.ggml.eos_token_id": uint32(2), "tokenizer.ggml.add_bos_token": nil, "tokenizer.ggml.add_space_prefix": nil} {
			set(f, key, value)
		}
	})
}

// A vocabulary of SentencePiece's in a GGUF file cuts as its scores say, and the begin
// stands before a text.
func TestSentencePieceInGGUF(t *testing.T) {
	tokens, _, _ := pieces()
	got, _, err := Import(fstest.MapFS{"a.gguf": {Data: ofPieces(t, checkpointtest.Forms["llama"])}}, generous)
	if err != nil {
		t.Fatal(err)
	}
	var cut []string
	for _, id := range tokenizer.EncodeWhole(got.Tokenizer, []byte("the thing said é")) {
		cut = append(cut, tokens[id])
	}
	if want := []string{"<s>", "▁the", "▁t", "h", "ing", "▁said", "▁", "<0xC3>", "<0xA9>"}; !slices.Equal(cut, want) {
		t.Errorf("it cuts %q, want %q", cut, want)
	}
	if m := got.Manner(); !slices.Equal(m.Ends, []int32{2}) || m.Begin != 1 {
		t.Errorf("it begins and ends with %+v", m)
	}
	if _, err := WriteGGUF(&bytes.Buffer{}, got, format.F32); err == nil || !strings.Contains(err.Error(), "no name for the way") {
		t.Errorf("it is written as GGUF: %v", err)
	}
	out := checkpointtest.Files{}
	if err := WriteHF(out, got, format.F32); err != nil {
		t.Fatal(err)
	}
	back, _, err := Import(fstest.MapFS(out), generous)
	if err != nil || !slices.Equal(tokenizer.EncodeWhole(back.Tokenizer, []byte("the thing said é")), tokenizer.EncodeWhole(got.Tokenizer, []byte("the thing said é"))) {
		t.Errorf("through Hugging Face's files it cuts otherwise (%v)", err)
	}
}
