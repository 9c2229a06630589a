package layout

import "bytes"

// Loose makes JSON of what Python writes as JSON: NaN and the infinities, which
// JSON lacks, become a number that is too large for any field, so that a field that
// is read still fails by them, and one that nobody reads does not.
func Loose(text []byte) []byte {
	out, inText := make([]byte, 0, len(text)), false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inText && c == '\\' && i+1 < len(text):
			out = append(out, c)
			i++
			c = text[i]
		case c == '"':
			inText = !inText
		case !inText && (c == 'N' || c == 'I'):
			if word := constant(text[i:]); word > 0 {
				out = append(out, tooLarge...)
				i += word - 1
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// tooLarge is infinity to whoever reads a number without limits.
const tooLarge = "1e999"

// constant is the length of the word of Python's that text begins with, 0 for none.
func constant(text []byte) int {
	for _, word := range []string{"NaN", "Infinity"} {
		if bytes.HasPrefix(text, []byte(word)) {
			return len(word)
		}
	}
	return 0
}
