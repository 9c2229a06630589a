package pdf

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// fromRight tells whether a text has letters that are read from the right.
func fromRight(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x590 && isRight(r) })
}

func isRight(r rune) bool {
	switch class(r) {
	case bidi.R, bidi.AL:
		return true
	}
	return false
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// logical puts a line in the order of reading whose letters stand from left to
// right as they are seen. That is the Unicode Bidirectional Algorithm's last
// step (rule L2) backwards: the line is turned if most of it is read from the
// right, else its runs from the right are; numbers and words from the left
// within those are turned back.
func logical(line string) string {
	letters := []rune(line)
	left, right := 0, 0
	for _, r := range letters {
		switch {
		case isRight(r):
			right++
		case class(r) == bidi.L:
			left++
		}
	}
	if right >= left {
		turn(letters)
		runs(letters, isLeft, turn)
		return string(marksAfter(letters))
	}
	runs(letters, isRight, func(run []rune) {
		turn(run)
		runs(run, isLeft, turn)
	})
	return string(marksAfter(letters))
}

func isLeft(r rune) bool {
	switch class(r) {
	case bidi.L, bidi.EN, bidi.AN:
		return true
	}
	return false
}

// turn reverses letters; brackets then face the other way.
func turn(letters []rune) {
	slices.Reverse(letters)
	for i, r := range letters {
		if at := strings.IndexRune(brackets, r); at >= 0 {
			letters[i] = []rune(brackets)[strings.Count(brackets[:at], "")-1^1]
		}
	}
}

// brackets are pairs that mirror each other.
const brackets = "()[]{}<>«»"

// runs hands the runs of letters of a kind on, with what lies between two of
// them that is neither.
func runs(letters []rune, kind func(rune) bool, each func([]rune)) {
	for i := 0; i < len(letters); {
		if !kind(letters[i]) {
			i++
			continue
		}
		end := i + 1
		for j := end; j < len(letters) && (kind(letters[j]) || !isLeft(letters[j]) && !isRight(letters[j])); j++ {
			if kind(letters[j]) {
				end = j + 1
			}
		}
		each(letters[i:end])
		i = end
	}
}

// marksAfter puts vowel signs behind the letters that they stood before.
func marksAfter(letters []rune) []rune {
	for i := 1; i < len(letters); i++ {
		if unicode.Is(unicode.Mn, letters[i-1]) && isRight(letters[i]) && (i < 2 || !isRight(letters[i-2])) {
			letters[i-1], letters[i] = letters[i], letters[i-1]
		}
	}
	return letters
}

// plain writes ligatures and the shapes of letters as the letters that they
// are, and drops what is no letter at all.
func plain(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r >= 0xFB00 && r <= 0xFDFF, r >= 0xFE70 && r <= 0xFEFC:
			out.WriteString(norm.NFKC.String(string(r)))
		case r < ' ' && r != '\t':
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
