package tokenizer

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What one character of a pattern may be: classes […], and what a \ begins.

// one reads one character, or a class of them.
func (r *patternReader) one() (has func(rune) bool, err error) {
	char, n := utf8.DecodeRuneInString(r.rest)
	switch char {
	case '[':
		return r.class()
	case '\\':
		return r.escape()
	case '.':
		r.rest = r.rest[1:]
		return func(c rune) bool { return c != '\n' }, nil
	}
	r.rest = r.rest[n:]
	return is(char), nil
}

func is(char rune) func(rune) bool { return func(c rune) bool { return c == char } }

// class reads […], with ranges, classes inside, and && for what is in both.
func (r *patternReader) class() (func(rune) bool, error) {
	r.rest = r.rest[1:]
	not := strings.HasPrefix(r.rest, "^")
	if not {
		r.rest = r.rest[1:]
	}
	var any, all []func(rune) bool
	for first := true; first || !strings.HasPrefix(r.rest, "]"); first = false {
		switch {
		case r.rest == "":
			return nil, fmt.Errorf("a ] is missing")
		case strings.HasPrefix(r.rest, "[:"):
			return nil, fmt.Errorf("a named class is not supported")
		case strings.HasPrefix(r.rest, "]"):
			return nil, fmt.Errorf("an empty class is not supported")
		case strings.HasPrefix(r.rest, "&&"):
			all, any, r.rest = append(all, union(any)), nil, r.rest[2:]
			continue
		}
		has, err := r.ranged()
		if err != nil {
			return nil, err
		}
		any = append(any, has)
	}
	r.rest = r.rest[1:]
	all = append(all, union(any))
	return func(c rune) bool {
		for _, has := range all {
			if !has(c) {
				return not
			}
		}
		return !not
	}, nil
}

func union(any []func(rune) bool) func(rune) bool {
	return func(c rune) bool {
		for _, has := range any {
			if has(c) {
				return true
			}
		}
		return false
	}
}

// ranged reads a member of a class: a class, a character, or a range of them.
func (r *patternReader) ranged() (func(rune) bool, error) {
	if r.rest[0] == '[' {
		return r.class()
	}
	low, has, err := r.member()
	if err != nil || has != nil {
		return has, err
	}
	if len(r.rest) < 2 || r.rest[0] != '-' || r.rest[1] == ']' {
		return is(low), nil
	}
	r.rest = r.rest[1:]
	high, has, err := r.member()
	if err == nil && (has != nil || high < low) {
		err = fmt.Errorf("a range without an end is not supported")
	}
	return func(c rune) bool { return low <= c && c <= high }, err
}

// member reads a character of a class or, if has is not nil, a class by its name.
func (r *patternReader) member() (char rune, has func(rune) bool, err error) {
	char, n := utf8.DecodeRuneInString(r.rest)
	if char != '\\' {
		r.rest = r.rest[n:]
		return char, nil, nil
	}
	if char, ok := r.escapedChar(); ok {
		return char, nil, nil
	}
	has, err = r.escape()
	return 0, has, err
}

// escapedChar reads \n and the like, \x7F, \u4E00, and marks behind a \.
func (r *patternReader) escapedChar() (rune, bool) {
	if len(r.rest) < 2 {
		return 0, false
	}
	c, digits := r.rest[1], 0
	switch c {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'n', 'r', 't', 'f', 'v', 'a', 'e':
		r.rest = r.rest[2:]
		return map[byte]rune{'n': '\n', 'r': '\r', 't': '\t', 'f': '\f', 'v': '\v', 'a': '\a', 'e': 0x1B}[c], true
	}
	if digits > 0 && len(r.rest) >= 2+digits {
		n, err := strconv.ParseUint(r.rest[2:2+digits], 16, 32)
		if err != nil || c == 'x' && n >= utf8.RuneSelf {
			return 0, false
		}
		r.rest = r.rest[2+digits:]
		return rune(n), true
	}
	if c >= utf8.RuneSelf || !isPunctuation(rune(c)) && c != ' ' {
		return 0, false
	}
	r.rest = r.rest[2:]
	return rune(c), true
}

// escape reads what a \ begins.
func (r *patternReader) escape() (func(rune) bool, error) {
	if char, ok := r.escapedChar(); ok {
		return is(char), nil
	}
	if len(r.rest) < 2 {
		return nil, fmt.Errorf("a \\ without what it stands for")
	}
	if c := r.rest[1]; c == 'p' || c == 'P' {
		return r.property()
	}
	classes := map[byte]func(rune) bool{'s': unicode.IsSpace, 'd': unicode.IsDigit, 'w': isWord}
	c := r.rest[1]
	has, known := classes[c|0x20]
	if !known {
		return nil, fmt.Errorf("“\\%c” is not supported", c)
	}
	r.rest = r.rest[2:]
	if c < 'a' {
		return func(r rune) bool { return !has(r) }, nil
	}
	return has, nil
}

// property reads \p{L}, \P{L} or \p{^L}.
func (r *patternReader) property() (func(rune) bool, error) {
	not := r.rest[1] == 'P'
	name, after, closed := strings.Cut(r.rest[2:], "}")
	name, opened := strings.CutPrefix(name, "{")
	name, turned := strings.CutPrefix(name, "^")
	table, known := properties[name]
	if !opened || !closed || !known {
		return nil, fmt.Errorf("the property %s is not supported", quote(name))
	}
	r.rest = after
	return func(c rune) bool { return unicode.Is(table, c) != (not != turned) }, nil
}
