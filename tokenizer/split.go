package tokenizer

import (
	"unicode"
	"unicode/utf8"
)

// GPT-2's split rule ("Language Models are Unsupervised Multitask Learners",
// 2019, section 2.2, and the pattern in OpenAI's encoder), by hand, as Go's
// regexp has no look-ahead. At each place the first alternative that matches
// wins, as long as it can be:
//
//	's|'t|'re|'ve|'m|'ll|'d      a contraction's ending
//	 ?\p{L}+                     letters, with the space before them
//	 ?\p{N}+                     numbers, likewise
//	 ?[^\s\p{L}\p{N}]+           anything else that is not white space, likewise
//	\s+(?!\S)                    white space, but for the last if text follows
//	\s+                          white space
//
// A byte that is not valid UTF-8 counts as U+FFFD does: neither letter, number
// nor white space. So text is cut as its lossy reading would be, and keeps its
// bytes.

type class uint8

const (
	other class = iota
	letter
	number
	space
)

var asciiClass = func() (table [utf8.RuneSelf]class) {
	for r := range table {
		table[r] = classOf(rune(r))
	}
	return table
}()

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return number
	case unicode.IsSpace(r):
		return space
	}
	return other
}

// nextClass gives the class and the length of the first character of text.
func nextClass(text []byte) (class, int) {
	if text[0] < utf8.RuneSelf {
		return asciiClass[text[0]], 1
	}
	r, n := utf8.DecodeRune(text)
	return classOf(r), n
}

// nextPreToken gives the length of the first pre-token of text, 0 if text is
// empty.
func nextPreToken(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	if n := contraction(text); n > 0 {
		return n
	}
	start := 0
	if text[0] == ' ' && len(text) > 1 {
		if c, _ := nextClass(text[1:]); c != space {
			start = 1
		}
	}
	c, end, last := run(text, start)
	if c == space && end < len(text) && last > 0 {
		return last // leave one character of white space for what follows
	}
	return end
}

// run finds the characters of one class from start: where they end, and where
// the last of them begins.
func run(text []byte, start int) (c class, end, last int) {
	c, n := nextClass(text[start:])
	last, end = start, start+n
	for end < len(text) {
		next, n := nextClass(text[end:])
		if next != c {
			break
		}
		last, end = end, end+n
	}
	return c, end, last
}

// contraction gives the length of the ending that text starts with, 0 if none.
func contraction(text []byte) int {
	if text[0] != '\'' || len(text) < 2 {
		return 0
	}
	switch text[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	if len(text) >= 3 {
		switch string(text[1:3]) {
		case "re", "ve", "ll":
			return 3
		}
	}
	return 0
}
