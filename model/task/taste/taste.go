// Package taste is judges of answers whose judgement can be computed: of two
// answers to a prompt each prefers one, or neither. So preferences can be made
// without people, and what a model has learned of them can be measured.
//
// A judge knows what it counts and nothing else. A model that learns to please
// it may do so in ways that no reader would like.
package taste

import "cmp"

// Taste is one judge.
type Taste struct {
	Name string
	// Prefers tells which of two answers to prompt is better: 1 is a, -1 is b, 0
	// is neither. Any bytes will do; the answers turned round turn the sign.
	Prefers func(prompt, a, b string) int
}

// Names are the tastes that come with Hornbook.
var Names = []string{"shorter", "happy", "speech", "rhyme"}

// ByName is the taste called name. How often it prefers one of two ends of
// Village Tales, each the second half of some tale, stands behind it: a pair
// that is a tie teaches nothing. Rhymes are for verse.
func ByName(name string) (Taste, bool) {
	judges := map[string]judge{
		"shorter": shorter,         // fewer words: .65
		"happy":   more(happiness), // a happy end: .60
		"speech":  more(speech),    // more of it said aloud: .98
		"rhyme":   more(rhymes),    // sentences or lines rhyme: .03
	}
	j, known := judges[name]
	if !known {
		return Taste{}, false
	}
	return Taste{name, awake(j)}, true
}

// judge is Taste's Prefers of two answers alone.
type judge func(a, b string) int

// awake is j for answers that say something. To say nothing is worse by every
// taste, or a model would learn to be silent.
func awake(j judge) func(prompt, a, b string) int {
	return func(_, a, b string) int {
		switch saysA, saysB := words(a) > 0, words(b) > 0; {
		case saysA && saysB:
			return j(a, b)
		case saysA:
			return 1
		case saysB:
			return -1
		}
		return 0
	}
}

// share is how many of so many of a text are such as a taste looks for; of is at
// least 1.
type share func(text string) (n, of int)

// more prefers the larger share.
func more(s share) judge {
	return func(a, b string) int {
		n, of := s(a)
		m, in := s(b)
		return cmp.Compare(n*in, m*of)
	}
}
