package tokenizer

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// FuzzReadJSON: no file makes the reader panic, and one that is taken is
// written and read again to the same ids.
func FuzzReadJSON(f *testing.F) {
	chars, err := NewChars([]byte("to be, é or 日"))
	if err != nil {
		f.Fatal(err)
	}
	bpe, err := TrainBPE([]byte("the theatre there, the then"), 262, WithSpecials(endOfText))
	if err != nil {
		f.Fatal(err)
	}
	for _, tok := range []Tokenizer{chars, NewBytes(endOfText), bpe} {
		var b bytes.Buffer
		if err := WriteJSON(&b, tok); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"version":"1.0","model":{"type":"BPE","vocab":{"a":0},"merges":[]}}`))
	for _, around := range []string{
		`"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}`,
		`"pre_tokenizer":{"type":"Sequence","pretokenizers":[` + splitJSON(cl100kPattern) + `,{"type":"Digits","individual_digits":true},` + bareJSON + `]}`,
		`"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true},"decoder":{"type":"Metaspace","replacement":"▁"}`,
		`"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"h"}},{"Sequence":{"id":"A"}}],"special_tokens":{"h":{"ids":[1]}}}`,
		`"added_tokens":[{"id":300,"content":"<x>","lstrip":true,"rstrip":true,"normalized":true,"single_word":true}]`,
	} {
		f.Add([]byte(`{` + around + `,"model":` + bytesModel(!strings.Contains(around, "ByteLevel")) + `}`))
	}
	text := []byte("to be the theatre, then 日本 \xff\n")
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := ReadJSON(bytes.NewReader(data))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := WriteJSON(&b, tok); err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		again, err := ReadJSON(&b)
		if err != nil {
			t.Fatalf("written but not read: %v", err)
		}
		ids := tok.EncodeSpecial(text)
		if !reflect.DeepEqual(ids, again.EncodeSpecial(text)) {
			t.Fatalf("%v became %v", ids, again.EncodeSpecial(text))
		}
		if decoded := tok.Decode(ids); tok.Kind() == KindBytes && !bytes.Equal(decoded, text) {
			t.Fatalf("%q came back as %q", text, decoded)
		}
	})
}
