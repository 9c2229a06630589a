// Package model is the transformer: GPT-2's form and Llama's (Qwen3's with
// QK-norm), built from one Config, with a KV cache and Generate.
//
// Letters: N tokens of a pass, B batch, T time, C channels, V vocabulary, H heads, D head size,
// K heads of keys and values, F hidden size of the MLP.
package model

import (
	"fmt"

	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Config is the shape of a model, a comment a field.
type Config = recipe.Model

// GPT is a decoder-only transformer.
type GPT struct {
	Config
	Backend    tensor.Backend   // in whose memory it lies
	Parameters []*tensor.Tensor // in order of use, an adapter's last
	Weights    *tensor.Tensor   // the numbers of all parameters, in their order, joined
	Trained    []*tensor.Tensor // those that Train chose: the last ones of Parameters
	Gradients  *tensor.Tensor   // of the trained ones, in their order; nil where nothing trains

	tokens    *tensor.Tensor // (V,C)
	positions *tensor.Tensor // (T,C), of learned positions
	lookback  lookback
	blocks    []*block
	ahead     *ahead         // nil for none
	counts    []float32      // what its targets count
	told      *tensor.Tensor // the loss of the next words alone, where ahead has one too
	norm      norm
	head      linear // (V,C)
	cos, sin  *tensor.Tensor
	adapter   *adapter // nil for none
}

// New builds a model in the memory of b with all weights zero, to be filled by
// Init or from a checkpoint. Nothing of it trains until Train says what. The
// config must have passed recipe.Check and name its Vocab.
func New(b tensor.Backend, c Config) *GPT { return newIn(b, c, nil) }

// NewAs is New on the CPU with the types of the model's tensors, in their order. Those of
// 16 bits must be of matrices or tables that may be (recipe.Tensor.Narrows).
func NewAs(c Config, types []tensor.DType) *GPT {
	list := c.Tensors()
	return newIn(cpu.New(), c, func(i int) (tensor.Storage, int) {
		if types[i] == tensor.F32 {
			return nil, 0
		}
		return cpu.Narrow(list[i].Len(), types[i]), 0
	})
}

// Nowhere is a model of parameters without numbers, for their names and shapes.
func Nowhere(c Config) *GPT {
	nowhere := cpu.Narrow(0, tensor.BF16)
	return newIn(cpu.New(), c, func(int) (tensor.Storage, int) { return nowhere, 0 })
}

// place says where the i-th of a list of tensors lies: in a storage from a number on, or,
// for nil, with the others. A place of nil is nowhere else for all.
type place func(i int) (s tensor.Storage, at int)

// newIn is New with tensors that lie elsewhere.
func newIn(b tensor.Backend, c Config, in place) *GPT {
	if c.Vocab < 1 {
		panic("model: config without a vocabulary")
	}
	m := &GPT{Config: c, Backend: b}
	named := m.carve(c.Tensors(), in)
	m.tokens, m.positions = named["tokens.weight"], named["positions.weight"]
	if m.positions == nil {
		m.cos, m.sin = tensor.RoPETablesOf(b, c.Context, Frequencies(c))
	}
	m.lookback = newLookback(m, named)
	for i := range c.Layers {
		m.blocks = append(m.blocks, newBlock(m, named, fmt.Sprintf("blocks.%d.", i), i))
	}
	if c.Ahead > 0 {
		m.ahead, m.told = newAhead(m, named), tensor.Zeros(b, 1)
	}
	m.norm, m.head = newNorm(m, named, "norm."), newLinear(named, "head")
	if c.Tied {
		m.head.w = m.tokens
	}
	return m
}

// tensors are some by their names; the names of others give nil.
type tensors map[string]*tensor.Tensor

// carve makes parameters of the list, which lie together but for those that lie elsewhere.
func (m *GPT) carve(list []recipe.Tensor, in place) tensors {
	named, n := tensors{}, 0
	var rest []*tensor.Tensor
	for i, t := range list {
		p := tensor.Weight(nil, n, t.Name, t.Dims...)
		if in != nil {
			p.Storage, p.Offset = in(i)
		}
		if p.Storage == nil {
			p.Offset, rest = n, append(rest, p)
			n += p.Len()
		}
		m.Parameters, named[t.Name] = append(m.Parameters, p), p
	}
	together := m.Backend.Store(n)
	for _, p := range rest {
		p.Storage = together
	}
	m.Weights = tensor.Join(m.Parameters)
	return named
}

// Forward turns the tokens of a pass into logits (N,V).
func (m *GPT) Forward(p Pass) *tensor.Tensor { return m.head.forward(&p, m.hidden(&p)) }

// hidden is the residual stream (N,C) after the last norm.
func (m *GPT) hidden(p *Pass) *tensor.Tensor {
	for _, s := range p.Spans {
		if s.Seen() > m.Context {
			panic("model: more tokens than the context holds")
		}
	}
	since := p.Since()
	x := p.Embed(m.tokens, p.IDs)
	if m.positions != nil {
		x = p.AddPositions(x, m.positions, p.Spans)
	}
	x = p.show("embedding", m.lookback.forward(p, x))
	for i, b := range m.blocks {
		if x = b.forward(p, x, m, i); p.Cache == nil && p.Probe == nil {
			p.Keep(&since, x)
		}
	}
	return p.show("norm", m.norm.forward(p, x))
}

// Loss is the weighted sum of the losses of b's targets, in nats: with weights
// that add up to 1 their mean.
func (m *GPT) Loss(t *tensor.Tape, b data.Batch) *tensor.Tensor {
	return t.Weigh(t.TokenLoss(m.Forward(Whole(t, b.IDs, b.Spans)), b.Targets), b.Weights)
}

// AddGrad is Grad, but adds to what the gradients are.
func (m *GPT) AddGrad(t *tensor.Tape, b data.Batch) *tensor.Tensor {
	told, loss := m.losses(t, b)
	t.Accumulate(loss, m.Trained)
	return told
}

// Grad makes the gradients of what trains those of b's Loss, which it returns, and,
// where a model looks ahead, of a part of the loss of the words after the next. What
// they were before counts for nothing.
func (m *GPT) Grad(t *tensor.Tape, b data.Batch) *tensor.Tensor {
	told, loss := m.losses(t, b)
	t.Backward(loss, m.Trained)
	return told
}

// losses are b's Loss, as it is told, and what is learned by.
func (m *GPT) losses(t *tensor.Tape, b data.Batch) (told, loss *tensor.Tensor) {
	t.Reset(true)
	if m.ahead == nil {
		loss = m.Loss(t, b)
		return loss, loss
	}
	p := Whole(t, b.IDs, b.Spans)
	h := m.hidden(&p)
	loss = t.Weigh(t.TokenLoss(m.head.forward(&p, h), b.Targets), b.Weights)
	m.Backend.Copy(m.told, loss) // which goes, as all on the way back
	if second := m.aheadLoss(&p, h, b); second != nil {
		loss = t.Add(loss, second)
	}
	return m.told, loss
}
