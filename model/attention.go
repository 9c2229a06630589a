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

func newAttention(m *GPT, named tensors, name string) *attention {
	head := func(which string) norm {
		return norm{gain: named[name+which+".gain"], eps: float32(m.NormEps)}
	}
	return &attention{
		query: newLinear(named, name+"query"), key: newLinear(named, name+"key"), value: newLinear(named, name+"value"),
		queryNorm: head("query_norm"), keyNorm: head("key_norm"),
		output: newLinear(named, name+"output"),
	}
}

// attend is attention as a layer of m has it: over all that came before, or a
// window of it, and by scores that are divided by √D, or not.
func (m *GPT) attend(p *Pass, q, k, v *tensor.Tensor, block int) *tensor.Tensor {
	spans := p.Tape.Windowed(p.Spans, m.Looks(block))
	if m.Unscaled {
		return p.AttentionBy(1, q, k, v, spans)
	}
	return p.Attention(q, k, v, spans)
}

func (a *attention) forward(p *Pass, x *tensor.Tensor, m *GPT, block int) *tensor.Tensor {
	q := p.Split(a.query.forward(p, x), m.Heads)   // (N,H,D)
	k := p.Split(a.key.forward(p, x), m.KVHeads)   // (N,K,D)
	v := p.Split(a.value.forward(p, x), m.KVHeads) // (N,K,D)
	if m.QKNorm {
		q, k = a.queryNorm.forward(p, q), a.keyNorm.forward(p, k)
	}
	if m.cos != nil {
		q, k = p.RoPE(q, m.cos, m.sin, p.Spans), p.RoPE(k, m.cos, m.sin, p.Spans)
	}
	q, k, v = p.in(block, "query", q), p.in(block, "key", k), p.in(block, "value", v)
	k, v = p.Cache.append(p, block, p.shared(k), p.shared(v))
	heads := p.Merge(m.attend(p, q, k, v, block))
	return a.output.forward(p, p.in(block, "heads", heads))
}
