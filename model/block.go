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
	attention *attention
	latent    *latent // instead of attention; nil for none
	norm2     norm
	mlp       *mlp
	experts   *experts // instead of mlp; nil for none
}

func newBlock(m *GPT, named tensors, name string, i int) *block {
	b := &block{norm1: newNorm(m, named, name+"norm1."), norm2: newNorm(m, named, name+"norm2.")}
	if m.Latent.Rank > 0 {
		b.latent = newLatent(m, named, name+"attention.")
	} else {
		b.attention = newAttention(m, named, name+"attention.")
	}
	if m.Mixed(i) {
		b.experts = newExperts(m, named, name+"mlp.")
	} else {
		b.mlp = newMLP(m, named, name+"mlp.")
	}
	return b
}

// mix lets a token see those before it.
func (b *block) mix(p *Pass, x *tensor.Tensor, m *GPT, i int) *tensor.Tensor {
	if b.latent != nil {
		return b.latent.forward(p, x, m, i)
	}
	return b.attention.forward(p, x, m, i)
}

// feed is what a token goes through alone.
func (b *block) feed(p *Pass, x *tensor.Tensor, m *GPT, i int) *tensor.Tensor {
	if b.experts != nil {
		return b.experts.forward(p, x, m, i)
	}
	return b.mlp.forward(p, x)
}

// layer is a linear layer that an adapter may be on: its name in its block, and the
// target that names it.
type layer struct {
	name, target string
	linear       *linear
}

func (b *block) layers() (list []layer) {
	if a := b.attention; a != nil {
		list = []layer{{"attention.query", "query", &a.query}, {"attention.key", "key", &a.key}, {"attention.value", "value", &a.value},
			{"attention.output", "output", &a.output}}
	} else {
		a := b.latent
		list = []layer{{"attention.query_down", "query", &a.queryDown}, {"attention.query", "query", &a.query},
			{"attention.query_turned", "query", &a.queryTurned}, {"attention.latent", "key", &a.latent}, {"attention.key_turned", "key", &a.keyTurned},
			{"attention.output", "output", &a.output}}
	}
	name, l := "mlp.", b.mlp
	if b.experts != nil {
		name, l = "mlp.shared.", b.experts.shared
	}
	if l != nil {
		list = append(list, layer{name + "gate", "gate", &l.gate}, layer{name + "up", "up", &l.up}, layer{name + "down", "down", &l.down})
	}
	return list
}

func (b *block) forward(p *Pass, x *tensor.Tensor, m *GPT, i int) *tensor.Tensor {
	read := x
	x = p.Add(x, p.in(i, "attention", b.mix(p, b.norm1.forward(p, x), m, i)))
	if !m.Parallel {
		read = x
	}
	x = p.Add(x, p.in(i, "mlp", b.feed(p, b.norm2.forward(p, read), m, i)))
	return p.in(i, "", x)
}
