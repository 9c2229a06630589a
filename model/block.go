package model

import "hornbook/model/tensor"

// linear is y = x·wᵀ + b, and what an adapter adds.
type linear struct {
	w, b *tensor.Tensor
	low  *lowRank // nil for none
}

func newLinear(named tensors, name string) linear {
	return linear{w: named[name+".weight"], b: named[name+".bias"]}
}

func (l linear) forward(p *Pass, x *tensor.Tensor) *tensor.Tensor {
	return l.low.add(p, p.Linear(x, l.w, l.b), x)
}

// norm is a LayerNorm or an RMSNorm.
type norm struct {
	gain, bias *tensor.Tensor
	layer      bool
	eps        float32
}

func newNorm(m *GPT, named tensors, name string) norm {
	return norm{gain: named[name+"gain"], bias: named[name+"bias"], layer: m.Norm == "layernorm", eps: float32(m.NormEps)}
}

func (n norm) forward(p *Pass, x *tensor.Tensor) *tensor.Tensor {
	if n.layer {
		return p.LayerNorm(x, n.gain, n.bias, n.eps)
	}
	return p.RMSNorm(x, n.gain, n.eps)
}

// block is one layer: x + attention(norm(x)), then x + mlp(norm(x)); or both of
// the same x (GPT-NeoX).
type block struct {
	norm1     norm
	attention attention
	norm2     norm
	mlp       mlp
}

func newBlock(m *GPT, named tensors, name string) *block {
	return &block{
		norm1:     newNorm(m, named, name+"norm1."),
		attention: newAttention(m, named, name+"attention."),
		norm2:     newNorm(m, named, name+"norm2."),
		mlp:       newMLP(m, named, name+"mlp."),
	}
}

func (b *block) forward(p *Pass, x *tensor.Tensor, m *GPT, i int) *tensor.Tensor {
	read := x
	x = p.Add(x, p.in(i, "attention", b.attention.forward(p, b.norm1.forward(p, x), m, i)))
	if !m.Parallel {
		read = x
	}
	x = p.Add(x, p.in(i, "mlp", b.mlp.forward(p, b.norm2.forward(p, read))))
	return p.in(i, "", x)
}
