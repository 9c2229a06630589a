//go:build !js

package tokenizer

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// form is a way in which a tokenizer.json can be, as a change of a plain one.
type form struct {
	name   string
	change func(f object)
}

// change changes parts of the file, and parts of its model.
func change(parts, model string) func(f object) {
	return func(f object) {
		merge(f, parts)
		merge(f["model"].(object), model)
	}
}

func merge(into object, text string) {
	var more object
	if err := json.Unmarshal([]byte("{"+text+"}"), &more); err != nil {
		panic(text + ": " + err.Error())
	}
	maps.Copy(into, more)
}

const (
	bare   = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}`
	gpt2   = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}`
	spaced = `{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}`
)

// before is a pre-tokenizer that goes before ByteLevel.
func before(steps, last string) func(f object) {
	return change(`"pre_tokenizer":{"type":"Sequence","pretokenizers":[`+steps+`,`+last+`]}`, ``)
}

func splitBy(regex, behavior string, invert string) string {
	text, _ := json.Marshal(regex)
	return `{"type":"Split","pattern":{"Regex":` + string(text) + `},"behavior":"` + behavior + `","invert":` + invert + `}`
}

func normal(n string) func(f object) { return change(`"normalizer":`+n, ``) }

func added(tokens string) func(f object) {
	return func(f object) {
		var list []any
		if err := json.Unmarshal([]byte("["+tokens+"]"), &list); err != nil {
			panic(err)
		}
		next, vocab := 0.0, f["model"].(object)["vocab"].(map[string]any)
		for _, id := range vocab {
			next = max(next, id.(float64)+1)
		}
		for _, a := range list {
			token := map[string]any{"single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false}
			maps.Copy(token, a.(map[string]any))
			if id, has := vocab[token["content"].(string)]; has {
				token["id"] = id
			} else {
				token["id"], next = next, next+1
			}
			f["added_tokens"] = append(f["added_tokens"].([]any), token)
		}
	}
}

const (
	cl100k   = cl100kPattern
	tiktoken = `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`
	o200k    = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	bloom    = ` ?[^(\s|[.,!?…。，、।۔،])]+`
	kimi     = `[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	frame    = `"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|endoftext|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<|endoftext|>":{"id":"<|endoftext|>","ids":[1029],"tokens":["<|endoftext|>"]}}}`
)

// byteForms are forms of a byte-level BPE.
var byteForms = []form{
	{name: "as GPT-2", change: change(``, ``)},
	{name: "Llama 3", change: before(splitBy(cl100k, "Isolated", "false"), bare)},
	{name: "Qwen", change: change(`"normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"Sequence","pretokenizers":[`+splitBy(qwen2Split, "Isolated", "false")+`,`+bare+`]}`, ``)},
	{name: "GPT-4o", change: before(splitBy(o200k, "Removed", "true"), bare)},
	{name: "tiktoken's cl100k", change: before(splitBy(tiktoken, "Isolated", "false"), bare)},
	{name: "BLOOM", change: before(splitBy(bloom, "Isolated", "false"), bare)},
	{name: "Kimi", change: before(splitBy(kimi, "Isolated", "false"), bare)},
	{name: "SmolLM2", change: before(`{"type":"Digits","individual_digits":true}`, gpt2)},
	{name: "Digits together", change: before(`{"type":"Digits","individual_digits":false}`, gpt2)},
	{name: "Punctuation", change: before(`{"type":"Punctuation","behavior":"Isolated"}`, bare)},
	{name: "Punctuation contiguous", change: before(`{"type":"Punctuation","behavior":"Contiguous"}`, bare)},
	{name: "Whitespace", change: before(`{"type":"Whitespace"}`, bare)},
	{name: "WhitespaceSplit", change: before(`{"type":"WhitespaceSplit"}`, bare)},
	{name: "BertPreTokenizer", change: before(`{"type":"BertPreTokenizer"}`, bare)},
	{name: "CharDelimiterSplit", change: before(`{"type":"CharDelimiterSplit","delimiter":"e"}`, bare)},
	{name: "Split by a text, with the one before", change: before(`{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}`, bare)},
	{name: "Split by a text, with the next", change: before(`{"type":"Split","pattern":{"String":"e"},"behavior":"MergedWithNext","invert":false}`, bare)},
	{name: "Split, contiguous", change: before(splitBy(`[aeiou]`, "Contiguous", "false"), bare)},
	{name: "Split, inverted, with the one before", change: before(splitBy(`[aeiou]+`, "MergedWithPrevious", "true"), bare)},
	{name: "Split, removed", change: before(splitBy(`\d{2,}|\P{L}{3}`, "Removed", "false"), bare)},
	{name: "Split by what must follow", change: before(splitBy(`\w+(?=[.,])|.(?:th)?`, "Isolated", "false"), bare)},
	{name: "Split by words", change: before(splitBy(`\w+`, "Isolated", "false"), bare)},
	{name: "prefix space", change: change(`"pre_tokenizer":`+spaced, ``)},
	{name: "no splitting", change: change(`"pre_tokenizer":`+bare, ``)},
	{name: "NFC", change: normal(`{"type":"NFC"}`)},
	{name: "NFD", change: normal(`{"type":"NFD"}`)},
	{name: "NFKC", change: normal(`{"type":"NFKC"}`)},
	{name: "NFKD", change: normal(`{"type":"NFKD"}`)},
	{name: "Lowercase", change: normal(`{"type":"Lowercase"}`)},
	{name: "StripAccents", change: normal(`{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"}]}`)},
	{name: "Strip", change: normal(`{"type":"Strip","strip_left":true,"strip_right":true}`)},
	{name: "Strip left", change: normal(`{"type":"Strip","strip_left":true,"strip_right":false}`)},
	{name: "Prepend", change: normal(`{"type":"Prepend","prepend":"the "}`)},
	{name: "Replace a text", change: normal(`{"type":"Replace","pattern":{"String":"e"},"content":"ee"}`)},
	{name: "Replace a pattern", change: normal(`{"type":"Replace","pattern":{"Regex":" {2,}|\\t"},"content":" "}`)},
	{name: "ignore_merges", change: change(`"pre_tokenizer":{"type":"Sequence","pretokenizers":[`+splitBy(cl100k, "Isolated", "false")+`,`+bare+`]}`, `"ignore_merges":true`)},
	{name: "harmless switches", change: change(`"truncation":null,"padding":null`, `"dropout":0.0,"unk_token":"<|endoftext|>","continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":true`)},
	{name: "frame", change: change(frame, ``)},
	{name: "frame in a sequence", change: change(strings.Replace(frame, `"post_processor":`, `"post_processor":{"type":"Sequence","processors":[`+gpt2+`,`, 1)+`]}`, ``)},
	{name: "Roberta's frame", change: change(`"post_processor":{"type":"RobertaProcessing","sep":["<|endoftext|>",1029],"cls":["Ġ",220],"trim_offsets":true,"add_prefix_space":false}`, ``)},
	{name: "runs of spaces are tokens", change: added(`{"content":"  ","normalized":true},{"content":"    ","normalized":true},{"content":"\n\n"}`)},
	{name: "tokens that take spaces", change: added(`{"content":"the","lstrip":true},{"content":"user","rstrip":true},{"content":"<think>","lstrip":true,"rstrip":true}`)},
	{name: "tokens that are words", change: added(`{"content":"the","single_word":true},{"content":"a","single_word":true,"normalized":true},{"content":"<s>","special":true}`)},
	{name: "tokens in normalized text", change: func(f object) {
		normal(`{"type":"Lowercase"}`)(f)
		added(`{"content":"DON","normalized":true},{"content":"THEY"},{"content":"<Unk>","special":true,"normalized":true}`)(f)
	}},
	{name: "only some bytes", change: func(f object) { withoutBytes(f); change(``, `"unk_token":null`)(f) }},
	{name: "some bytes and an unknown", change: func(f object) { withoutBytes(f); change(``, `"unk_token":"Ġ"`)(f) }},
	{name: "some bytes and a fused unknown", change: func(f object) { withoutBytes(f); change(``, `"unk_token":"Ġ","fuse_unk":true`)(f) }},
	{name: "merges as pairs", change: func(f object) {
		var pairs []any
		for _, m := range f["model"].(object)["merges"].([]any) {
			a, b, _ := strings.Cut(m.(string), " ")
			pairs = append(pairs, []any{a, b})
		}
		f["model"].(object)["merges"] = pairs
	}},
	{name: "a merge twice", change: func(f object) {
		m := f["model"].(object)
		m["merges"] = append(m["merges"].([]any), m["merges"].([]any)[3])
	}},
}

// withoutBytes leaves out the bytes of which few texts are made, and the merges
// that have them.
func withoutBytes(f object) {
	m := f["model"].(object)
	vocab := m["vocab"].(map[string]any)
	gone := func(name string) bool {
		piece, ok := fromByteLevel(name)
		return ok && strings.ContainsFunc(piece, func(r rune) bool { return r >= 0x80 || r >= '0' && r <= '9' })
	}
	maps.DeleteFunc(vocab, func(name string, _ any) bool { return gone(name) })
	m["merges"] = slices.DeleteFunc(m["merges"].([]any), func(m any) bool { return gone(strings.ReplaceAll(m.(string), " ", "")) })
	names := slices.SortedFunc(maps.Keys(vocab), func(a, b string) int { return int(vocab[a].(float64) - vocab[b].(float64)) })
	for id, name := range names {
		vocab[name] = float64(id)
	}
	f["added_tokens"].([]any)[0].(map[string]any)["id"] = vocab[endOfText]
}

const (
	marked   = `"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},`
	unmarked = `"decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}`
)

func metaspace(keys string) func(f object) {
	part := `{"type":"Metaspace","replacement":"▁",` + keys + `}`
	return change(`"normalizer":null,"pre_tokenizer":`+part+`,"decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},`+part+`]}`, ``)
}

// charForms are forms of a BPE over characters.
var charForms = []form{
	{name: "Llama 2", change: change(marked+unmarked, ``)},
	{name: "Gemma", change: change(`"normalizer":{"type":"Replace","pattern":{"String":" "},"content":"▁"},"pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}`, ``)},
	{name: "Metaspace, always", change: metaspace(`"prepend_scheme":"always","split":true`)},
	{name: "Metaspace, first", change: metaspace(`"prepend_scheme":"first","split":true`)},
	{name: "Metaspace, never", change: metaspace(`"prepend_scheme":"never","split":true`)},
	{name: "Metaspace, whole", change: metaspace(`"prepend_scheme":"always","split":false`)},
	{name: "Metaspace of old", change: metaspace(`"add_prefix_space":true`)},
	{name: "no bytes", change: change(marked+unmarked, `"byte_fallback":false`)},
	{name: "no bytes, each unknown", change: change(marked+unmarked, `"byte_fallback":false,"fuse_unk":false`)},
	{name: "no bytes, nothing unknown", change: change(marked+unmarked, `"byte_fallback":false,"unk_token":null`)},
	{name: "some bytes", change: func(f object) {
		change(marked+unmarked, ``)(f)
		delete(f["model"].(object)["vocab"].(map[string]any), "<0xE2>")
		delete(f["model"].(object)["vocab"].(map[string]any), "<0xC3>")
	}},
	{name: "words, and no ▁", change: change(`"normalizer":null,"pre_tokenizer":{"type":"Whitespace"}`, ``)},
}

// plain is a byte-level tokenizer.json, of the first 1,000 merges of train.txt.
func plainBytes(t testing.TB) []byte {
	var b bytes.Buffer
	if err := WriteJSON(&b, trained(t)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// plainChars is one over characters, with those of its merges that ASCII makes,
// and ▁ for Ġ.
func plainChars(t testing.TB) []byte {
	bpe := trained(t)
	tokens := []string{"<unk>", "<s>", "</s>"}
	for b := range 256 {
		tokens = append(tokens, byteName(byte(b)))
	}
	tokens = append(tokens, "▁", "é", "ü", "日")
	for b := '!'; b < 0x7F; b++ {
		tokens = append(tokens, string(b))
	}
	scores := make([]float32, len(tokens))
	for rank, m := range bpe.merges {
		name := bpe.Name(bpe.rules[m].id)
		if name = strings.ReplaceAll(name, "Ġ", "▁"); !strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 && r != '▁' }) {
			tokens, scores = append(tokens, name), append(scores, -float32(rank))
		}
	}
	spm, err := NewSentencePiece(SentencePiece{Tokens: tokens, Scores: scores, Special: []int32{0, 1, 2}, Unknown: 0, SpaceBefore: true})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteJSON(&b, spm); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// made is plain as a form changes it.
func (c form) made(t testing.TB, plain []byte) []byte {
	f := object{}
	if err := json.Unmarshal(plain, &f); err != nil {
		t.Fatal(err)
	}
	f["model"] = object(f["model"].(map[string]any))
	c.change(f)
	return written(f)
}

// TestOracleForms: a tokenizer.json of each form opens, gives the ids and texts
// that Hugging Face's original gives, and is written again as it was.
func TestOracleForms(t *testing.T) {
	texts := slices.Clone(awkward)
	for _, c := range readGolden(t).Cases {
		if c.Bytes == nil {
			texts = append(texts, c.Text)
		}
	}
	texts = append(texts, mixed(20000))
	type made struct {
		form
		file []byte
	}
	var all []made
	q := question{Ask: "encodeAll", Texts: texts}
	for plain, forms := range map[*[]byte][]form{ptr(plainBytes(t)): byteForms, ptr(plainChars(t)): charForms} {
		for _, c := range forms {
			all = append(all, made{c, c.made(t, *plain)})
			q.Tokenizers = append(q.Tokenizers, string(all[len(all)-1].file))
		}
	}
	answers := askOracle(t, q).All
	for i, c := range all {
		t.Run(c.name, func(t *testing.T) {
			tok, err := ReadJSON(bytes.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			before, behind := Frame(tok)
			for j, text := range texts {
				ids := slices.Concat(before, tok.EncodeSpecial([]byte(text)), behind)
				sameIDs(t, "Rust", tok.(*BPE), text, ids, answers[i].Rust[j])
				if got := strings.ToValidUTF8(string(tok.Decode(ids)), "\uFFFD"); got != answers[i].RustText[j] {
					t.Errorf("%s: decoded %q, want %q", quote(text), got, answers[i].RustText[j])
				}
			}
			writtenAgain(t, tok, c.file)
		})
	}
}

func ptr(b []byte) *[]byte { return &b }

// writtenAgain checks that tok, which was read from file, is written as the same,
// and reads back.
func writtenAgain(t *testing.T, tok Tokenizer, file []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, tok); err != nil {
		t.Fatal(err)
	}
	var was, is map[string]any
	if err := json.Unmarshal(file, &was); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &is); err != nil {
		t.Fatal(err)
	}
	pairs := func(f map[string]any) (list [][2]string) {
		text, _ := json.Marshal(f["model"].(map[string]any)["merges"])
		var merges mergeList
		if err := json.Unmarshal(text, &merges); err != nil {
			t.Fatal(err)
		}
		delete(f["model"].(map[string]any), "merges")
		return merges
	}
	if !slices.Equal(pairs(was), pairs(is)) {
		t.Error("the merges changed")
	}
	for key := range is {
		if !reflect.DeepEqual(was[key], is[key]) {
			t.Errorf("%s changed", key)
		}
	}
	again, err := ReadJSON(&b)
	if err != nil || !slices.Equal(again.Encode([]byte(awkward[0])), tok.Encode([]byte(awkward[0]))) {
		t.Errorf("read back it is another: %v", err)
	}
}
