// Package model is the transformer: GPT-2's form and Llama's (Qwen3's with
// QK-norm), built from one Config, with a KV cache and Generate.
//
// Letters: N tokens of a pass, B batch, T time, C channels, V vocabulary, H heads, D head size,
// K heads of keys and values, F hidden size of the MLP.
package model

import (
	"fmt"

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
	norm      norm
	head      linear // (V,C)
	cos, sin  *tensor.Tensor
	adapter   *adapter // nil for none
}

// New builds a model in the memory of b with all weights zero, to be filled by
// Init or from a checkpoint. Nothing of it trains until Train says what. The
// config must have passed recipe.Check and name its Vocab.
func New(b tensor.Backend, c Config) *GPT { return NewIn(b, c, nil) }

// NewIn is New, but that those of the model's tensors, by their number, lie in a storage of
// their own for which in, unless it is nil, gives one: as weights of 16 bits do.
func NewIn(b tensor.Backend, c Config, in func(i int) tensor.Storage) *GPT {
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
		m.blocks = append(m.blocks, newBlock(m, named, fmt.Sprintf("blocks.%d.", i)))
	}
	m.norm, m.head = newNorm(m, named, "norm."), newLinear(named, "head")
	if c.Tied {
		m.head.w = m.tokens
	}
	return m
}

// tensors are some by their names; the names of others give nil.
type tensors map[string]*tensor.Tensor

// carve makes parameters of the list, which lie together but for those that in gives a
// storage.
func (m *GPT) carve(list []recipe.Tensor, in func(i int) tensor.Storage) tensors {
	own, n := make([]tensor.Storage, len(list)), 0
	for i, t := range list {
		if in != nil {
			own[i] = in(i)
		}
		if own[i] == nil {
			n += t.Len()
		}
	}
	named, together, at := tensors{}, m.Backend.Store(n), 0
	for i, t := range list {
		p := tensor.Weight(together, at, t.Name, t.Dims...)
		if own[i] != nil {
			p.Set(own[i], 0, t.Dims...)
		} else {
			at += p.Len()
		}
		m.Parameters, named[t.Name] = append(m.Parameters, p), p
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
	x := p.Embed(m.tokens, p.IDs)
	if m.positions != nil {
		x = p.AddPositions(x, m.positions, p.Spans)
	}
	x = p.show("embedding", m.lookback.forward(p, x))
	for i, b := range m.blocks {
		x = b.forward(p, x, m, i)
	}
	return p.show("norm", m.norm.forward(p, x))
}

// Loss is the weighted sum of the losses of b's targets, in nats: with weights
// that add up to 1 their mean.
func (m *GPT) Loss(t *tensor.Tape, b data.Batch) *tensor.Tensor {
	return t.Weigh(t.TokenLoss(m.Forward(Whole(t, b.IDs, b.Spans)), b.Targets), b.Weights)
}

// Grad makes the gradients of what trains those of b's Loss, which it returns.
// What they were before counts for nothing.
func (m *GPT) Grad(t *tensor.Tape, b data.Batch) *tensor.Tensor {
	t.Reset(true)
	loss := m.Loss(t, b)
	t.Backward(loss, m.Trained)
	return loss
}
