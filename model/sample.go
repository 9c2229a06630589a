package model

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"hornbook/model/cpu"
)

// Sampling says how the next token is chosen.
type Sampling struct {
	Temperature float64 // 0 takes the likeliest
	TopK        int     // only the k likeliest; 0 for all
	TopP        float64 // only the likeliest whose probabilities reach p; 0 or 1 for all (Holtzman et al. 2020)
	Seed        uint64
}

// Rand is the source of randomness of one generation.
func (s Sampling) Rand() *rand.Rand { return rand.New(rand.NewPCG(s.Seed, 0)) }

// picker is the memory of Pick.
type picker struct {
	weights []float32   // (V)
	room    []candidate // (V)
}

func newPicker(vocab int) picker { return picker{make([]float32, vocab), make([]candidate, vocab)} }

// Pick draws the next token by its logits as s says: the temperature first,
// then the k likeliest, then as few of them as reach p. Of equal logits the
// lower id is the likelier.
func (p *picker) Pick(logits []float32, s Sampling, rng *rand.Rand) int32 {
	if s.Temperature <= 0 {
		return Likeliest(logits)
	}
	weights := p.weights[:len(logits)]
	cpu.Softmax(weights, logits, s.Temperature)
	c := candidates(p.room[:0])
	topK, topP := s.TopK > 0 && s.TopK < len(logits), s.TopP > 0 && s.TopP < 1
	switch {
	case topK:
		c.fill(weights, 0)
		c.keep(s.TopK, math.Inf(1))
		if topP {
			c.keep(s.TopK, s.TopP*c.total())
		}
	case topP:
		// All that are under this together weigh less than the part that is
		// cut off: of a sure model's tokens few are left.
		total := c.fill(weights, 0.5*(1-s.TopP)/float64(len(logits)))
		c.keep(len(logits), s.TopP*total)
	default:
		c.fill(weights, 0)
	}
	return c.draw(rng)
}

// Likeliest is the id of the largest logit.
func Likeliest(logits []float32) int32 {
	best := 0
	for i, z := range logits {
		if z > logits[best] {
			best = i
		}
	}
	return int32(best)
}

// candidate is an id that may be drawn, under the bits of its weight, which is
// not negative, so that the larger candidate is the likelier one; of equal
// weights the one of the lower id.
type candidate uint64

func newCandidate(id int, weight float32) candidate {
	return candidate(math.Float32bits(weight))<<32 | candidate(^uint32(id))
}

func (c candidate) id() int32       { return int32(^uint32(c)) }
func (c candidate) weight() float64 { return float64(math.Float32frombits(uint32(c >> 32))) }

type candidates []candidate

// fill takes every id that weighs at least so much. It returns the weight of
// all.
func (c *candidates) fill(weights []float32, least float64) (total float64) {
	for id, w := range weights {
		if total += float64(w); !(float64(w) < least) {
			*c = append(*c, newCandidate(id, w))
		}
	}
	return total
}

func (c candidates) total() (sum float64) {
	for _, c := range c {
		sum += c.weight()
	}
	return sum
}

// draw takes each id as often as its weight says.
func (c candidates) draw(rng *rand.Rand) int32 {
	at := rng.Float64() * c.total()
	for _, c := range c {
		if at -= c.weight(); at < 0 {
			return c.id()
		}
	}
	return c[len(c)-1].id()
}

// keep drops all but the likeliest: the first that are n or whose weights
// reach sum. It is quickselect (Hoare 1961), so nothing is sorted: of a part
// that reaches both ends only the likelier side is looked into, and any other
// side is kept whole.
func (c *candidates) keep(n int, sum float64) {
	low, high := 0, len(*c) // kept up to low, dropped from high on
	for low < high {
		pivot := low + (*c)[low:high].split()
		weight := (*c)[low:pivot].total()
		switch whole := weight + (*c)[pivot].weight(); {
		case pivot >= n || weight >= sum:
			high = pivot // enough without the pivot
		case pivot+1 == n || whole >= sum:
			low, high = pivot+1, pivot+1
		default:
			low, sum = pivot+1, sum-whole
		}
	}
	*c = (*c)[:max(1, low)]
}

// split puts those that are likelier than one of them, the pivot, before it and
// the others behind, and returns the pivot's place. What goes where is counted
// rather than asked: half of the answers would surprise the processor.
func (c candidates) split() (place int) {
	last := len(c) - 1
	c[len(c)/2], c[last] = c[last], c[len(c)/2]
	pivot := c[last]
	for i, one := range c[:last] {
		c[i], c[place] = c[place], one
		_, likelier := bits.Sub64(uint64(pivot), uint64(one), 0)
		place += int(likelier)
	}
	c[place], c[last] = c[last], c[place]
	return place
}
