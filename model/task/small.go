package task

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// sums asks for sums and differences of numbers below 50, in words of a few
// forms. Its working takes ones and tens apart.
func sums(seed uint64) drawing[Example] {
	rng := rand.New(rand.NewPCG(seed, 0x50))
	return func() (Example, string) {
		a, b := rng.IntN(50), rng.IntN(50)
		if rng.IntN(2) == 0 {
			a, b = max(a, b), min(a, b)
			form := choose(rng, []string{"What is %d - %d?", "How much is %d minus %d?"})
			return sum("difference", form, a, '-', b, -b), fmt.Sprint(a, "-", b)
		}
		form := choose(rng, []string{"What is %d + %d?", "How much is %d plus %d?"})
		return sum("sum", form, a, '+', b, b), fmt.Sprint(min(a, b), "+", max(a, b))
	}
}

// sum asks for a+c, as a and b with a sign between. 27+15 is worked out as
// "7+5=12, 20+10=30".
func sum(kind, form string, a int, sign rune, b, c int) Example {
	return Example{kind, fmt.Sprintf(form, a, b), strconv.Itoa(a + c), fmt.Sprintf("%d%c%d=%d, %d%c%d=%d",
		a%10, sign, b%10, a%10+c%10, a/10*10, sign, b/10*10, a/10*10+c/10*10)}
}

// letters asks about made-up words: to spell them, to turn them round, for
// their last letter, and how many letters they have.
func letters(seed uint64) drawing[Example] {
	rng := rand.New(rand.NewPCG(seed, 0x1E))
	return func() (Example, string) {
		word := syllables(rng)
		switch rng.IntN(4) {
		case 0:
			return Example{Kind: "spell", Prompt: "Spell " + word + ".", Answer: strings.Join(strings.Split(word, ""), " ")}, word
		case 1:
			return Example{Kind: "turn", Prompt: "Write " + word + " from back to front.", Answer: turned(word)}, word
		case 2:
			return Example{Kind: "last", Prompt: "What is the last letter of " + word + "?", Answer: word[len(word)-1:]}, word
		}
		return Example{Kind: "count", Prompt: "How many letters has " + word + "?", Answer: strconv.Itoa(len(word))}, word
	}
}

// syllables are a word of one to three, such as "tamo".
func syllables(rng *rand.Rand) string {
	var word []byte
	for range 1 + rng.IntN(3) {
		word = append(word, "bdfgklmnprstvw"[rng.IntN(14)], "aeiou"[rng.IntN(5)])
	}
	if rng.IntN(2) == 0 {
		word = append(word, "lmnrst"[rng.IntN(6)])
	}
	return string(word)
}

func turned(word string) string {
	out := make([]byte, len(word))
	for i := range len(word) {
		out[len(word)-1-i] = word[i]
	}
	return string(out)
}
