package tokenizer

import (
	"unicode"
	"unicode/utf8"
)

// set is a set of characters. Those of one or two bytes stand in a table.
type set struct {
	table [tabled / 64]uint64 // a bit each
	has   func(r rune) bool
}

const tabled = 0x800 // code points that UTF-8 writes in at most two bytes

func newSet(has func(r rune) bool) *set {
	s := &set{has: has}
	for r := range rune(tabled) {
		if has(r) {
			s.table[r/64] |= 1 << (r % 64)
		}
	}
	return s
}

// holds looks a character of the table up.
func (s *set) holds(r rune) bool { return s.table[r/64]>>(r%64)&1 != 0 }

// next tells whether text, which is not empty, begins with a character of s, and
// the length of that character.
func (s *set) next(text []byte) (n int, ok bool) {
	if text[0] < utf8.RuneSelf {
		return 1, s.holds(rune(text[0]))
	}
	r, n := utf8.DecodeRune(text)
	if r < tabled {
		return n, s.holds(r)
	}
	return n, s.has(r)
}

// folded is has, where the case of a letter makes no difference.
func folded(has func(r rune) bool) func(r rune) bool {
	return func(r rune) bool {
		if has(r) {
			return true
		}
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			if has(f) {
				return true
			}
		}
		return false
	}
}

// properties are the names that \p{…} knows.
var properties = map[string]*unicode.RangeTable{
	"L": unicode.L, "Lu": unicode.Lu, "Ll": unicode.Ll, "Lt": unicode.Lt, "Lm": unicode.Lm, "Lo": unicode.Lo,
	"M": unicode.M, "Mn": unicode.Mn, "Mc": unicode.Mc, "Me": unicode.Me,
	"N": unicode.N, "Nd": unicode.Nd, "Nl": unicode.Nl, "No": unicode.No,
	"P": unicode.P, "Pc": unicode.Pc, "Pd": unicode.Pd, "Ps": unicode.Ps, "Pe": unicode.Pe, "Pi": unicode.Pi, "Pf": unicode.Pf, "Po": unicode.Po,
	"S": unicode.S, "Sm": unicode.Sm, "Sc": unicode.Sc, "Sk": unicode.Sk, "So": unicode.So,
	"Z": unicode.Z, "Zs": unicode.Zs, "Zl": unicode.Zl, "Zp": unicode.Zp, "C": unicode.C, "Cc": unicode.Cc, "Cf": unicode.Cf,
	"Han": unicode.Han, "Hiragana": unicode.Hiragana, "Katakana": unicode.Katakana, "Hangul": unicode.Hangul, "Thai": unicode.Thai,
	"Latin": unicode.Latin, "Cyrillic": unicode.Cyrillic, "Greek": unicode.Greek, "Arabic": unicode.Arabic, "Hebrew": unicode.Hebrew,
	"Devanagari": unicode.Devanagari,
}

// isWord is \w: letters and what counts as such, marks, digits, connecting
// punctuation (Unicode Technical Standard 18, annex C).
func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.Is(unicode.Nl, r) ||
		unicode.Is(unicode.Pc, r) || unicode.Is(unicode.Other_Alphabetic, r)
}

// isPunctuation is Unicode's punctuation, and all marks of ASCII.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r < 0x7F && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return unicode.IsPunct(r)
}
