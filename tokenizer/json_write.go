package tokenizer

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes t as a tokenizer.json that Hugging Face's tokenizers load,
// with the same ids for every text that holds no special token's name; for a
// text that does, theirs give the ids of EncodeSpecial. A BPE that was read from
// a file is written with all that stood around it there.
func WriteJSON(w io.Writer, t Tokenizer) error {
	f := format{Version: "1.0", Model: model{Type: "BPE"}, AddedTokens: addedTokens{}}
	switch t := t.(type) {
	case *Chars:
		f.plain(t.vocabulary, charName)
		f.Decoder = json.RawMessage(`{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]}`)
	case *Bytes:
		f.plain(t.vocabulary, byteLevel)
		f.PreTokenizer, f.Decoder = byteLevelJSON(false), byteLevelJSON(false)
	case *BPE:
		f.bpe(t)
	default:
		panic("tokenizer: WriteJSON of a foreign Tokenizer")
	}
	if f.Model.Merges == nil {
		f.Model.Merges = mergeList{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("tokenizer.json: %w", err)
	}
	return nil
}

// plain takes a vocabulary whose pieces are named by name, and its special tokens.
func (f *format) plain(v vocabulary, name func(piece string) string) {
	f.Model.Vocab = make(table, len(v.pieces))
	for id, piece := range v.pieces {
		if v.isSpecial(int32(id)) {
			f.AddedTokens = append(f.AddedTokens, addedToken{ID: int32(id), Content: piece, Special: true})
		} else {
			piece = name(piece)
		}
		f.Model.Vocab[piece] = int32(id)
	}
}

func (f *format) bpe(t *BPE) {
	p := t.written
	f.Truncation, f.Padding, f.Normalizer, f.PreTokenizer = p.truncation, p.padding, p.normalizer, p.preTokenizer
	f.PostProcessor, f.Decoder, f.Model = p.postProcessor, p.decoder, p.model
	f.AddedTokens = append(f.AddedTokens, t.added...)
	f.Model.Vocab = make(table, len(t.pieces))
	for id := range t.pieces {
		if name := t.Name(int32(id)); name != "" {
			f.Model.Vocab[name] = int32(id)
		}
	}
	for _, a := range t.added {
		if a.apart {
			delete(f.Model.Vocab, a.Content)
		}
	}
	for _, m := range t.merges {
		f.Model.Merges = append(f.Model.Merges, [2]string{t.Name(m.a), t.Name(m.b)})
	}
}

// charName writes a symbol of Chars: a character as itself, a byte that is not
// valid UTF-8 as <0xFF>.
func charName(piece string) string {
	if s, _ := nextSymbol([]byte(piece)); s >= rawByte {
		return byteName(piece[0])
	}
	return piece
}
