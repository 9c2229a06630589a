package tensor

import (
	"math"

	"hornbook/model/recipe"
)

// Split views the last dimension of x (N,H·D) as heads: (N,H,D). Memory and
// gradient are x's own.
func (t *Tape) Split(x *Tensor, heads int) *Tensor {
	return t.reshape(x, x.Rows(), heads, x.Cols()/heads)
}

// Merge views heads (N,H,D) as (N,H·D) again.
func (t *Tape) Merge(x *Tensor) *Tensor { return t.reshape(x, x.Dims[0], x.Dims[1]*x.Dims[2]) }

// reshape shares x's memory and, so that nothing need be copied back, its
// gradient.
func (t *Tape) reshape(x *Tensor, dims ...int) *Tensor {
	y := t.fresh(dims...)
	y.Storage, y.Offset, y.live, y.of = x.Storage, x.Offset, x.live, x
	return y
}

// ShortContext is the most positions of a sequence whose attention weights are kept.
const ShortContext = recipe.ShortContext

// Attention is causal softmax attention with grouped heads (Ainslie et al.
// 2023) for q (N,H,D) and k, v (M,K,D): query head h reads head h·K/H. The
// queries of a span look back at its keys up to their own position. spans must
// not change before Backward.
func (t *Tape) Attention(q, k, v *Tensor, spans []Span) *Tensor {
	return t.AttentionBy(float32(1/math.Sqrt(float64(q.Cols()))), q, k, v, spans)
}

// AttentionBy is Attention whose scores are multiplied by scale instead of 1/√D.
func (t *Tape) AttentionBy(scale float32, q, k, v *Tensor, spans []Span) *Tensor {
	y := t.like(q)
	sums := t.make(q.Dims[1], q.Dims[0], 2)
	var p *Tensor
	if n := kept(spans); t.recording && n > 0 {
		p = t.make(q.Dims[1], n)
	}
	t.Backend.Attention(y, p, sums, q, k, v, spans, scale)
	return t.record(node{back: attentionBack, in: [5]*Tensor{q, k, v}, out: y, saved: [2]*Tensor{sums, p}, spans: spans, scale: scale})
}

// kept is the number of attention weights of a head, 0 where a span is too long
// to keep them.
func kept(spans []Span) (n int) {
	for _, s := range spans {
		if s.Seen() > ShortContext {
			return 0
		}
		n += s.Rows * s.Seen()
	}
	return n
}

func attentionBack(t *Tape, n *node) {
	q, k, v := n.in[0], n.in[1], n.in[2]
	t.Backend.AttentionGrad(t.grad(q), t.grad(k), t.grad(v), n.out.Grad, n.saved[1], n.saved[0], q, k, v, n.spans, n.scale)
}
