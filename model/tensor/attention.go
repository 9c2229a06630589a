package tensor

import "math"

// Split views the last dimension of x (B,T,H·D) as heads: (B,T,H,D). Memory
// and gradient are x's own.
func (t *Tape) Split(x *Tensor, heads int) *Tensor {
	b, time, c := x.Dims[0], x.Dims[1], x.Dims[2]
	return t.reshape(x, b, time, heads, c/heads)
}

// Merge views heads (B,T,H,D) as (B,T,H·D) again.
func (t *Tape) Merge(x *Tensor) *Tensor {
	return t.reshape(x, x.Dims[0], x.Dims[1], x.Dims[2]*x.Dims[3])
}

// reshape shares x's memory and, so that nothing need be copied back, its
// gradient.
func (t *Tape) reshape(x *Tensor, dims ...int) *Tensor {
	y := t.fresh(dims...)
	y.Data, y.live, y.of = x.Data, x.live, x
	return y
}

// ShortContext is the most positions whose attention weights, T×T a head, are
// kept for the way back; of longer contexts they are computed again, a block of
// queries at a time.
const ShortContext = 64

// Attention is causal softmax attention with grouped heads (Ainslie et al.
// 2023) for q (B,Tq,H,D) and k, v (B,Tk,K,D): query head h reads head h·K/H.
// The queries are the last Tq of the Tk positions.
func (t *Tape) Attention(q, k, v *Tensor) *Tensor {
	scale := float32(1 / math.Sqrt(float64(q.Cols())))
	y := t.like(q)
	sums := t.make(q.Dims[0], q.Dims[2], q.Dims[1], 2)
	var p *Tensor
	if t.recording && k.Dims[1] <= ShortContext {
		p = t.make(q.Dims[0], q.Dims[2], q.Dims[1], k.Dims[1])
	}
	t.Backend.Attention(y, p, sums, q, k, v, scale)
	return t.record(node{back: attentionBack, in: [5]*Tensor{q, k, v}, out: y, saved: [2]*Tensor{sums, p}, scale: scale})
}

func attentionBack(t *Tape, n *node) {
	q, k, v := n.in[0], n.in[1], n.in[2]
	t.Backend.AttentionGrad(t.grad(q), t.grad(k), t.grad(v), n.out.Grad, n.saved[1], n.saved[0], q, k, v, n.scale)
}
