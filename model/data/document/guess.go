package document

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// guess is the encoding of bytes without a mark. What is neither UTF-8 nor has
// the NULs of UTF-16 is taken for Windows-1252, in which all bytes mean
// something: for other alphabets a person must name the encoding.
func guess(raw []byte) string {
	switch {
	case bytes.IndexByte(raw, 0) >= 0:
		return guessWide(raw)
	case utf8.Valid(raw) || mostlyUTF8(raw):
		return utf8Name
	}
	return windows1252
}

// guessWide tells the two orders of UTF-16 apart. Binary bytes, which read well
// in neither, become UTF-8 with NULs, which decodeAs refuses.
func guessWide(raw []byte) string {
	little, big := readable(raw, utf16LE), readable(raw, utf16BE)
	switch {
	case max(little, big) < 0.95:
		return utf8Name
	case big > little:
		return utf16BE
	}
	return utf16LE
}

// looked bounds the bytes that readable looks at.
const looked = 1 << 16

// readable is the share of UTF-16's units that are as text has them, 0 if there
// are no spaces, line ends or Latin letters among them. Spaces and line ends
// decide between the orders: the other way round they are rare letters.
func readable(raw []byte, name string) float64 {
	c, _ := byName(name)
	raw = raw[:min(len(raw), looked)&^1]
	text, err := c.NewDecoder().Bytes(raw)
	if err != nil {
		return 0
	}
	n, good, common := 0, 0, 0
	for _, r := range string(text) {
		n++
		switch {
		case r == 0x2000, r == 0x0A00, r == 0x0D00: // a space or line end, turned round
			good--
		case r == '\n', r == '\r', r == '\t', r >= ' ' && r < 0x7F, r >= 0x3000 && r <= 0x3002:
			good++
			common++
		case unicode.IsGraphic(r) && r != utf8.RuneError, unicode.Is(unicode.Cf, r):
			good++
		}
	}
	if common*100 < n {
		return 0
	}
	return float64(good) / float64(max(1, n))
}

// mostlyUTF8 tells UTF-8 with a few wrong bytes from another encoding: by
// chance letters of several bytes hardly come about.
func mostlyUTF8(raw []byte) bool {
	right, wrong := 0, 0
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRune(raw[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			wrong++
		case n > 1:
			right++
		}
		i += n
	}
	return right > 4*wrong
}

// replaced is UTF-8 in which U+FFFD stands for each wrong byte, and how many
// there are.
func replaced(raw []byte) (text string, wrong int) {
	if utf8.Valid(raw) {
		return string(raw), 0
	}
	var out strings.Builder
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && n == 1 {
			wrong++
		}
		out.WriteRune(r)
		i += n
	}
	return out.String(), wrong
}

// control counts what only binary bytes have; a NUL counts ten times.
func control(text string) (n int) {
	for _, r := range text {
		switch {
		case r == 0:
			n += 10
		case r < ' ' && r != '\n' && r != '\t' && r != '\f' && r != '\r', r == 0x7F, r >= 0x80 && r < 0xA0:
			n++
		}
	}
	return n
}

// lines ends each line by \n alone.
func lines(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

func ascii(raw []byte) bool {
	for _, c := range raw {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foreignScript tells that bytes which are no UTF-8 are hardly in the Latin
// alphabet: most of them, white space and digits left out, are no ASCII.
func foreignScript(raw []byte) bool {
	high, low := 0, 0
	for _, c := range raw {
		switch {
		case c >= utf8.RuneSelf:
			high++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			low++
		}
	}
	return high > low
}
