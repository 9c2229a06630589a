package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"hornbook/web/session"
)

// What the model that answers learns from: the questions about tales that lesson 4
// gives too, and others about two sentences, as pupils write them themselves. By the
// first alone it answers 23 of 30 about tales, but "It was Peter." to the card's.

const (
	tales     = 800   // questions about tales
	shorts    = 12000 // questions about two sentences
	shortSeed = 4
)

var (
	boys, girls = strings.Fields("Tom Ben Theo Adam Henry Hans Peter Jacob"), strings.Fields("Lily Nell Sara Dora Lucy Agnes Vera Martha Tess Edith")
	things      = strings.Fields("ball kite key coin whistle hat cup book basket bell apple flute spoon cake lamp drum")
	looks       = strings.Fields("red white tin silver blue green little new big yellow")
	places      = strings.Fields("mill well barn hill bridge school farm meadow river garden church pond")
)

// asked are the questions of the lesson, which are not to be learned by heart.
var asked = []string{"Tom had a red ball. He gave the ball to Lily.", "Ben found a key at the mill. He gave the key to Nell."}

// examples are both, in turn by chance, as a file of conversations.
func examples() ([]byte, error) {
	all, err := session.Lessons("village")
	if err != nil {
		return nil, err
	}
	rng, lines := rand.New(rand.NewPCG(shortSeed, 0x5407)), bytes.SplitAfter(all, []byte("\n"))[:tales]
	for range shorts {
		lines = append(lines, short(rng))
	}
	rng.Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	return bytes.Join(lines, nil), nil
}

// short is a conversation about two sentences.
func short(rng *rand.Rand) []byte {
	pick := func(words []string) string { return words[rng.IntN(len(words))] }
	a, he, b := pick(boys), "he", pick(girls)
	if rng.IntN(2) == 0 {
		a, he, b = b, "she", a
	}
	thing, look, place, other := pick(things), pick(looks), pick(places), pick(places)
	tell := strings.NewReplacer("{a}", a, "{He}", strings.ToUpper(he[:1])+he[1:], "{he}", he, "{b}", b, "{look}", look, "{thing}", thing, "{place}", place, "{other}", other)
	f := forms[rng.IntN(len(forms))]
	k := rng.IntN(len(f.questions))
	tale := tell.Replace(f.tale)
	if slices.Contains(asked, tale) {
		return short(rng)
	}
	return fmt.Appendf(nil, `{"messages":[{"role":"user","content":%q},{"role":"assistant","content":%q}]}`+"\n",
		tale+" "+tell.Replace(f.questions[k][0]), tell.Replace(f.questions[k][1]))
}

// forms are the tales, each with questions and their answers.
var forms = []struct {
	tale      string
	questions [][2]string
}{
	{"{a} had a {look} {thing}. {He} gave the {thing} to {b}.", [][2]string{{"Who has the {thing}?", "{b} has the {thing}."}, {"Who has the {thing} now?", "{b} has the {thing}."},
		{"Who gave the {thing} to {b}?", "It was {a}."}, {"What did {a} give to {b}?", "It was the {look} {thing}."}}},
	{"{a} found a {thing} at the {place}. {He} gave the {thing} to {b}.", [][2]string{{"Where did {a} find the {thing}?", "{a} found the {thing} at the {place}."},
		{"Who found the {thing}?", "It was {a}."}, {"Who has the {thing}?", "{b} has the {thing}."}, {"What did {a} find?", "It was a {thing}."}}},
	{"{a} gave a {look} {thing} to {b}. {b} went to the {place}.", [][2]string{{"Who has the {thing}?", "{b} has the {thing}."}, {"Where did {b} go?", "{b} went to the {place}."}, {"Who went to the {place}?", "It was {b}."}}},
	{"{a} was at the {place}. {b} was at the {other}.", [][2]string{{"Where was {a}?", "{a} was at the {place}."}, {"Where was {b}?", "{b} was at the {other}."}}},
	{"{a} lost a {thing} at the {place}. {b} found it.", [][2]string{{"Who lost the {thing}?", "It was {a}."}, {"Who found the {thing}?", "It was {b}."}, {"Where did {a} lose the {thing}?", "{a} lost the {thing} at the {place}."}}},
	{"{a} was sad because {he} had lost a {thing}. {b} helped {a}.", [][2]string{{"Why was {a} sad?", "{a} was sad because {he} had lost a {thing}."}, {"Who helped {a}?", "It was {b}."}, {"Who was sad?", "It was {a}."}}},
}
