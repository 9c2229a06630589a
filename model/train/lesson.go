package train

import (
	"hornbook/model/data"
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

// packed are lessons as the model reads them, one after the other.
type packed struct {
	ids, targets []int32 // of all tokens but each last one; a target of -1 is given
	lengths      []int
}

func pack(list []lesson) (p packed) {
	for _, l := range list {
		n := len(l.IDs) - 1
		p.ids, p.lengths = append(p.ids, l.IDs[:n]...), append(p.lengths, n)
		for i, id := range l.IDs[1:] {
			if i+1 < l.Prompt {
				id = -1
			}
			p.targets = append(p.targets, id)
		}
	}
	return p
}

// learned are, of numbers for all of p's tokens, those of each lesson's learned ones.
func (p packed) learned(list []lesson, x []float32) (parts [][]float32) {
	at := 0
	for i, n := range p.lengths {
		at += n
		parts = append(parts, x[at-list[i].Learned():at])
	}
	return parts
}

// portions cuts lessons into runs of whole units with at most so many tokens, or
// one unit.
func portions(list []lesson, unit, most int) (runs [][]lesson) {
	begin, tokens := 0, 0
	for i := 0; i < len(list); i += unit {
		n := 0
		for _, l := range list[i : i+unit] {
			n += len(l.IDs)
		}
		if i > begin && tokens+n > most {
			runs, begin, tokens = append(runs, list[begin:i]), i, 0
		}
		tokens += n
	}
	return append(runs, list[begin:])
}

// dealt is a rank's part of lessons: whole units, about as many tokens for each.
func dealt(list []lesson, unit, rank, size int) []lesson {
	all := 0
	for _, l := range list {
		all += len(l.IDs)
	}
	cut := func(rank int) int {
		tokens := 0
		for i := 0; i < len(list); i += unit {
			if tokens*size >= all*rank {
				return i
			}
			for _, l := range list[i : i+unit] {
				tokens += len(l.IDs)
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
