package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/tokenizer"
)

// strangeTokenizers are files that are called tokenizer.json and cannot be used,
// or ask for what is not done, by the names of their folders in testdata/bad.
var strangeTokenizers = map[string]string{
	"tokenizer-home-made":    `{"vocab_size":258,"merges":{"101,32":256,"116,104":257}}`,
	"tokenizer-of-bert":      `{"version":"1.0","model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","vocab":{"[UNK]":0,"a":1}}}`,
	"tokenizer-of-t5":        `{"version":"1.0","model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["a",-1.5]]}}`,
	"tokenizer-of-words":     `{"version":"1.0","model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{"[UNK]":0,"a":1}}}`,
	"tokenizer-precompiled":  aroundModel(`"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA"}`, ``),
	"tokenizer-look-behind":  aroundModel(`"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?<=a)b"},"behavior":"Isolated","invert":false}`, ``),
	"tokenizer-many-ways":    aroundModel(`"pre_tokenizer":{"type":"Split","pattern":{"Regex":"`+strings.Repeat("(?:a|a)", 40)+`b"},"behavior":"Isolated","invert":false}`, ``),
	"tokenizer-new-switch":   aroundModel(`"normalizer":{"type":"NFC","reverse":true}`, ``),
	"tokenizer-adds-nothing": aroundModel(`"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}],"special_tokens":{"<s>":{"ids":[99]}}}`, ``),
	"tokenizer-by-chance":    aroundModel(`"normalizer":null`, `"dropout":0.1`),
	"tokenizer-suffix":       aroundModel(`"normalizer":null`, `"end_of_word_suffix":"</w>"`),
	"tokenizer-ids-huge":     aroundModel(`"added_tokens":[{"id":2000000000,"content":"<x>","special":true}]`, `"dropout":null`),
}

// aroundModel is a tokenizer.json of a few letters.
func aroundModel(around, keys string) string {
	if keys != "" {
		keys += ","
	}
	return `{"version":"1.0",` + around + `,"model":{"type":"BPE",` + keys + `"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}`
}

// fieldTokenizer is a tokenizer.json of the 256 bytes, some merges, and what the
// arguments say; vocab names more tokens.
func fieldTokenizer(around string, added ...string) []byte {
	vocab := map[string]int{}
	for id := range 256 {
		vocab[tokenizer.ByteLevel([]byte{byte(id)})] = id
	}
	for _, piece := range append([]string{"th", "he", "Ġt", "Ġthe"}, added...) {
		vocab[piece] = len(vocab)
	}
	return fileOf(around, vocab, added...)
}

func fileOf(around string, vocab map[string]int, added ...string) []byte {
	list := []any{}
	for _, name := range added {
		list = append(list, map[string]any{"id": vocab[name], "content": name, "special": true})
	}
	merges := []string{"t h", "h e", "Ġ t", "Ġt he"}
	merges = slices.DeleteFunc(merges, func(m string) bool {
		_, has := vocab[strings.ReplaceAll(m, " ", "")]
		return !has
	})
	part := map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
	f := map[string]any{"version": "1.0", "added_tokens": list, "normalizer": nil, "pre_tokenizer": part, "post_processor": part, "decoder": part,
		"model": map[string]any{"type": "BPE", "vocab": vocab, "merges": merges}}
	var more map[string]any
	if err := json.Unmarshal([]byte("{"+around+"}"), &more); err != nil {
		panic(err)
	}
	maps.Copy(f, more)
	text, _ := json.Marshal(f)
	return text
}

// withTokenizer is a model of rows tokens with a tokenizer.json.
func withTokenizer(t *testing.T, rows int, file []byte) fstest.MapFS {
	t.Helper()
	names := make([]string, rows-256)
	for i := range names {
		names[i] = fmt.Sprintf("<|%d|>", i)
	}
	run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], tokenizer.NewBytes(names...))
	m := checkpointtest.Files{}
	if err := WriteHF(m, run, format.F32); err != nil {
		t.Fatal(err)
	}
	m[layout.TokenizerFile] = &fstest.MapFile{Data: file}
	return fstest.MapFS(m)
}

// Tokenizers as trainers and people leave them open, and say what is dropped or
// added.
func TestTokenizersOfTheField(t *testing.T) {
	few := map[string]int{"<pad>": 0, "<|im_start|>": 1, "<|im_end|>": 2}
	for _, piece := range strings.Split("a b c d e h i n t Ġ . th the", " ") {
		few[piece] = len(few)
	}
	for len(few) < 256 { // so that the model is of the smallest size that one here has
		few[fmt.Sprintf("<unused%d>", len(few))] = len(few)
	}
	text := "the bath, é"
	for _, c := range []struct {
		name  string
		rows  int
		file  []byte
		notes []string
		size  int
		back  string // what text becomes
	}{
		{"truncation and padding that a trainer left", 261, fieldTokenizer(`"truncation":{"direction":"Right","max_length":4,"strategy":"LongestFirst","stride":0},
			"padding":{"strategy":"BatchLongest","direction":"Right","pad_to_multiple_of":null,"pad_id":260,"pad_type_id":0,"pad_token":"<|endoftext|>"}`, "<|endoftext|>"), nil, 261, text},
		{"a pad token that was added without resizing", 261, fieldTokenizer(``, "<|endoftext|>", "[PAD]"),
			[]string{fmt.Sprintf(NoteAdded, "[PAD]")}, 261, text},
		{"only the bytes of its text", 256, fileOf(``, few, "<pad>", "<|im_start|>", "<|im_end|>"),
			[]string{"its vocabulary holds only 11 of the 256 bytes; what else stands in a text is left out, and counted where the text is shown"}, 256, "the bath "},
		{"a token before each text", 261, fieldTokenizer(`"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}],"special_tokens":{"<s>":{"ids":[260]}}}`, "<s>"),
			[]string{"as its file says, <s> is put before a text that stands alone"}, 261, text},
		{"keys of another day that are off", 261, fieldTokenizer(`"notes":"mine","normalizer":{"type":"NFC","future":false}`, "<|endoftext|>"), nil, 261, text},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, notes, err := Import(withTokenizer(t, c.rows, c.file), generous)
			if err != nil || !slices.Equal(notes, c.notes) {
				t.Fatalf("it gave %v, and noted %q", err, notes)
			}
			tok := got.Tokenizer
			if back := string(tok.Decode(tok.Encode([]byte(text)))); tok.Size() != c.size || got.Model.Vocab != c.size || back != c.back {
				t.Errorf("%d tokens, %d rows, and %q came back as %q", tok.Size(), got.Model.Vocab, text, back)
			}
			_, _, unknown := ruleOf(tok)
			if _, err := WriteGGUF(&bytes.Buffer{}, got, format.F32); (err == nil) != (unknown == nil) {
				t.Errorf("as GGUF: %v", err)
			}
			out := checkpointtest.Files{}
			if err := WriteHF(out, got, format.F32); err != nil {
				t.Fatal(err)
			}
			var was, is map[string]any
			if json.Unmarshal(c.file, &was) != nil || json.Unmarshal(out[layout.TokenizerFile].Data, &is) != nil {
				t.Fatal("it is written as no JSON")
			}
			for _, key := range []string{"truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder"} {
				if !jsonEqual(was[key], is[key]) {
					t.Errorf("%s is written as %v, and was %v", key, is[key], was[key])
				}
			}
		})
	}
}

func jsonEqual(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// vocab.json and merges.txt are the same tokenizer as a tokenizer.json.
func TestTokenizerOfOld(t *testing.T) {
	file := fieldTokenizer(``, "<|endoftext|>")
	fsys := withTokenizer(t, 261, file)
	want, _, err := Import(fsys, generous)
	if err != nil {
		t.Fatal(err)
	}
	var parts struct {
		Model struct{ Vocab json.RawMessage }
	}
	if err := json.Unmarshal(file, &parts); err != nil {
		t.Fatal(err)
	}
	delete(fsys, layout.TokenizerFile)
	delete(fsys, layout.TokenizerConfigFile)
	fsys["vocab.json"] = &fstest.MapFile{Data: parts.Model.Vocab}
	fsys["merges.txt"] = &fstest.MapFile{Data: []byte("#version: 0.2\nt h\nh e\nĠ t\nĠt he\n")}
	got, _, err := Import(fsys, generous)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("the theatre in the bath <|endoftext|>")
	if a, b := got.Tokenizer.EncodeSpecial(text), want.Tokenizer.EncodeSpecial(text); !slices.Equal(a, b) {
		t.Errorf("it gives %v, not %v", a, b)
	}
	fsys[layout.TokenizerConfigFile] = &fstest.MapFile{Data: []byte(`{"tokenizer_class":"Qwen2Tokenizer","added_tokens_decoder":{"260":{"content":"<|endoftext|>","special":true}}}`)}
	qwen, _, err := Import(fsys, generous)
	if err != nil || !strings.Contains(string(tokenizerFile(t, qwen.Tokenizer)), `"NFC"`) {
		t.Errorf("Qwen's is not cut as Qwen does (%v)", err)
	}
	fsys[layout.TokenizerConfigFile] = &fstest.MapFile{Data: []byte(`{"tokenizer_class":"CLIPTokenizer"}`)}
	if _, _, err := Import(fsys, generous); err == nil || !strings.Contains(err.Error(), "“CLIPTokenizer”") {
		t.Errorf("another class gave %v", err)
	}
}

func tokenizerFile(t *testing.T, tok tokenizer.Tokenizer) []byte {
	var b bytes.Buffer
	if err := tokenizer.WriteJSON(&b, tok); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
