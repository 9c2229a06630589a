package taste

import (
	"strings"
	"unicode"
)

// sentences are those of text, each with at least one word; a line ends one too.
func sentences(text string) (list []string) {
	for line := range strings.Lines(text) {
		var sentence []string
		for word := range strings.FieldsSeq(line) {
			if sentence = append(sentence, word); ends(word) {
				list, sentence = append(list, strings.Join(sentence, " ")), nil
			}
		}
		if len(sentence) > 0 {
			list = append(list, strings.Join(sentence, " "))
		}
	}
	return list
}

// ends tells whether a word is the last of its sentence.
func ends(word string) bool {
	word = strings.TrimRight(word, `"'”»)`)
	return word != "" && strings.Contains(".!?", word[len(word)-1:])
}

// plain is a word in small letters, without the marks around it.
func plain(word string) string { return strings.ToLower(strings.TrimFunc(word, notLetter)) }

func notLetter(r rune) bool { return !unicode.IsLetter(r) }
