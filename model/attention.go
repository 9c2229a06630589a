package model

import "hornbook/model/tensor"

// attention is causal self-attention with grouped heads, RoPE and QK-norm
// where the config asks for them.
type attention struct {
	query, key, value linear // (H·D,C), (K·D,C), (K·D,C)
	queryNorm         norm   // over each head's D channels
	keyNorm           norm
	output            linear // (C,H·D)
}

func newAttention(m *GPT, name string) attention {
	c, d := m.Channels, m.HeadSize()
	a := attention{
		query: newLinear(m, name+"query", m.Heads*d, c),
		key:   newLinear(m, name+"key", m.KVHeads*d, c),
		value: newLinear(m, name+"value", m.KVHeads*d, c),
	}
	if m.QKNorm {
		rms := func(part string) norm {
			return norm{gain: m.parameter(name+part+".gain", d), eps: float32(m.NormEps)}
		}
		a.queryNorm, a.keyNorm = rms("query_norm"), rms("key_norm")
	}
	a.output = newLinear(m, name+"output", c, m.Heads*d)
	return a
}

func (a attention) forward(t *tensor.Tape, x *tensor.Tensor, m *GPT, cache *layerCache) *tensor.Tensor {
	q := t.Split(a.query.forward(t, x), m.Heads)   // (B,T,H,D)
	k := t.Split(a.key.forward(t, x), m.KVHeads)   // (B,T,K,D)
	v := t.Split(a.value.forward(t, x), m.KVHeads) // (B,T,K,D)
	if m.QKNorm {
		q, k = a.queryNorm.forward(t, q), a.keyNorm.forward(t, k)
	}
	if m.cos != nil {
		first := cache.length()
		q, k = t.RoPE(q, m.cos, m.sin, first), t.RoPE(k, m.cos, m.sin, first)
	}
	k, v = cache.append(k, v)
	return a.output.forward(t, t.Merge(t.Attention(q, k, v)))
}
