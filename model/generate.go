package model

import (
	"math"

	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// Generator goes on from a prompt, one token at a time, with a KV cache. When
// the context is full the last half of it is read again. After its first few
// tokens it allocates nothing on the Go heap.
type Generator struct {
	model  *GPT
	tape   *tensor.Tape
	cache  *Cache
	ids    []int32   // that are read next
	last   [1]int32  // the row of the last of them
	which  [1]int    // sequence 0 reads
	length [1]int    // so many
	even   []float32 // (V) zeros, the logits after nothing
	probs  []float32 // (V)

	weights []float32 // (V), of Pick
	order   []int32   // (V), of Pick
}

// NewGenerator returns a generator that computes on backend b.
func NewGenerator(m *GPT, b tensor.Backend) *Generator {
	return &Generator{model: m, tape: tensor.NewTape(b), cache: m.NewCache(1, m.Context), ids: make([]int32, 0, m.Context),
		even: make([]float32, m.Vocab), probs: make([]float32, m.Vocab),
		weights: make([]float32, m.Vocab), order: make([]int32, m.Vocab)}
}

// Prompt forgets what was read and reads ids, of which the last ones that fit
// in the context count. It returns the logits (V) of the next token, valid
// until the next call. After an empty prompt all are equal.
func (g *Generator) Prompt(ids []int32) []float32 {
	g.cache.forget(0)
	g.ids = append(g.ids[:0], ids[max(0, len(ids)-g.model.Context):]...)
	if len(g.ids) == 0 {
		return g.even
	}
	return g.read()
}

// Next reads one more token and returns the logits of the one after.
func (g *Generator) Next(id int32) []float32 {
	g.ids = append(g.cache.again(0, g.ids[:0]), id)
	return g.read()
}

func (g *Generator) read() []float32 {
	g.tape.Reset(false)
	g.length[0], g.last[0] = len(g.ids), int32(len(g.ids)-1)
	p := g.cache.pass(g.tape, g.ids, g.which[:], g.length[:])
	last := p.Embed(g.model.hidden(&p), g.last[:])
	return g.model.head.forward(&p, last).Data
}

// Probabilities turns logits into the probabilities (V) of the next token, at
// temperature 1. They are valid until the next call.
func (g *Generator) Probabilities(logits []float32) []float32 {
	softmax(g.probs, logits, 1)
	return g.probs
}

// softmax is exp(z/temperature), divided by its sum.
func softmax(p, z []float32, temperature float64) {
	const coldest = 1e-30 // its reciprocal is still a float32
	copy(p, z)
	var sums [2]float32
	kernel.CausalSoftmax(kernel.Mat(p[:len(z)], 1, len(z)), float32(1/math.Max(temperature, coldest)), sums[:])
}
