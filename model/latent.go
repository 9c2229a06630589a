package model

import (
	"math"

	"hornbook/model/tensor"
)

// latent is multi-head latent attention (arXiv 2405.04434, section 2.1):
//
//	q[h] = plain part and turned part of W_query·norm(W_down·x)
//	c = norm(W_latent·x);  t = W_turned·x, one for all heads, turned by position
//	key[h] = [W_key[h]·c | t];  value[h] = W_value[h]·c
//
// Keys and values are never made: since q·(W_key·c) = (W_keyᵀ·q)·c, each head looks for
// what W_keyᵀ makes of its query among all [c | t], gathers those, and W_value makes its
// value of what it gathered. So training and writing are one, and [c | t] is all that a
// cache keeps.
type latent struct {
	queryDown          linear // (Query,C)
	queryNorm          norm
	query, queryTurned linear // (H·Plain,Query), (H·Turned,Query)
	latent             linear // (Rank,C)
	latentNorm         norm
	keyTurned          linear         // (Turned,C)
	key, value         *tensor.Tensor // (H·Plain,Rank), (H·Value,Rank)
	output             linear         // (C,H·Value)
}

func newLatent(m *GPT, named tensors, name string) *latent {
	return &latent{
		queryDown: newLinear(named, name+"query_down"), queryNorm: newNorm(m, named, name+"query_norm."),
		query: newLinear(named, name+"query"), queryTurned: newLinear(named, name+"query_turned"),
		latent: newLinear(named, name+"latent"), latentNorm: newNorm(m, named, name+"latent_norm."),
		keyTurned: newLinear(named, name+"key_turned"),
		key:       named[name+"key.weight"], value: named[name+"value.weight"],
		output: newLinear(named, name+"output"),
	}
}

func (a *latent) forward(p *Pass, x *tensor.Tensor, m *GPT, block int) *tensor.Tensor {
	down := a.queryNorm.forward(p, a.queryDown.forward(p, x))
	q := p.HeadLinear(p.Split(a.query.forward(p, down), m.Heads), a.key, true) // (N,H,Rank)
	q = p.Join(q, p.RoPE(p.Split(a.queryTurned.forward(p, down), m.Heads), m.cos, m.sin, p.Spans))
	k := p.Split(a.latentNorm.forward(p, a.latent.forward(p, x)), 1) // (N,1,Rank)
	k = p.Join(k, p.RoPE(p.Split(a.keyTurned.forward(p, x), 1), m.cos, m.sin, p.Spans))
	q, k = p.in(block, "query", q), p.in(block, "key", k)
	k, _ = p.Cache.append(p, block, p.shared(k), nil)
	scale := float32(1 / math.Sqrt(float64(m.Latent.Plain+m.Latent.Turned)))
	gathered := p.AttentionBy(scale, q, k, k, p.Spans)       // (N,H,Rank+Turned)
	heads := p.Merge(p.HeadLinear(gathered, a.value, false)) // (N,H·Value) of the first Rank
	return a.output.forward(p, p.in(block, "heads", heads))
}
