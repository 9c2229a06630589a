package tokenizer

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// What a text can lack; the makers' errors wrap them.
var (
	ErrEmpty  = errors.New("the text is empty")
	ErrTooFew = errors.New("the text holds one character only, so there is nothing to learn from it")
)

// Chars has one id a character.
//
// A byte that is not part of valid UTF-8 counts as a character of its own, so
// no text is lost. In tokenizer.json it stands as <0xFF>, the form that Hugging
// Face's ByteFallback decoder turns back into the byte.
type Chars struct {
	vocabulary
	ascii [utf8.RuneSelf]int32 // symbol → id, -1 if unknown
	other map[rune]int32       // symbol → id, from utf8.RuneSelf on
}

// rawByte+b is the symbol of a byte b that is not part of valid UTF-8: above
// every code point, so such bytes come last in the vocabulary.
const rawByte = utf8.MaxRune + 1

// NewChars makes the vocabulary of the distinct characters of text in the order
// of their code points (nanoGPT's sorted(set(text))), then specials.
func NewChars(text []byte, specials ...string) (*Chars, error) {
	if len(text) == 0 {
		return nil, fmt.Errorf("tokenizer: %w", ErrEmpty)
	}
	symbols := distinct(text)
	if len(symbols) < 2 {
		return nil, fmt.Errorf("tokenizer: %w", ErrTooFew)
	}
	if n := len(symbols) + len(specials); n > MaxSize {
		return nil, fmt.Errorf("tokenizer: %d different characters, but at most %d fit: use bytes instead", n, MaxSize)
	}
	var v vocabulary
	for _, s := range symbols {
		v.pieces = append(v.pieces, symbolText(s))
	}
	if err := v.addSpecials(specials); err != nil {
		return nil, err
	}
	return newChars(v), nil
}

// newChars indexes the pieces of v, each one symbol or a special token.
func newChars(v vocabulary) *Chars {
	c := &Chars{vocabulary: v, other: map[rune]int32{}}
	for i := range c.ascii {
		c.ascii[i] = -1
	}
	for id, piece := range v.pieces {
		if v.isSpecial(int32(id)) {
			continue
		}
		if s, _ := nextSymbol([]byte(piece)); s < utf8.RuneSelf {
			c.ascii[s] = int32(id)
		} else {
			c.other[s] = int32(id)
		}
	}
	return c
}

// Kind is KindChars.
func (c *Chars) Kind() Kind { return KindChars }

// Encode skips characters that the vocabulary lacks; Unknown tells which.
func (c *Chars) Encode(text []byte) []int32 {
	ids := make([]int32, 0, utf8.RuneCount(text))
	for i := 0; i < len(text); {
		s, n := nextSymbol(text[i:])
		if id := c.id(s); id >= 0 {
			ids = append(ids, id)
		}
		i += n
	}
	return ids
}

// EncodeSpecial is Encode with special tokens; see Tokenizer.
func (c *Chars) EncodeSpecial(text []byte) []int32 { return c.encodeSpecial(text, c.Encode) }

// Unknown lists the distinct characters of text that the vocabulary lacks, as
// they first appear, and how many characters in all Encode will skip.
func (c *Chars) Unknown(text []byte) (symbols []string, total int) {
	seen := map[rune]bool{}
	for i := 0; i < len(text); {
		s, n := nextSymbol(text[i:])
		i += n
		if c.id(s) >= 0 {
			continue
		}
		total++
		if !seen[s] {
			seen[s] = true
			symbols = append(symbols, symbolText(s))
		}
	}
	return symbols, total
}

func (c *Chars) id(s rune) int32 {
	if s < utf8.RuneSelf {
		return c.ascii[s]
	}
	if id, ok := c.other[s]; ok {
		return id
	}
	return -1
}

// nextSymbol reads the first symbol of text, which is not empty, and its length.
func nextSymbol(text []byte) (s rune, n int) {
	if text[0] < utf8.RuneSelf {
		return rune(text[0]), 1
	}
	s, n = utf8.DecodeRune(text)
	if s == utf8.RuneError && n == 1 {
		s = rawByte + rune(text[0])
	}
	return s, n
}

// symbolText is the bytes of a symbol.
func symbolText(s rune) string {
	if s >= rawByte {
		return string([]byte{byte(s - rawByte)})
	}
	return string(s)
}

// distinct lists the symbols of text, sorted.
func distinct(text []byte) []rune {
	var ascii [utf8.RuneSelf]bool
	other := map[rune]bool{}
	for i := 0; i < len(text); {
		s, n := nextSymbol(text[i:])
		if s < utf8.RuneSelf {
			ascii[s] = true
		} else if !other[s] {
			other[s] = true
		}
		i += n
	}
	var symbols []rune
	for s, ok := range ascii {
		if ok {
			symbols = append(symbols, rune(s))
		}
	}
	for s := range other {
		symbols = append(symbols, s)
	}
	slices.Sort(symbols)
	return symbols
}
