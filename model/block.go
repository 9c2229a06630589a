package model

import "hornbook/model/tensor"

// linear is y = x·wᵀ + b, and what an adapter adds.
type linear struct {
	w, b *tensor.Tensor
	low  *lowRank // nil for none
}

func newLinear(m *GPT, name string, out, in int) linear {
	l := linear{w: m.parameter(name+".weight", out, in)}
	if m.Bias {
		l.b = m.parameter(name+".bias", out)
	}
	return l
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

func newNorm(m *GPT, name string, width int) norm {
	n := norm{gain: m.parameter(name+"gain", width), layer: m.Norm == "layernorm", eps: float32(m.NormEps)}
	if n.layer && m.Bias {
		n.bias = m.parameter(name+"bias", width)
	}
	return n
}

func (n norm) forward(p *Pass, x *tensor.Tensor) *tensor.Tensor {
	if n.layer {
		return p.LayerNorm(x, n.gain, n.bias, n.eps)
	}
	return p.RMSNorm(x, n.gain, n.eps)
}

// block is one layer: x + attention(norm(x)), then x + mlp(norm(x)).
type block struct {
	norm1     norm
	attention attention
	norm2     norm
	mlp       mlp
}

func newBlock(m *GPT, name string) *block {
	return &block{
		norm1:     newNorm(m, name+"norm1.", m.Channels),
		attention: newAttention(m, name+"attention."),
		norm2:     newNorm(m, name+"norm2.", m.Channels),
		mlp:       newMLP(m, name+"mlp."),
	}
}

func (b *block) forward(p *Pass, x *tensor.Tensor, m *GPT, i int) *tensor.Tensor {
	x = p.Add(x, p.in(i, "attention", b.attention.forward(p, b.norm1.forward(p, x), m, i)))
	x = p.Add(x, p.in(i, "mlp", b.mlp.forward(p, b.norm2.forward(p, x))))
	return p.in(i, "", x)
}
