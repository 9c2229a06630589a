package tokenizer

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// normalizer changes a text before it is cut. It may give back the text itself,
// but never writes into it.
type normalizer func(text []byte) []byte

// lowercase writes each character small; İ is the only one that becomes two.
func lowercase(text []byte) []byte {
	return mapped(text, func(out []byte, r rune) []byte {
		if r == 'İ' {
			return append(out, "i̇"...)
		}
		return utf8.AppendRune(out, unicode.ToLower(r))
	})
}

// withoutMarks leaves out combining marks.
func withoutMarks(text []byte) []byte {
	return mapped(text, func(out []byte, r rune) []byte {
		if unicode.IsMark(r) {
			return out
		}
		return utf8.AppendRune(out, r)
	})
}

// mapped puts each character through f; bytes that are not UTF-8 stay.
func mapped(text []byte, f func(out []byte, r rune) []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			out = append(out, text[0])
		} else {
			out = f(out, r)
		}
		text = text[n:]
	}
	return out
}

// strip leaves out white space at the beginning, the end or both.
func strip(left, right bool) normalizer {
	return func(text []byte) []byte {
		if left {
			text = bytes.TrimLeftFunc(text, unicode.IsSpace)
		}
		if right {
			text = bytes.TrimRightFunc(text, unicode.IsSpace)
		}
		return text
	}
}

// prepend puts a text before one that is not empty.
func prepend(before string) normalizer {
	return func(text []byte) []byte {
		if len(text) == 0 {
			return text
		}
		return append([]byte(before), text...)
	}
}

// replace puts a text in the place of each match of a pattern.
func replace(p *pattern, by string) normalizer {
	return func(text []byte) []byte {
		m := newMatcher(p)
		m.read(text)
		var out []byte
		at := 0
		for at < len(text) {
			from, to := m.find(at)
			if from == len(text) && at == 0 {
				return text
			}
			out = append(out, text[at:from]...)
			if to > from {
				out = append(out, by...)
			}
			at = to
		}
		return out
	}
}
