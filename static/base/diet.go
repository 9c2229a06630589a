package main

import (
	"math/rand/v2"

	"hornbook/model/data/chat"
	"hornbook/model/data/village"
	"hornbook/model/task"
)

// diet is n bytes of tales and of what can be asked about them, a line a
// question and a line its answer, with some sums and spelling between. Every
// second tale is followed by questions: who reads to answer learns to keep
// apart who has what, which tales alone hardly ask for. No question is of those
// that a task examines by.
func diet(n int) (text []byte) {
	rng, teller := rand.New(rand.NewPCG(seed, 0xD1E7)), village.New(seed)
	courses := []*course{{task: "village", share: 50}, {task: "sums", share: 4}, {task: "letters", share: 4}}
	for len(text) < n {
		at := rng.IntN(100)
		for _, c := range courses {
			if at -= c.share; at < 0 {
				text = lines(text, c.next())
				break
			}
		}
		if at >= 0 {
			text = append(text, teller.Next().Text...)
			text = append(text, "\n\n"...)
		}
	}
	return text
}

// course is the lessons of a task, of which share in a hundred is eaten.
type course struct {
	task  string
	share int
	seed  uint64
	left  []chat.Conversation
}

func (c *course) next() chat.Conversation {
	if len(c.left) == 0 {
		c.seed++
		job, _ := task.ByName(c.task)
		c.left = job.Lessons(seed<<16+c.seed, 1000)
	}
	talk := c.left[0]
	c.left = c.left[1:]
	return talk
}

// lines are a conversation as plain text: what each says on a line of its own.
func lines(text []byte, talk chat.Conversation) []byte {
	for _, m := range talk.Messages {
		text = append(append(text, m.Content...), '\n')
	}
	return append(text, '\n')
}
