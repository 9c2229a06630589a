// Package data cuts a text's ids into training and validation parts and draws
// batches from them.
package data

import "math/rand/v2"

// Split cuts ids in front of their last tenth, training and validation; of a
// short text validation takes as much as one sequence and its last target.
func Split(ids []int32, context int) (train, val []int32) {
	n := min(len(ids)*9/10, len(ids)-context-1)
	return ids[:n], ids[n:]
}

// MinTokens is the fewest ids that can be split for a context, so that three
// times as many train as validate.
func MinTokens(context int) int { return 4 * (context + 1) }

// Sampler draws batches of random places of ids, as nanoGPT does: B sequences
// of T ids, and as targets the same moved by one.
type Sampler struct {
	ids         []int32
	batch, time int
	rng         *rand.Rand
	X, Y        []int32 // (B,T) the latest batch
}

// NewSampler returns a sampler; ids must be longer than time.
func NewSampler(ids []int32, batch, time int, seed uint64) *Sampler {
	if len(ids) <= time {
		panic("data: fewer ids than one sequence needs")
	}
	s := &Sampler{ids: ids, batch: batch, time: time}
	s.X, s.Y = make([]int32, batch*time), make([]int32, batch*time)
	s.Seed(seed)
	return s
}

// Seed begins the draws of seed again.
func (s *Sampler) Seed(seed uint64) { s.rng = rand.New(rand.NewPCG(seed, 0xDA7A)) }

// Next draws a batch into X and Y.
func (s *Sampler) Next() {
	for b := range s.batch {
		at := s.rng.IntN(len(s.ids) - s.time)
		copy(s.X[b*s.time:(b+1)*s.time], s.ids[at:])
		copy(s.Y[b*s.time:(b+1)*s.time], s.ids[at+1:])
	}
}
