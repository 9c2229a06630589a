package session

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"hornbook/model/data"
	"hornbook/web/protocol"
)

const (
	shortText   = 20000 // characters below which a model learns by heart
	previewSize = 2000
	minContext  = 64 // a text too short for this context is refused when it is given
)

// unify drops a byte order mark and makes every line end a single \n.
func unify(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
}

// TextSum is the sum by which a save knows the text b, as SetText takes it.
func TextSum(b []byte) string { return sum(unify(b)) }

// refuse says why b is no text to learn from, nil if it is one.
func refuse(b []byte) *protocol.Problem {
	switch {
	case len(b) == 0:
		return &protocol.Problem{Code: protocol.TextEmpty}
	case len(b) > protocol.MaxText:
		return &protocol.Problem{Code: protocol.TextTooLong, Got: strconv.Itoa(len(b)), Want: strconv.Itoa(protocol.MaxText)}
	case binary(b):
		return &protocol.Problem{Code: protocol.TextBinary}
	}
	n, distinct, _ := census(b)
	need := data.MinTokens(minContext)
	switch {
	case distinct == 1:
		return &protocol.Problem{Code: protocol.TextOne, Got: strconv.Itoa(n)}
	case n < need:
		return &protocol.Problem{Code: protocol.TextTooShort, Got: strconv.Itoa(n), Want: strconv.Itoa(need)}
	}
	return nil
}

// binary tells rubbish from text: a NUL byte, or more than one byte in ten
// that is a control character.
func binary(b []byte) bool {
	control := 0
	for _, c := range b {
		if c == 0 {
			return true
		}
		if c < ' ' && c != '\n' && c != '\t' && c != '\f' {
			control++
		}
	}
	return control*10 > len(b)
}

// census counts the characters of b: all, different ones, and bytes that are
// no valid UTF-8, which count as characters of their own.
func census(b []byte) (all, distinct, invalid int) {
	var ascii [utf8.RuneSelf]bool
	others := map[rune]bool{}
	for i := 0; i < len(b); all++ {
		if c := b[i]; c < utf8.RuneSelf {
			ascii[c] = true
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			r = -rune(b[i])
			invalid++
		}
		others[r] = true
		i += n
	}
	for _, seen := range ascii {
		if seen {
			distinct++
		}
	}
	return all, distinct + len(others), invalid
}

func describe(source, name string, b []byte) protocol.Text {
	t := protocol.Text{Source: source, Name: name, Bytes: len(b), Words: words(b),
		Lines: bytes.Count(b, []byte("\n")) + 1, Pairs: holdsPairs(b), Preview: preview(b)}
	t.Characters, t.Distinct, t.Invalid = census(b)
	t.Special, _ = specialsIn(b)
	t.Special = append([]string{}, t.Special...)
	if t.Characters < shortText {
		t.Advice = protocol.TextShort
	}
	return t
}

// words counts what stands between white space.
func words(b []byte) int {
	n := 0
	for range bytes.FieldsSeq(b) {
		n++
	}
	return n
}

func preview(b []byte) string {
	n := 0
	for i := range string(b[:min(len(b), 4*previewSize)]) {
		if n++; n > previewSize {
			return string(bytes.ToValidUTF8(b[:i], []byte("\uFFFD")))
		}
	}
	return string(bytes.ToValidUTF8(b[:min(len(b), 4*previewSize)], []byte("\uFFFD")))
}
