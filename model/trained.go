package model

import (
	"slices"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Train makes those parameters train that r trains, and no others:
// all, those of the last blocks with the last norm and a head of its own, or an
// adapter's. r must have passed recipe.Check, its model be m's, and m have an
// adapter where r trains one and none else.
func (m *GPT) Train(r recipe.Recipe) {
	if (r.Trains == recipe.Adapter) != (m.adapter != nil) {
		panic("model: to train an adapter takes one, to train the rest none")
	}
	m.Freeze()
	m.Trained = m.Parameters[len(m.Parameters)-len(r.Tensors()):]
	m.together(m.Trained)
	m.Gradients = tensor.Zeros(m.Backend, length(m.Trained))
	at := 0
	for _, p := range m.Trained {
		p.Train(m.Gradients.Storage, at)
		at += p.Len()
	}
}

// Freeze makes nothing train, and lets the gradients go.
func (m *GPT) Freeze() {
	for _, p := range m.Parameters {
		p.Freeze()
	}
	m.Trained, m.Gradients = nil, nil
}

// together gives parameters of which some are of 16 bits memory for float32, one after the
// other.
func (m *GPT) together(list []*tensor.Tensor) {
	if !slices.ContainsFunc(list, isNarrow) {
		return
	}
	to, at := m.Backend.Store(length(list)), 0
	for _, p := range list {
		m.Backend.Copy(tensor.Weight(to, at, "", p.Dims...), p)
		p.Set(to, at, p.Dims...)
		at += p.Len()
	}
}

// Types are those of m's own tensors, an adapter's left out.
func (m *GPT) Types() (types []tensor.DType) {
	for _, p := range m.Base() {
		types = append(types, p.Storage.DType())
	}
	return types
}

// Bytes is the memory of m's weights.
func (m *GPT) Bytes() (n int) {
	for _, p := range m.Parameters {
		n += p.Storage.DType().Bytes() * p.Len()
	}
	return n
}

func isNarrow(p *tensor.Tensor) bool { return p.Storage.DType() != tensor.F32 }

// TrainedWeights are the weights that train: the end of Weights.
func (m *GPT) TrainedWeights() *tensor.Tensor { return tensor.Join(m.Trained) }

// Clone is a model of the same weights, its adapter included, that trains
// nothing. Those of 16 bits are the same memory, since nothing changes them.
func (m *GPT) Clone() *GPT { return m.On(m.Backend) }

// On is a Clone in the memory of another backend.
func (m *GPT) On(b tensor.Backend) *GPT {
	shared := func(i int) (tensor.Storage, int) {
		if p := m.Parameters[i]; isNarrow(p) {
			return p.Storage, p.Offset
		}
		return nil, 0
	}
	if b.Name() != m.Backend.Name() {
		shared = nil
	}
	c := m.like(b, shared)
	for i, p := range c.Parameters {
		if !isNarrow(p) {
			m.Parameters[i].Read(p.Upload)
		}
	}
	return c
}

// Beside is a model of m's own weights, in their memory, to which an adapter is given. It is
// valid as long as m, which has none, does not change.
func (m *GPT) Beside() *GPT {
	return newIn(m.Backend, m.Config, func(i int) (tensor.Storage, int) { return m.Parameters[i].Storage, m.Parameters[i].Offset })
}

// Narrow is a Clone of m, which has no adapter, in the memory of the CPU, whose weights are
// rounded to 16 bits where they can be.
func (m *GPT) Narrow(t tensor.DType) *GPT {
	var types []tensor.DType
	for _, of := range m.Tensors() {
		as := tensor.F32
		if of.Narrows() {
			as = t
		}
		types = append(types, as)
	}
	c := NewAs(m.Config, types)
	for i, p := range c.Parameters {
		m.Parameters[i].Read(p.Upload)
	}
	return c
}

// like is a model of m's shape and of zeros, its adapter's included, in memory as newIn
// has it.
func (m *GPT) like(b tensor.Backend, in place) *GPT {
	c := newIn(b, m.Config, in)
	if m.adapter != nil {
		c.Adapt(m.adapter.LoRA)
		c.adapter.off = m.adapter.off
	}
	return c
}

func length(params []*tensor.Tensor) (n int) {
	for _, p := range params {
		n += p.Len()
	}
	return n
}
