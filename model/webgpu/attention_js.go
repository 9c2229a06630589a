package webgpu

import "hornbook/model/tensor"

var (
	attention       = load("attention", "")
	attentionGradQ  = load("attention_grad_q", "")
	attentionGradKV = load("attention_grad_kv", "")
)

// widest is the largest size of a head, as in attention.wgsl.
const widest = 256

// looks lists, for each query, where its keys begin and how many it sees.
func (b *Backend) looks(spans []tensor.Span, rows int) (begin, seen []uint32) {
	r := &b.rows
	r.from(b.Card, 2*rows)
	for _, s := range spans {
		for i := range s.Rows {
			r.a, r.b = append(r.a, uint32(s.Keys)), append(r.b, uint32(s.First+i+1))
		}
	}
	return r.a, r.b
}

// Attention keeps no weights: p stays as it is.
func (b *Backend) Attention(y, _, sums, q, k, v *tensor.Tensor, spans []tensor.Span, scale float32) {
	heads, d := q.Dims[1], q.Dims[2]
	if d > widest {
		panic(tensor.Lost{Why: "heads are too wide for the shaders"})
	}
	for _, s := range spans {
		if s.Window > 0 {
			panic(tensor.Lost{Why: "the shaders know no attention over a window"})
		}
	}
	begin, seen := b.looks(spans, q.Dims[0])
	b.call(attention).on(y, sums, q, k, v).list(begin).list(seen).whole(heads, heads/k.Dims[1], d).real(scale).rows(q.Dims[0] * heads)
}

func (b *Backend) AttentionGrad(dq, dk, dv tensor.Into, dy, _, sums, q, k, v *tensor.Tensor, spans []tensor.Span, scale float32) {
	rows, heads, d := q.Dims[0], q.Dims[1], q.Dims[2]
	share := heads / k.Dims[1]
	delta := b.scratch(rows * heads)
	begin, seen := b.looks(spans, rows)
	b.call(attentionGradQ).on(dq.T, delta, dy, sums, q, k, v).list(begin).list(seen).
		whole(heads, share, d).real(scale).yes(dq.Add).rows(rows * heads)
	if dk.T == nil && dv.T == nil {
		return
	}
	r := &b.rows
	r.from(b.Card, 4*len(spans))
	row := 0
	for _, s := range spans {
		r.a, r.b, r.c, r.d = append(r.a, uint32(row)), append(r.b, uint32(s.Rows)), append(r.c, uint32(s.First)), append(r.d, uint32(s.Keys))
		row += s.Rows
	}
	b.call(attentionGradKV).on(dk.T, dv.T, delta, dy, sums, q, k, v).list(r.a).list(r.b).list(r.c).list(r.d).
		whole(len(spans), heads, share, d).real(scale).yes(dk.Add, dv.Add).rows(k.Dims[0] * k.Dims[1])
}
