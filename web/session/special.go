package session

import (
	"bytes"
	"slices"

	"hornbook/model/recipe"
)

// Texts for language models often hold names of special tokens, such as
// <|endoftext|> between stories. They can be read as tokens, or as the letters
// that they are written in.

// specialNames are those without bars.
var specialNames = []string{"</s>", "<s>", "<eos>", "<bos>"}

const (
	manySpecials = 16 // different names in a text; where there are more, they are something else
	longSpecial  = 40 // bytes of a name
)

// specialsIn lists the names of special tokens in a text, as they first appear,
// none if they are too many, and tells whether the text is plainly made of parts
// between them: nine in ten begin or end a line.
func specialsIn(text []byte) (names []string, plainly bool) {
	all, edge := 0, 0
	for at := 0; ; {
		n := bytes.IndexByte(text[at:], '<')
		if n < 0 {
			break
		}
		at += n
		name := specialAt(text[at:])
		if name == "" {
			at++
			continue
		}
		end := at + len(name)
		all++
		if at == 0 || text[at-1] == '\n' || end == len(text) || text[end] == '\n' || text[end] == '\r' {
			edge++
		}
		if !slices.Contains(names, name) {
			if names = append(names, name); len(names) > manySpecials {
				return nil, false
			}
		}
		at = end
	}
	return names, all > 0 && 10*edge >= 9*all
}

// specialAt is the name of a special token that text, which begins with <, begins
// with; "" for none.
func specialAt(text []byte) string {
	for _, name := range specialNames {
		if bytes.HasPrefix(text, []byte(name)) {
			return name
		}
	}
	if len(text) < 2 || text[1] != '|' {
		return ""
	}
	for i, c := range text[2:min(len(text), longSpecial)] {
		switch {
		case c == '|' && i > 0 && 3+i < len(text) && text[3+i] == '>':
			return string(text[:4+i])
		case c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9'):
			return ""
		}
	}
	return ""
}

// asTokens tells whether the names of special tokens in a text are read as tokens:
// as is chosen or, where nothing is, if the text is plainly so made.
func asTokens(choice string, text []byte) bool {
	switch choice {
	case recipe.SpecialTokens:
		return true
	case recipe.SpecialLetters:
		return false
	}
	_, plainly := specialsIn(text)
	return plainly
}

// without is text without names.
func without(text []byte, names []string) []byte {
	for _, name := range names {
		text = bytes.ReplaceAll(text, []byte(name), nil)
	}
	return text
}
