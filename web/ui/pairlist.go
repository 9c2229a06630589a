package ui

import (
	"encoding/json"
	"slices"
	"strings"

	"hornbook/web/protocol"
)

// PairList is pairs of answers as a person works on them: looked at a few at a
// time, switched round, edited, deleted and put back.
type PairList struct {
	Pairs  []protocol.Pair
	From   int           // the first that is shown
	Edits  int           // the one that is edited, -1 for none
	Edited protocol.Pair // as it stands in the form
	Open   bool          // they are looked at
	Beyond int           // pairs of the file that are too many to be listed

	former []protocol.Pair // before the last deletion; nil: there is nothing to put back
}

// pairsShown are those that are in sight at once, since each costs time whenever the
// page is drawn.
const pairsShown = 5

// shown are the places of those that are in sight.
func (l *PairList) shown() (places []int) {
	for i := l.From; i < min(l.From+pairsShown, len(l.Pairs)); i++ {
		places = append(places, i)
	}
	return places
}

// Turn shows those before or behind.
func (l *PairList) Turn(by int) {
	l.From = max(0, min(l.From+by*pairsShown, (len(l.Pairs)-1)/pairsShown*pairsShown))
	l.Edits = -1
}

// add puts a pair at the front, unless it is there. It reports false if there is no
// room for more.
func (l *PairList) add(p protocol.Pair) bool {
	if len(l.Pairs) >= protocol.MostPairs || l.bytes()+size(p) > protocol.PairBytes {
		return false
	}
	if !slices.ContainsFunc(l.Pairs, func(q protocol.Pair) bool { return samePair(p, q) }) {
		l.Pairs = slices.Insert(l.Pairs, 0, p)
		if l.Edits >= 0 {
			l.Edits++
		}
		l.former = nil
	}
	return true
}

func (l *PairList) bytes() (n int) {
	for _, p := range l.Pairs {
		n += size(p)
	}
	return n
}

func size(p protocol.Pair) int {
	n := len(p.Prompt) + len(p.Chosen) + len(p.Rejected)
	for _, m := range p.Messages {
		n += len(m.Content)
	}
	return n
}

func samePair(p, q protocol.Pair) bool {
	return p.Prompt == q.Prompt && p.Chosen == q.Chosen && p.Rejected == q.Rejected && slices.Equal(p.Messages, q.Messages)
}

// swap makes the chosen answer of a pair the rejected one.
func (l *PairList) swap(i int) {
	p := &l.Pairs[i]
	p.Chosen, p.Rejected = p.Rejected, p.Chosen
}

// remove deletes a pair, or all for -1; back puts them back.
func (l *PairList) remove(i int) {
	l.former, l.Edits = slices.Clone(l.Pairs), -1
	if i < 0 {
		l.Pairs = nil
	} else {
		l.Pairs = slices.Delete(l.Pairs, i, i+1)
	}
	l.Turn(0)
}

func (l *PairList) back() {
	l.Pairs, l.former, l.Edits = l.former, nil, -1
	l.Turn(0)
}

// edit opens the form of a pair; save takes it over, if all of it is filled in and
// the answers differ.
func (l *PairList) edit(i int) { l.Edits, l.Edited = i, l.Pairs[i] }

func (l *PairList) save() bool {
	e := l.Edited
	if strings.TrimSpace(asksFor(e)) == "" || strings.TrimSpace(e.Chosen) == "" || strings.TrimSpace(e.Rejected) == "" || e.Chosen == e.Rejected {
		return false
	}
	l.Pairs[l.Edits], l.Edits = e, -1
	return true
}

// asksFor is the prompt of a pair as text: of a conversation what was said last.
func asksFor(p protocol.Pair) string {
	if last := len(p.Messages) - 1; last >= 0 {
		return p.Messages[last].Content
	}
	return p.Prompt
}

// ask makes a text the edited pair's prompt.
func (l *PairList) ask(text string) {
	e := &l.Edited
	if last := len(e.Messages) - 1; last >= 0 {
		e.Messages = slices.Clone(e.Messages)
		e.Messages[last].Content = text
		return
	}
	e.Prompt = text
}

// speaks tells whether some pairs are conversations.
func (l *PairList) speaks() bool {
	return slices.ContainsFunc(l.Pairs, func(p protocol.Pair) bool { return len(p.Messages) > 0 })
}

// lines are the pairs as a file of TRL's form: JSON lines.
func (l *PairList) lines() string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, p := range l.Pairs {
		if err := enc.Encode(line(p)); err != nil {
			panic(err) // of texts alone
		}
	}
	return out.String()
}

// line is a pair as one of those lines holds it.
func line(p protocol.Pair) any {
	if len(p.Messages) == 0 {
		return pairLine[string]{p.Prompt, p.Chosen, p.Rejected}
	}
	answer := func(text string) []protocol.Message { return []protocol.Message{{Role: model, Content: text}} }
	return pairLine[[]protocol.Message]{p.Messages, answer(p.Chosen), answer(p.Rejected)}
}

type pairLine[T any] struct {
	Prompt   T `json:"prompt"`
	Chosen   T `json:"chosen"`
	Rejected T `json:"rejected"`
}
