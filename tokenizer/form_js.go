package tokenizer

import (
	"syscall/js"
	"unicode/utf8"
)

// unicodeForm is one of Unicode's normal forms, by its name. The browser has
// them, so that their tables need not be loaded. Bytes that are no UTF-8 stay.
func unicodeForm(name string) normalizer {
	normalize := js.Global().Get("String").Get("prototype").Get("normalize")
	return func(text []byte) []byte {
		var out []byte
		for len(text) > 0 {
			n := wholeRunes(text)
			if n == 0 {
				out = append(out, text[0])
				n = 1
			} else {
				out = append(out, normalize.Call("call", string(text[:n]), name).String()...)
			}
			text = text[n:]
		}
		return out
	}
}

// wholeRunes is how many bytes of text are UTF-8, up to the first that is not.
func wholeRunes(text []byte) (n int) {
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}
