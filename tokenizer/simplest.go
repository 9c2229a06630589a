package tokenizer

import (
	"slices"
	"unicode/utf8"
)

// simplest is t as Chars or Bytes, where it is one of them in the form that
// WriteJSON gives it, else t.
func (t *BPE) simplest() Tokenizer {
	if len(t.merges) > 0 || len(t.normalizers)+len(t.cutters)+len(t.before)+len(t.behind)+t.times > 0 || t.unknown >= 0 || t.whole != nil || t.drops != "" {
		return t
	}
	for _, a := range t.added {
		if !a.Special || a.apart || a.SingleWord || a.LStrip || a.RStrip {
			return t
		}
	}
	v := vocabulary{pieces: slices.Clone(t.pieces), specials: t.specials}
	if t.bytes {
		bytes := NewBytes()
		if len(v.pieces) < 256 || !slices.Equal(v.pieces[:256], bytes.pieces) || len(v.specials) != len(v.pieces)-256 {
			return t
		}
		return &Bytes{v}
	}
	for id, name := range t.names {
		piece, ok := fromCharName(name)
		if !v.isSpecial(int32(id)) && (!ok || piece != t.pieces[id]) || t.written.model.ByteFallback {
			return t
		}
	}
	return newChars(v)
}

// fromCharName is the inverse of charName.
func fromCharName(name string) (piece string, ok bool) {
	if utf8.RuneCountInString(name) == 1 {
		return name, true
	}
	b, ok := byteNamed(name)
	return string([]byte{b}), ok && b >= utf8.RuneSelf
}
