// Package data cuts a text's ids into training and validation parts and draws
// batches from them.
package data

import "math/rand/v2"

// Split cuts ids in front of their last tenth, training and validation; of a
// short text validation takes as much as one sequence and its last target.
func Split(ids []int32, context int) (train, val []int32) {
	n := Learned(len(ids), context)
	return ids[:n], ids[n:]
}

// Learned is how many of so many ids Split leaves to training.
func Learned(ids, context int) int { return min(ids*9/10, ids-context-1) }

// MinTokens is the fewest ids that can be split for a context, so that three
// times as many train as validate.
func MinTokens(context int) int { return 4 * (context + 1) }

// Source draws batches, the same for the same seed.
type Source interface {
	Seed(seed uint64) // begins the draws of seed again
	Next() Batch      // valid until the next call
}

// Sampler draws batches of random places of a text, as nanoGPT does: B sequences
// of T ids, and as targets the same moved by one.
type Sampler struct {
	ids         []int32
	batch, time int
	rng         *rand.Rand
	drawn       Batch
}

// NewSampler returns a sampler; ids must be longer than time.
func NewSampler(ids []int32, batch, time int, seed uint64) *Sampler {
	if len(ids) <= time {
		panic("data: fewer ids than one sequence needs")
	}
	n := batch * time
	s := &Sampler{ids: ids, batch: batch, time: time, drawn: Batch{IDs: make([]int32, n), Targets: make([]int32, n), Weights: make([]float32, n)}}
	for i := range s.drawn.Weights {
		s.drawn.Weights[i] = float32(1 / float64(n))
	}
	for range batch {
		s.drawn.Spans = append(s.drawn.Spans, time)
	}
	s.Seed(seed)
	return s
}

// Seed begins the draws of seed again.
func (s *Sampler) Seed(seed uint64) { s.rng = rand.New(rand.NewPCG(seed, 0xDA7A)) }

// Next draws a batch.
func (s *Sampler) Next() Batch {
	for b := range s.batch {
		at := s.rng.IntN(len(s.ids) - s.time)
		copy(s.drawn.IDs[b*s.time:(b+1)*s.time], s.ids[at:])
		copy(s.drawn.Targets[b*s.time:(b+1)*s.time], s.ids[at+1:])
	}
	return s.drawn
}
