package tokenizer

import (
	"fmt"
	"unicode/utf8"
)

// alphabet is the ids of the symbols that a piece begins as: its bytes, or its
// characters.
type alphabet struct {
	bytes    bool
	short    [256]int32     // a byte, or a character of ASCII, → id; -1: unknown
	long     map[rune]int32 // other characters → id, by nextSymbol
	fallback [256]int32     // byte → id of <0xFF>, for characters without an id; -1: none
	unknown  int32          // the id of what is left; -1: it is left out
	fuses    bool           // of several in a row one unknown is made
}

func newAlphabet(bytes bool) alphabet {
	a := alphabet{bytes: bytes, long: map[rune]int32{}, unknown: -1}
	for b := range 256 {
		a.short[b], a.fallback[b] = -1, -1
	}
	return a
}

// learn takes a piece if it is a symbol.
func (a *alphabet) learn(piece string, id int32) {
	switch s, n := nextSymbol([]byte(piece + " ")); {
	case piece == "":
	case len(piece) == 1 && (a.bytes || piece[0] < utf8.RuneSelf):
		a.short[piece[0]] = id
	case !a.bytes && n == len(piece):
		a.long[s] = id
	}
}

// complete tells whether every text has ids.
func (a *alphabet) complete() bool {
	if a.unknown >= 0 {
		return true
	}
	ids := &a.fallback
	if a.bytes {
		ids = &a.short
	}
	for _, id := range ids {
		if id < 0 {
			return false
		}
	}
	return true
}

// symbols calls add for the ids of a piece's symbols, and lacks, if not nil, for
// each that has none. As in Hugging Face's BPE, an unknown waits until it is known
// whether the next is one too.
func (a *alphabet) symbols(piece []byte, add func(id int32), lacks func(symbol []byte)) {
	waits := false
	for len(piece) > 0 {
		id, n := a.symbol(piece)
		symbol := piece[:n]
		piece = piece[n:]
		switch {
		case id >= 0:
			if waits {
				add(a.unknown)
			}
			waits = false
			add(id)
		case a.hasFallback(symbol):
			for _, b := range symbol {
				add(a.fallback[b])
			}
		case a.unknown >= 0:
			if waits && !a.fuses {
				add(a.unknown)
			}
			waits = true
		case lacks != nil:
			lacks(symbol)
		}
	}
	if waits {
		add(a.unknown)
	}
}

// symbol gives the id of the first symbol of piece, -1 if it has none, and its
// length.
func (a *alphabet) symbol(piece []byte) (id int32, n int) {
	if a.bytes || piece[0] < utf8.RuneSelf {
		return a.short[piece[0]], 1
	}
	s, n := nextSymbol(piece)
	if id, ok := a.long[s]; ok {
		return id, n
	}
	return -1, n
}

// hasFallback tells whether each byte of symbol has a token.
func (a *alphabet) hasFallback(symbol []byte) bool {
	for _, b := range symbol {
		if a.fallback[b] < 0 {
			return false
		}
	}
	return true
}

// byteName is the name of a byte's token.
func byteName(b byte) string { return fmt.Sprintf("<0x%02X>", b) }

// symbolName shows a symbol: a character as itself, a part of one as <0xFF>.
func symbolName(symbol []byte) string {
	if r, n := utf8.DecodeRune(symbol); r == utf8.RuneError && n == 1 {
		return byteName(symbol[0])
	}
	return string(symbol)
}
