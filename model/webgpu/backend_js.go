package webgpu

import (
	"slices"

	"hornbook/model/tensor"
)

// Backend is a tensor.Backend whose memory and arithmetic are a card's. What fails it
// panics with, as a tensor.Lost.
type Backend struct {
	*Card
	arena  *arena
	steady bool // a row of a product does not depend on how many there are
	rows   rowLists
	muon   newtonSchulz
	room   tensor.Tensor // of scratch
	draws  []float32     // of a dropout's mask
}

var _ tensor.Backend = (*Backend)(nil)

// New is a Backend over a card.
func New(c *Card) *Backend {
	b := &Backend{Card: c, arena: new(arena)}
	b.arena.begin(c)
	return b
}

func (b *Backend) Name() string { return "webgpu" }

// Beside: where it is to be steady, long sums are not divided by how many rows there are.
func (b *Backend) Beside(steady bool) tensor.Backend {
	other := New(b.Card)
	other.steady = steady
	return other
}

func (b *Backend) Store(n int) tensor.Storage { return b.store(n) }

func (b *Backend) Alloc(t *tensor.Tensor) { t.Storage, t.Offset = b.arena.take(t.Len()) }
func (b *Backend) Free(t *tensor.Tensor)  { b.arena.give(pieceOf(t), t.Offset, t.Len()) }
func (b *Backend) Reset()                 { b.arena.reset() }
func (b *Backend) Flush()                 { b.flush() }

// scratch is a tensor of n numbers of any content until the next is asked for; what is asked
// for later may use its memory again.
func (b *Backend) scratch(n int) *tensor.Tensor {
	chunk, at := b.arena.take(n)
	b.arena.give(chunk, at, n)
	b.room.Set(chunk, at, n)
	return &b.room
}

var (
	fill       = load("fill", "")
	scale      = load("scale", "")
	plus       = load("add", "")
	multiply   = load("multiply", "")
	gelu       = load("gelu", "")
	geluTanh   = load("gelu_tanh", "")
	relu2      = load("relu2", "")
	relu2Grad  = load("relu2_grad", "")
	swiglu     = load("swiglu", "")
	swigluGrad = load("swiglu_grad", "")
)

// mix is y = by·x + keep·y.
func (b *Backend) mix(y, x *tensor.Tensor, by, keep float32) {
	b.call(scale).on(y, x).whole(y.Len()).real(by, keep).each(y.Len())
}

// adds is 1 for a gradient that is added to, else 0.
func adds(d tensor.Into) float32 {
	if d.Add {
		return 1
	}
	return 0
}

func (b *Backend) Fill(y *tensor.Tensor, c float32) {
	b.call(fill).on(y).whole(y.Len()).real(c).each(y.Len())
}

func (b *Backend) Copy(y, x *tensor.Tensor)             { b.mix(y, x, 1, 0) }
func (b *Backend) Scale(y, x *tensor.Tensor, c float32) { b.mix(y, x, c, 0) }
func (b *Backend) ScaleGrad(dx tensor.Into, dy *tensor.Tensor, c float32) {
	b.mix(dx.T, dy, c, adds(dx))
}
func (b *Backend) AddGrad(dx tensor.Into, dy *tensor.Tensor) { b.mix(dx.T, dy, 1, adds(dx)) }

func (b *Backend) Add(y, x, z *tensor.Tensor) {
	b.call(plus).on(y, x, z).whole(y.Len()).each(y.Len())
}

func (b *Backend) product(y tensor.Into, x, z *tensor.Tensor) {
	b.call(multiply).on(y.T, x, z).whole(y.T.Len()).yes(y.Add).each(y.T.Len())
}

func (b *Backend) GELU(y, slope, x *tensor.Tensor) {
	b.call(gelu).on(y, slope, x).whole(y.Len()).each(y.Len())
}

func (b *Backend) GELUTanh(y, slope, x *tensor.Tensor) {
	b.call(geluTanh).on(y, slope, x).whole(y.Len()).each(y.Len())
}

func (b *Backend) GELUGrad(dx tensor.Into, dy, slope *tensor.Tensor) { b.product(dx, dy, slope) }

func (b *Backend) ReLU2(y, x *tensor.Tensor) {
	b.call(relu2).on(y, x).whole(y.Len()).each(y.Len())
}

func (b *Backend) ReLU2Grad(dx tensor.Into, dy, x *tensor.Tensor) {
	b.call(relu2Grad).on(dx.T, dy, x).whole(x.Len()).yes(dx.Add).each(x.Len())
}

func (b *Backend) SwiGLU(y, gate, up *tensor.Tensor) {
	b.call(swiglu).on(y, gate, up).whole(y.Len()).each(y.Len())
}

func (b *Backend) SwiGLUGrad(dgate, dup tensor.Into, dy, gate, up *tensor.Tensor) {
	b.call(swigluGrad).on(dgate.T, dup.T, dy, gate, up).whole(dy.Len()).yes(dgate.Add, dup.Add).each(dy.Len())
}

// Dropout uploads the CPU's draws.
func (b *Backend) Dropout(y, mask, x *tensor.Tensor, rate float32, d tensor.Draw) {
	b.draws = slices.Grow(b.draws[:0], x.Len())[:x.Len()]
	d.Mask(b.draws, x.Cols(), rate)
	mask.Upload(b.draws)
	b.product(tensor.Into{T: y}, x, mask)
}

func (b *Backend) DropoutGrad(dx tensor.Into, dy, mask *tensor.Tensor) { b.product(dx, dy, mask) }
