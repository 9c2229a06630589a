package task

import (
	"math/rand/v2"
	"strings"

	"hornbook/model/data/chat"
)

// Mix is what demonstrations are like: the parts of them, from 0 to 1, that show
// the working, hedge, and are wrong; the others are right and say no more. Of
// parts that are more than the whole, the last get less.
type Mix struct {
	Working float64 // thoughts and then the answer; the answer alone where an example has no working
	Hedged  float64 // all the choices of the task; the answer where it has none
	Wrong   float64 // the answer to another example
}

// Demonstrations are n examples of Train with replies, mixed by the seed, or, where
// nothing is mixed in, conversations of several questions if the task has such. The
// examples do not depend on m.
func (t Task) Demonstrations(m Mix, seed uint64, n int) []chat.Conversation {
	if t.lessons != nil && m == (Mix{}) {
		return t.lessons(seed, n)
	}
	rng := rand.New(rand.NewPCG(seed, 0x3D))
	examples := t.Examples(Train, seed, n)
	talks := make([]chat.Conversation, len(examples))
	for i, e := range examples {
		reply := chat.Message{Role: chat.Assistant, Content: t.answer(e)}
		switch part := rng.Float64(); {
		case part < m.Working:
			reply.Thinking = e.Working
		case part < m.Working+m.Hedged && t.Choices != nil:
			reply.Content = strings.Join(t.Choices, " ")
		case m.Working+m.Hedged <= part && part < m.Working+m.Hedged+m.Wrong:
			reply.Content = t.wrong(examples, i)
		}
		talks[i].Messages = []chat.Message{{Role: chat.User, Content: e.Prompt}, reply}
	}
	return talks
}

// answer is a right answer to e, as the assistant may say it.
func (t Task) answer(e Example) string {
	if said, err := t.Strict.said(e); err == nil {
		return said
	}
	return e.Answer
}

// wrong is an answer to example i that is right for another of its kind, among
// the next hundred; the right one if there is no such.
func (t Task) wrong(examples []Example, i int) string {
	e := examples[i]
	for j := range min(100, len(examples)) {
		other := examples[(i+j)%len(examples)]
		if said := t.answer(other); other.Kind == e.Kind && !t.Strict.Right(e, said) {
			return said
		}
	}
	return t.answer(e)
}
