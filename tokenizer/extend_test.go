package tokenizer

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// A tokenizer that was given special tokens later cuts text as before, has them
// last, and reads back from its file.
func TestExtend(t *testing.T) {
	text := []byte("the theatre of the thin thieves <|end|> and the rest")
	chars, _ := NewChars(text, "<|old|>")
	bpe, _ := TrainBPE(text, 270, WithSpecials("<|old|>"))
	for _, tok := range []Tokenizer{chars, NewBytes("<|old|>"), bpe} {
		more, err := Extend(tok, "<|new|>", "<|old|>", "<|end|>")
		if err != nil {
			t.Fatal(err)
		}
		if got := more.Specials(); !slices.Equal(got, []string{"<|old|>", "<|new|>", "<|end|>"}) || more.Size() != tok.Size()+2 {
			t.Errorf("%s: %d ids became %d, special ones %v", tok.Kind(), tok.Size(), more.Size(), got)
		}
		if !slices.Equal(more.Encode(text), tok.Encode(text)) {
			t.Errorf("%s: text is cut otherwise", tok.Kind())
		}
		if ids := more.EncodeSpecial([]byte("the <|end|>")); ids[len(ids)-1] != int32(more.Size()-1) {
			t.Errorf("%s: the new token is not found: %v", tok.Kind(), ids)
		}
		if tok.Size() != len(tok.Specials())+len(allPieces(tok)) {
			t.Errorf("%s: the former tokenizer has changed", tok.Kind())
		}
		var file bytes.Buffer
		if err := WriteJSON(&file, more); err != nil {
			t.Fatal(err)
		}
		again, err := ReadJSON(&file)
		if err != nil || !slices.Equal(again.Specials(), more.Specials()) || !slices.Equal(again.Encode(text), more.Encode(text)) {
			t.Errorf("%s: read back it is another (%v)", tok.Kind(), err)
		}
		if same, err := Extend(more, "<|end|>"); same != more || err != nil {
			t.Errorf("%s: what it has already makes another of it", tok.Kind())
		}
		if _, err := Extend(tok, "no name"); err == nil {
			t.Errorf("%s: a name with a space passes", tok.Kind())
		}
	}
}

func TestExtendKnowsTheLimit(t *testing.T) {
	names := make([]string, MaxSize-256)
	for i := range names {
		names[i] = fmt.Sprintf("<|%d|>", i)
	}
	if _, err := Extend(NewBytes(names[1:]...), "<|end|>"); err != nil {
		t.Error(err)
	}
	if _, err := Extend(NewBytes(names...), "<|end|>"); err == nil {
		t.Error("a vocabulary became larger than one can be")
	}
}

// allPieces are those of t that are no special tokens.
func allPieces(t Tokenizer) (pieces []string) {
	for id := range t.Size() {
		piece := string(t.Piece(int32(id)))
		if special, is := t.Special(piece); !is || special != int32(id) {
			pieces = append(pieces, piece)
		}
	}
	return pieces
}
