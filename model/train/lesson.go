package train

import (
	"slices"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/tensor"
)

// lesson is a sequence that a step learns from, with what the lead says of it.
type lesson struct {
	data.Sequence
	each      float32   // what the loss of each learned token counts
	share     float32   // what the loss of the sequence, or of its pair, counts
	advantage float32   // of a reply over the others of its group
	old       []float32 // nats of the learned tokens when they were first learned from; nil at that time
}

// rule is how an objective turns into a loss what the model says of lessons: it
// sees them in units that belong together, and says how the loss follows the losses
// of their tokens.
type rule struct {
	unit        int     // lessons of each unit
	temperature float64 // that logits are divided by
	frozen      bool    // it wants to know what the frozen model says of the tokens
	entropy     bool    // it wants to know how sure the model is of each token

	// of is the loss of a unit as far as it does not add up to more, and sums for
	// the measures; it fills slopes, of each lesson's learned tokens, with the
	// derivatives of the loss by now.
	of func(unit []spoken, slopes [][]float64) sums
}

// spoken is a lesson with what models say of its learned tokens, in nats.
type spoken struct {
	lesson
	now     []float32 // -log p
	frozen  []float32 // the same by the frozen model; nil where the rule does not want it
	entropy []float32 // nil where the rule does not want it
}

// sums are what a step adds up for the loss, which comes first, and the measures
// of its objective.
type sums [10]float64

func (s *sums) add(more sums) {
	for i := range s {
		s[i] += more[i]
	}
}

// packed are lessons as the model reads them, one after the other. Where neighbours
// have the same prompt it is read once: each looks back at its keys and values.
type packed struct {
	ids, targets []int32 // a target of -1 is given
	spans        []tensor.Span
	past         [][]int32 // of each span
	keys         []int32
	ends         []int // of each lesson's rows
}

func pack(list []lesson) (p packed) {
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[0].asked(list[n]) {
			n++
		}
		p.add(list[:n])
		list = list[n:]
	}
	return p
}

// add packs lessons of one prompt. Its last token is read again for each of them,
// since what follows it differs.
func (p *packed) add(list []lesson) {
	prompt := list[0].IDs[:list[0].Prompt-1]
	if len(list) == 1 {
		prompt = nil
	}
	begin := p.read(prompt, 0, 0, nil)
	for _, l := range list {
		p.read(l.IDs[len(prompt):len(l.IDs)-1], begin, len(prompt), prompt)
		for i := range l.Learned() {
			p.targets[len(p.targets)-l.Learned()+i] = l.IDs[l.Prompt+i]
		}
		p.ends = append(p.ends, len(p.ids))
	}
}

// read adds a span of ids, which looks back at so many rows from begin on besides its
// own, and returns its first row. None of it is learned yet.
func (p *packed) read(ids []int32, begin, rows int, past []int32) (first int) {
	first = len(p.ids)
	if len(ids) == 0 {
		return first
	}
	p.spans, p.past = append(p.spans, tensor.Span{Rows: len(ids), First: rows, Keys: len(p.keys)}), append(p.past, past)
	for i := range rows {
		p.keys = append(p.keys, int32(begin+i))
	}
	for i, id := range ids {
		p.ids, p.targets, p.keys = append(p.ids, id), append(p.targets, -1), append(p.keys, int32(first+i))
	}
	return first
}

// pass is p's way through a model.
func (p packed) pass(t *tensor.Tape) model.Pass {
	pass := model.Pass{Tape: t, IDs: p.ids, Spans: p.spans, Past: p.past, Keys: p.keys}
	if len(p.keys) == len(p.ids) { // nothing is shared
		pass.Keys = nil
	}
	return pass
}

// learned are, of numbers for all of p's rows, those of each lesson's learned tokens.
func (p packed) learned(list []lesson, x []float32) (parts [][]float32) {
	for i, end := range p.ends {
		parts = append(parts, x[end-list[i].Learned():end])
	}
	return parts
}

// rows are how many each lesson adds to what is read of them all.
func rows(list []lesson) (n []int) {
	for i, l := range list {
		n = append(n, l.Learned())
		if i == 0 || !list[i-1].asked(l) {
			n[i] += l.Prompt - 1
		}
	}
	return n
}

// asked tells whether both have one prompt.
func (l lesson) asked(other lesson) bool {
	return slices.Equal(l.IDs[:l.Prompt], other.IDs[:other.Prompt])
}

// portions cuts lessons into runs of whole units with at most so many rows, or one
// unit.
func portions(list []lesson, unit, most int) (runs [][]lesson) {
	begin, all, n := 0, 0, rows(list)
	for i := 0; i < len(list); i += unit {
		more := 0
		for _, rows := range n[i : i+unit] {
			more += rows
		}
		if i > begin && all+more > most {
			runs, begin, all = append(runs, list[begin:i]), i, 0
		}
		all += more
	}
	return append(runs, list[begin:])
}

// dealt is a rank's part of lessons: whole units, about as many rows for each.
func dealt(list []lesson, unit, rank, size int) []lesson {
	n := rows(list)
	all := 0
	for _, rows := range n {
		all += rows
	}
	cut := func(rank int) int {
		before := 0
		for i := 0; i < len(list); i += unit {
			if before*size >= all*rank {
				return i
			}
			for _, rows := range n[i : i+unit] {
				before += rows
			}
		}
		return len(list)
	}
	return list[cut(rank):cut(rank+1)]
}

// On the board a lesson is its numbers and its ids. What was old the ranks know.

func (f *floats) lesson(l lesson) {
	*f = append(*f, l.each, l.share, l.advantage)
	f.number(l.Prompt)
	f.ids(l.IDs)
}

func (r *reading) lesson() (l lesson) {
	l.each, l.share, l.advantage = (*r)[0], (*r)[1], (*r)[2]
	*r = (*r)[3:]
	l.Prompt = r.number()
	l.IDs = r.ids()
	return l
}

func encodeLessons(list []lesson) []float32 {
	var f floats
	f.number(len(list))
	for _, l := range list {
		f.lesson(l)
	}
	return f
}

func decodeLessons(x []float32) []lesson {
	r := reading(x)
	list := make([]lesson, r.number())
	for i := range list {
		list[i] = r.lesson()
	}
	return list
}
