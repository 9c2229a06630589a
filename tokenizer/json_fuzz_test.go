package tokenizer

import (
	"bytes"
	"reflect"
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
		ids := tok.Encode(text)
		if !reflect.DeepEqual(ids, again.Encode(text)) {
			t.Fatalf("%v became %v", ids, again.Encode(text))
		}
		if decoded := tok.Decode(ids); tok.Kind() != KindChars && !bytes.Equal(decoded, text) {
			t.Fatalf("%q came back as %q", text, decoded)
		}
	})
}
