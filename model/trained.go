package model

import (
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
	n := length(m.Trained)
	m.Gradients = tensor.Zeros(m.Backend, n)
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

// TrainedWeights are the weights that train: the end of Weights.
func (m *GPT) TrainedWeights() *tensor.Tensor {
	n := m.Gradients.Len()
	return m.Weights.Slice(m.Weights.Len()-n, n)
}

// Clone is a model of the same weights, its adapter included, that trains
// nothing.
func (m *GPT) Clone() *GPT {
	c := m.like(m.Backend)
	m.Backend.Copy(c.Weights, m.Weights)
	return c
}

// On is a Clone in the memory of another backend.
func (m *GPT) On(b tensor.Backend) *GPT {
	c := m.like(b)
	c.Weights.Upload(m.Weights.Numbers())
	return c
}

// like is a model of m's shape and of zeros, its adapter's included.
func (m *GPT) like(b tensor.Backend) *GPT {
	c := New(b, m.Config)
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
