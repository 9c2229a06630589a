package model

import (
	"math"

	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// Generator goes on from a prompt, one token at a time, with a KV cache that
// grows by doubling up to the context. When the context is full the last half of
// it is read again. Where the cache need not grow, it allocates nothing on the Go
// heap after its first few tokens.
type Generator struct {
	model  *GPT
	tape   *tensor.Tape
	cache  *Cache
	atOnce int       // tokens that a pass reads
	ids    []int32   // that are read next
	last   [1]int32  // the row of the last of them
	which  [1]int    // sequence 0 reads
	length [1]int    // so many
	even   []float32 // (V) zeros, the logits after nothing
	probs  []float32 // (V)

	picker
}

// firstRoom is the tokens that a generator's cache has room for at first.
const firstRoom = 64

// NewGenerator returns a generator that computes on backend b.
func NewGenerator(m *GPT, b tensor.Backend) *Generator {
	return &Generator{model: m, tape: tensor.NewTape(b), atOnce: m.ReadAtOnce(), cache: m.NewCache(1, min(m.Context, firstRoom)), ids: make([]int32, 0, m.Context),
		even: make([]float32, m.Vocab), probs: make([]float32, m.Vocab), picker: newPicker(m.Vocab)}
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
	g.reserve(1)
	g.ids = append(g.cache.again(0, g.ids[:0]), id)
	return g.read()
}

// reserve makes room for n more tokens, as far as the context has it.
func (g *Generator) reserve(n int) {
	c := g.cache
	if need := min(len(c.seen[0])+n, g.model.Context); need > c.room {
		c.grow(g.tape.Backend, min(max(need, 2*c.room), g.model.Context))
	}
}

// read reads ids, a piece at a time, and returns the logits after the last.
func (g *Generator) read() []float32 {
	g.reserve(len(g.ids))
	for rest := g.ids; ; {
		piece := rest[:min(len(rest), g.atOnce)]
		rest = rest[len(piece):]
		g.tape.Reset(false)
		g.length[0], g.last[0] = len(piece), int32(len(piece)-1)
		p := g.cache.pass(g.tape, piece, g.which[:], g.length[:])
		last := p.Embed(g.model.hidden(&p), g.last[:])
		if len(rest) == 0 {
			return g.model.head.forward(&p, last).Data
		}
	}
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
