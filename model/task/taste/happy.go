package taste

import "strings"

// good and bad are the words of Village Tales for what ends well, and does not.
var (
	good = set("happy glad proud friend friends laughed smiled fun best fine finest won winner gladly danced sang loved thank")
	bad  = set("sad afraid angry sorry worried cried cry hurt lost broken broke gone alone ill tired hungry bored")
)

func set(list string) map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		words[w] = true
	}
	return words
}

// happiness is the good words less the bad ones of the last two sentences: a
// tale may be sad before it ends well. It reads no sense: "not sad" is sad.
func happiness(text string) (n, of int) {
	list := sentences(text)
	for _, s := range list[max(0, len(list)-2):] {
		for word := range strings.FieldsSeq(s) {
			switch word = plain(word); {
			case good[word]:
				n++
			case bad[word]:
				n--
			}
		}
	}
	return n, 1
}
