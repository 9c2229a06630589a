package taste

import "strings"

// rhymes is how many of the sentences end with a rhyme on one of the two before.
func rhymes(text string) (n, of int) {
	var one, two string // the last word of the sentence before, and of that before it
	for _, s := range sentences(text) {
		word := plain(s[strings.LastIndex(s, " ")+1:])
		if rhyme(word, one) || rhyme(word, two) {
			n++
		}
		one, two = word, one
		of++
	}
	return n, max(of, 1)
}

// rhyme tells whether two words sound alike from their last stressed vowel on,
// as far as English spelling shows it. No word rhymes on itself.
func rhyme(a, b string) bool {
	tail := tailOf(a)
	return a != b && tail != "" && tail == tailOf(b)
}

// weak are endings that are not stressed where a vowel stands before them.
var weak = set("a e y ed en er ers es et ing ings le on")

// tailOf is a word from its last vowels on, or from those before them if a weak
// ending begins with the last: "day" has ay, "stone" one, "river" iver.
func tailOf(word string) string {
	last := vowels(word)
	if before := vowels(word[:last]); weak[word[last:]] && before < last {
		last = before
	}
	return word[last:]
}

// vowels is where the last run of vowels in word begins; its length if there is
// none.
func vowels(word string) int {
	rest := strings.TrimRight(word, "bcdfghjklmnpqrstvwxz'")
	if begin := strings.TrimRight(rest, "aeiouy"); len(begin) < len(rest) {
		return len(begin)
	}
	return len(word)
}
