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
		if ids == nil {
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
// answer and has at most so many; nil if there is none. What follows the last
// answer teaches nothing, and is left out without being missed.
func (t Template) fitting(messages []Message, most int) (ids []int32, counts []bool, cut bool) {
	for n := len(messages); n > 0; n-- {
		if messages[n-1].Role != Assistant {
			continue
		}
		if ids, counts = t.Encode(messages[:n]); len(ids) <= most {
			return ids, counts, cut
		}
		cut = true
	}
	return nil, nil, cut
}
