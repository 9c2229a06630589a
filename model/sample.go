package model

import (
	"math"
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
	weights []float32 // (V)
	order   []int32   // (V)
}

func newPicker(vocab int) picker { return picker{make([]float32, vocab), make([]int32, vocab)} }

// Pick draws the next token by its logits as s says: the temperature first,
// then the k likeliest, then as few of them as reach p. Of equal logits the
// lower id is the likelier.
func (p *picker) Pick(logits []float32, s Sampling, rng *rand.Rand) int32 {
	if s.Temperature <= 0 {
		return likeliest(logits)
	}
	c := candidates{ids: p.order[:0], weights: p.weights[:len(logits)]}
	cpu.Softmax(c.weights, logits, s.Temperature)
	topK, topP := s.TopK > 0 && s.TopK < len(logits), s.TopP > 0 && s.TopP < 1
	switch {
	case topK:
		c.fill(0)
		c.keep(s.TopK, math.Inf(1))
		if topP {
			c.keep(s.TopK, s.TopP*c.total())
		}
	case topP:
		// All that are under this together weigh less than the part that is
		// cut off: of a sure model's tokens few are left.
		total := c.fill(0.5 * (1 - s.TopP) / float64(len(logits)))
		c.keep(len(logits), s.TopP*total)
	default:
		c.fill(0)
	}
	return c.draw(rng)
}

// likeliest is the id of the largest logit.
func likeliest(logits []float32) int32 {
	best := 0
	for i, z := range logits {
		if z > logits[best] {
			best = i
		}
	}
	return int32(best)
}

// candidates are the ids that may be drawn; weights (V) has one for every id.
type candidates struct {
	ids     []int32
	weights []float32
}

// fill takes every id that weighs at least so much. It returns the weight of
// all.
func (c *candidates) fill(least float64) (total float64) {
	for id, w := range c.weights {
		if total += float64(w); !(float64(w) < least) {
			c.ids = append(c.ids, int32(id))
		}
	}
	return total
}

func (c *candidates) total() float64 {
	var sum float64
	for _, id := range c.ids {
		sum += float64(c.weights[id])
	}
	return sum
}

// draw takes each id as often as its weight says.
func (c *candidates) draw(rng *rand.Rand) int32 {
	at := rng.Float64() * c.total()
	for _, id := range c.ids {
		if at -= float64(c.weights[id]); at < 0 {
			return id
		}
	}
	return c.ids[len(c.ids)-1]
}

// keep drops all but the likeliest: the first that are n or whose weights
// reach sum. It is quickselect (Hoare 1961), so nothing is sorted: of a part
// that reaches both ends only the likelier side is looked into, and any other
// side is kept whole.
func (c *candidates) keep(n int, sum float64) {
	low, high := 0, len(c.ids) // kept up to low, dropped from high on
	for low < high {
		pivot, weight := c.split(low, high)
		switch whole := pivot + 1; {
		case pivot >= n || weight >= sum:
			high = pivot // enough without the pivot
		case whole == n || weight+c.weight(pivot) >= sum:
			low, high = whole, whole
		default:
			low, sum = whole, sum-weight-c.weight(pivot)
		}
	}
	c.ids = c.ids[:max(1, low)]
}

func (c *candidates) weight(i int) float64 { return float64(c.weights[c.ids[i]]) }

// split puts the ids from low to high that are likelier than one of them, the
// pivot, before it and the others behind. It returns the pivot's place and the
// weight of those before it.
func (c *candidates) split(low, high int) (place int, weight float64) {
	ids, w, last := c.ids, c.weights, high-1
	middle := low + (high-low)/2
	ids[middle], ids[last] = ids[last], ids[middle]
	pivot := ids[last]
	place = low
	for i := low; i < last; i++ {
		id := ids[i]
		if w[id] > w[pivot] || w[id] == w[pivot] && id < pivot {
			weight += float64(w[id])
			ids[i], ids[place] = ids[place], id
			place++
		}
	}
	ids[place], ids[last] = pivot, ids[place]
	return place, weight
}
