package chat

import "hornbook/model/data"

// Report says what became of conversations that were to be learned from.
type Report struct {
	Kept    int // conversations, the cut ones included
	Cut     int // of them, which lost their last turns
	Dropped int // too long up to the assistant's first turn
	Tokens  int // of those that are kept
	Counted int // of them, that are learned
}

// Corpus is conversations as documents of at most context tokens. One that is
// longer is cut behind the last answer that fits; one of which no answer fits is
// dropped.
func (t Template) Corpus(list []Conversation, context int) (c data.Corpus, r Report) {
	for _, talk := range list {
		ids, counts, cut := t.fitting(talk.Messages, context+1)
		if len(ids) == 0 {
			r.Dropped++
			continue
		}
		r.Kept++
		if cut {
			r.Cut++
		}
		n := len(ids) - 1 // of the last token nothing follows
		c.IDs, c.Lengths = append(c.IDs, ids[:n]...), append(c.Lengths, int32(n))
		for i, id := range ids[1:] {
			target := int32(-1)
			if counts[i+1] {
				target = id
				r.Counted++
			}
			c.Targets = append(c.Targets, target)
		}
	}
	r.Tokens = len(c.IDs)
	return c, r
}

// fitting are the tokens of the longest beginning of messages that ends with an
// answer and has at most so many; none if there is no such. cut tells whether
// answers are lost: what follows the last one teaches nothing, and is left out
// without being missed.
func (t Template) fitting(messages []Message, most int) (ids []int32, counts []bool, cut bool) {
	fits := 0 // tokens up to the last answer that fits
	for _, m := range messages {
		if len(ids) <= most {
			more, count := t.Encode([]Message{m})
			ids, counts = append(ids, more...), append(counts, count...)
		}
		if m.Role != Assistant {
			continue
		}
		if cut = len(ids) > most; cut {
			break
		}
		fits = len(ids)
	}
	return ids[:fits], counts[:fits], cut
}
