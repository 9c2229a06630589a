package model

import (
	"math"
	"math/rand/v2"
	"slices"

	"hornbook/model/tensor"
)

// Sampling says how the next token is chosen.
type Sampling struct {
	Temperature float64 // 0 takes the likeliest
	TopK        int     // only the k likeliest; 0 for all
	TopP        float64 // only the likeliest whose probabilities reach p; 0 or 1 for all (Holtzman et al. 2020)
	Seed        uint64
}

// Generator goes on from a prompt, one token at a time, with a KV cache. When
// the context is full the last half of it is read again.
type Generator struct {
	model   *GPT
	tape    *tensor.Tape
	cache   *Cache
	seen    []int32   // tokens since the cache was last cleared
	probs   []float64 // (V) of the next token at temperature 1
	weights []float64
	order   []int32
}

// NewGenerator returns a generator that computes on backend b.
func NewGenerator(m *GPT, b tensor.Backend) *Generator {
	return &Generator{model: m, tape: tensor.NewTape(b), cache: m.NewCache(),
		probs: make([]float64, m.Vocab), weights: make([]float64, m.Vocab), order: make([]int32, m.Vocab)}
}

// Prompt forgets what was read and reads ids, of which the last ones that fit
// in the context count. It returns the probabilities (V) of the next token,
// valid until the next call. An empty prompt gives even probabilities.
func (g *Generator) Prompt(ids []int32) []float64 {
	g.cache.Clear()
	g.seen = append(g.seen[:0], ids[max(0, len(ids)-g.model.Context):]...)
	if len(g.seen) == 0 {
		for i := range g.probs {
			g.probs[i] = 1 / float64(len(g.probs))
		}
		return g.probs
	}
	return g.read(g.seen)
}

// Next reads one more token and returns the probabilities of the one after.
func (g *Generator) Next(id int32) []float64 {
	if g.cache.length() == g.model.Context {
		g.cache.Clear()
		n := copy(g.seen, g.seen[len(g.seen)-g.model.Context/2:])
		g.seen = append(g.seen[:n], id)
		return g.read(g.seen)
	}
	g.seen = append(g.seen, id)
	return g.read(g.seen[len(g.seen)-1:])
}

func (g *Generator) read(ids []int32) []float64 {
	g.tape.Reset(false)
	x := g.model.hidden(g.tape, ids, 1, g.cache)
	c := x.Cols()
	last := tensor.View(x.Data[len(x.Data)-c:], 1, 1, c)
	softmax(g.probs, g.model.head.forward(g.tape, last).Data)
	return g.probs
}

func softmax(p []float64, logits []float32) {
	largest := float64(slices.Max(logits))
	var sum float64
	for i, z := range logits {
		p[i] = math.Exp(float64(z) - largest)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}

// Pick draws the next token from probs as s says.
func (g *Generator) Pick(probs []float64, s Sampling, rng *rand.Rand) int32 {
	order := g.order[:len(probs)]
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case probs[a] > probs[b]:
			return -1
		case probs[a] < probs[b]:
			return 1
		}
		return 0
	})
	if s.Temperature <= 0 {
		return order[0]
	}
	if s.TopK > 0 {
		order = order[:min(s.TopK, len(order))]
	}
	weights, total := g.weights[:len(order)], 0.0
	for i, id := range order {
		weights[i] = math.Pow(probs[id]/probs[order[0]], 1/s.Temperature)
		total += weights[i]
	}
	if s.TopP > 0 && s.TopP < 1 {
		weights, total = nucleus(weights, total, s.TopP)
	}
	draw := rng.Float64() * total
	for i, w := range weights {
		if draw -= w; draw < 0 {
			return order[i]
		}
	}
	return order[len(weights)-1]
}

// nucleus cuts sorted weights after the first that bring their sum to p.
func nucleus(weights []float64, total, p float64) ([]float64, float64) {
	var sum float64
	for i, w := range weights {
		if sum += w; sum >= p*total {
			return weights[:i+1], sum
		}
	}
	return weights, total
}

// Rand is the source of randomness of one generation.
func (s Sampling) Rand() *rand.Rand { return rand.New(rand.NewPCG(s.Seed, 0)) }
