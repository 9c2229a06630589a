package tokenizer

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes t as a tokenizer.json that Hugging Face's tokenizers load,
// with the same ids for every text that holds no special token's name; for a
// text that does, theirs give the ids of EncodeSpecial.
func WriteJSON(w io.Writer, t Tokenizer) error {
	f := format{Version: "1.0", Model: model{Type: "BPE", Merges: mergeList{}}}
	f.AddedTokens = addedTokens{}
	for _, name := range t.Specials() {
		id, _ := t.Special(name)
		f.AddedTokens = append(f.AddedTokens, addedToken{ID: id, Content: name, Special: true})
	}
	switch t := t.(type) {
	case *Chars:
		f.Model.Vocab = t.table(charName)
		f.Decoder = json.RawMessage(`{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]}`)
	case *Bytes:
		f.Model.Vocab = t.table(byteLevel)
		f.byteLevel(false)
	case *BPE:
		f.Model.Vocab = t.table(byteLevel)
		for _, p := range t.merges {
			f.Model.Merges = append(f.Model.Merges, [2]string{byteLevel(t.pieces[p.a]), byteLevel(t.pieces[p.b])})
		}
		f.byteLevel(true)
	default:
		panic("tokenizer: WriteJSON of a foreign Tokenizer")
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("tokenizer.json: %w", err)
	}
	return nil
}

// table names the pieces as the file does.
func (v *vocabulary) table(name func(piece string) string) table {
	t := make(table, len(v.pieces))
	for id, piece := range v.pieces {
		if !v.isSpecial(int32(id)) {
			piece = name(piece)
		}
		t[piece] = int32(id)
	}
	return t
}

// byteLevel says that pieces are bytes written as characters, and whether text
// is cut by GPT-2's rule before.
func (f *format) byteLevel(cut bool) {
	part := byteLevelPart{Type: "ByteLevel", TrimOffsets: true, UseRegex: &cut}
	f.PreTokenizer, _ = json.Marshal(part) // a struct of strings and booleans: no error
	f.Decoder = f.PreTokenizer
}

// charName writes a symbol of Chars: a character as itself, a byte that is not
// valid UTF-8 as <0xFF>.
func charName(piece string) string {
	if s, _ := nextSymbol([]byte(piece)); s >= rawByte {
		return fmt.Sprintf("<0x%02X>", s-rawByte)
	}
	return piece
}
