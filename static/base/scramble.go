package main

import (
	"math/rand/v2"
	"unicode/utf8"

	"hornbook/model/data/village"
)

// scrambled is n bytes of tales in letters, marks and lines that no tale has: in
// each the letters are exchanged, some are capitals, some marks and characters
// of other languages stand between. A model that has read some of it knows every
// token a little and expects no tale where none is, so it takes to a new text
// from 4 nats a token less, and forgets half as much of the tales on the way.
// What was tried: model/recipe/LOG.md.
func scrambled(n int) (text []byte) {
	rng, teller := rand.New(rand.NewPCG(seed, 0x5C4A)), village.New(seed+1)
	for len(text) < n {
		text = append(scramble(text, teller.Next().Text, rng), "\n\n"...)
	}
	return text
}

// scripts are the first and last characters of some writings.
var scripts = [][2]rune{{0xC0, 0xFF}, {0x391, 0x3C9}, {0x410, 0x44F}, {0x5D0, 0x5EA}, {0x4E00, 0x9FFF}, {0x1F300, 0x1F64F}}

const marks = `,.;:!?'"-()[]0123456789&*/=`

func scramble(text []byte, tale string, rng *rand.Rand) []byte {
	letters, capitals, strange := rng.Perm(26), rng.Float64()*rng.Float64(), rng.Float64()*0.1
	script := scripts[rng.IntN(len(scripts))]
	for _, c := range []byte(tale) {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case c >= 'a' && c <= 'z' && rng.Float64() < capitals:
			c = 'A' + byte(letters[c-'a'])
		case c >= 'a' && c <= 'z':
			c = 'a' + byte(letters[c-'a'])
		case c == ' ' && rng.IntN(12) == 0:
			c = '\n'
		}
		text = append(text, c)
		switch {
		case rng.Float64() < strange:
			text = append(text, marks[rng.IntN(len(marks))])
		case rng.IntN(60) == 0:
			text = utf8.AppendRune(text, script[0]+rng.Int32N(script[1]-script[0]+1))
		}
	}
	return text
}
