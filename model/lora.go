package model

import (
	"fmt"
	"math"
	"math/rand/v2"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// adapter is what the low-rank parts of a model share.
type adapter struct {
	recipe.LoRA
	off  bool
	draw tensor.Draw // of the dropout of the next step
}

// lowRank is what an adapter adds to one linear layer: scale · (x·Aᵀ)·Bᵀ.
type lowRank struct {
	*adapter
	a, b   *tensor.Tensor // (r,in), (out,r)
	number uint64         // of the layer, so that each drops others of its inputs
}

// Adapt gives m an adapter of zeros in which B, and so all that it adds, is
// zero too once InitAdapter has drawn A. m must have none.
func (m *GPT) Adapt(l recipe.LoRA) {
	if m.adapter != nil {
		panic("model: an adapter on an adapter")
	}
	m.adapter = &adapter{LoRA: l}
	list, number := l.On(m.Config), uint64(len(m.Parameters))
	named := m.carve(list, nil)
	m.adapted(func(name string, l *linear) {
		l.low = &lowRank{m.adapter, named[name+".lora_a"], named[name+".lora_b"], number}
		number += 2
	})
}

// adapted calls f for each linear layer that the adapter's targets name.
func (m *GPT) adapted(f func(name string, l *linear)) {
	for i, b := range m.blocks {
		for _, l := range b.layers() {
			if l.linear.w != nil && m.adapter.Adapts(l.target) {
				f(fmt.Sprintf("blocks.%d.%s", i, l.name), l.linear)
			}
		}
	}
	if !m.Tied && m.adapter.Adapts("head") {
		f("head", &m.head)
	}
}

// InitAdapter draws A as PEFT does, evenly from ±1/√in, and makes B zero.
func (m *GPT) InitAdapter(seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0x10A4))
	m.adapted(func(_ string, l *linear) {
		bound := 1 / math.Sqrt(float64(l.w.Cols()))
		a := make([]float32, l.low.a.Len())
		for i := range a {
			a[i] = float32((2*rng.Float64() - 1) * bound)
		}
		l.low.a.Upload(a)
		m.Backend.Fill(l.low.b, 0)
	})
}

// Adapter is m's adapter, false if it has none.
func (m *GPT) Adapter() (l recipe.LoRA, has bool) {
	if m.adapter == nil {
		return recipe.LoRA{}, false
	}
	return m.adapter.LoRA, true
}

// Base are the parameters without the adapter's.
func (m *GPT) Base() []*tensor.Tensor {
	if m.adapter == nil {
		return m.Parameters
	}
	return m.Parameters[:len(m.Parameters)-len(m.adapter.On(m.Config))]
}

// UseAdapter makes m compute with its adapter, or without.
func (m *GPT) UseAdapter(on bool) {
	if m.adapter != nil {
		m.adapter.off = !on
	}
}

// Draw says by which numbers the adapter drops inputs at the next step.
func (m *GPT) Draw(d tensor.Draw) {
	if m.adapter != nil {
		m.adapter.draw = d
	}
}

// Merge makes the adapter part of the weights, w += scale·B·A, and drops it. The
// product is the one that brings a linear layer's gradient to its input. Weights of 16
// bits become float32.
func (m *GPT) Merge() {
	b := m.Backend
	m.adapted(func(_ string, l *linear) {
		m.together([]*tensor.Tensor{l.w})
		scaled := tensor.Zeros(b, l.low.b.Dims...)
		b.Scale(scaled, l.low.b, l.low.scale())
		b.LinearGrad(tensor.Into{T: l.w, Add: true}, tensor.Into{}, tensor.Into{}, scaled, nil, l.low.a)
	})
	m.DropAdapter()
}

// DropAdapter takes the adapter off.
func (m *GPT) DropAdapter() {
	base := m.Base()
	m.adapted(func(_ string, l *linear) { l.low = nil })
	m.Freeze()
	m.adapter, m.Parameters, m.Weights = nil, base, tensor.Join(base)
}

func (a *adapter) scale() float32 { return float32(a.Alpha / float64(a.Rank)) }

// add is y + scale · (dropout(x)·Aᵀ)·Bᵀ.
func (l *lowRank) add(p *Pass, y, x *tensor.Tensor) *tensor.Tensor {
	if l == nil || l.off {
		return y
	}
	draw := l.draw
	draw.Seed += l.number << 32
	x = p.Dropout(x, float32(l.Dropout), draw)
	return p.Add(y, p.Scale(p.Linear(p.Linear(x, l.a, nil), l.b, nil), l.scale()))
}

// Adapting tells whether m computes with an adapter.
func (m *GPT) Adapting() bool { return m.adapter != nil && !m.adapter.off }
