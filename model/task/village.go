package task

import (
	"math/rand/v2"

	"hornbook/model/data/chat"
	tales "hornbook/model/data/village"
)

// rarity is how much likelier a kind of fact is asked for than its number says,
// so that no kind is most of them.
var rarity = map[string]int{"friend": 2, "found": 10, "gave": 3, "why": 3, "holder": 3, "where": 1}

// village asks one question about each tale: the tale, and below it the
// question.
func village(seed uint64) drawing[Example] {
	teller, rng := tales.New(seed), rand.New(rand.NewPCG(seed, 0x71))
	return func() (Example, string) {
		tale := teller.Next()
		var facts []tales.Fact
		for _, f := range tale.Facts {
			for range rarity[f.Kind] {
				facts = append(facts, f)
			}
		}
		if len(facts) == 0 {
			return Example{}, ""
		}
		f := choose(rng, facts)
		return Example{Kind: f.Kind, Prompt: tale.Text + "\n" + f.Question, Answer: f.Sentence}, tale.Text
	}
}

// lesson is a tale with all that can be asked about it, one question after the
// other: it costs little more to learn from than one of them.
func lesson(seed uint64) drawing[chat.Conversation] {
	teller, rng := tales.New(seed), rand.New(rand.NewPCG(seed, 0x72))
	return func() (talk chat.Conversation, key string) {
		tale := teller.Next()
		rng.Shuffle(len(tale.Facts), func(i, j int) { tale.Facts[i], tale.Facts[j] = tale.Facts[j], tale.Facts[i] })
		for i, f := range tale.Facts {
			if key = tale.Text; i == 0 {
				f.Question = tale.Text + "\n" + f.Question
			}
			talk.Messages = append(talk.Messages, chat.Message{Role: chat.User, Content: f.Question}, chat.Message{Role: chat.Assistant, Content: f.Sentence})
		}
		return talk, key
	}
}
