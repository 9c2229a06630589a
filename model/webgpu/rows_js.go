package webgpu

import (
	"cmp"
	"slices"

	"hornbook/model/tensor"
)

// Operations that go by rows: which row of a table, which position.

var (
	lookUp    = load("embed", "")
	embedGrad = load("embed_grad", "")
	appending = load("append", "")
	rope      = load("rope", "")
)

// rowLists are whole numbers of the call under way, a list for each of its purposes.
type rowLists struct{ a, b, c, d []uint32 }

// from begins lists of n numbers of one call, empty.
func (r *rowLists) from(c *Card, n int) {
	c.reserve(n)
	r.a, r.b, r.c, r.d = r.a[:0], r.b[:0], r.c[:0], r.d[:0]
}

// positions lists that of each row of spans.
func (b *Backend) positions(spans []tensor.Span) []uint32 {
	rows := 0
	for _, s := range spans {
		rows += s.Rows
	}
	b.rows.from(b.Card, rows)
	for _, s := range spans {
		for i := range s.Rows {
			b.rows.a = append(b.rows.a, uint32(s.First+i))
		}
	}
	return b.rows.a
}

// these lists ids.
func (b *Backend) these(ids []int32) []uint32 {
	b.rows.from(b.Card, len(ids))
	for _, id := range ids {
		b.rows.a = append(b.rows.a, uint32(id))
	}
	return b.rows.a
}

func (b *Backend) pick(y, table, x *tensor.Tensor, ids []uint32) {
	b.call(lookUp).on(y, table, x).list(ids).whole(y.Len(), y.Cols()).each(y.Len())
}

func (b *Backend) Embed(y, table *tensor.Tensor, ids []int32) {
	b.pick(y, table, nil, b.these(ids))
}

func (b *Backend) AddPositions(y, x, table *tensor.Tensor, spans []tensor.Span) {
	b.pick(y, table, x, b.positions(spans))
}

func (b *Backend) EmbedGrad(dtable tensor.Into, dy *tensor.Tensor, ids []int32) {
	b.scatter(dtable, dy, b.these(ids))
}

func (b *Backend) AddPositionsGrad(dtable tensor.Into, dy *tensor.Tensor, spans []tensor.Span) {
	b.scatter(dtable, dy, b.positions(spans))
}

// scatter adds the rows of dy to those of dtable that ids name, which lie in b.rows.a:
// rows of one id together, in their order.
func (b *Backend) scatter(dtable tensor.Into, dy *tensor.Tensor, ids []uint32) {
	if !dtable.Add {
		b.Fill(dtable.T, 0)
	}
	b.reserve(3*len(ids) + 1)
	r := &b.rows
	order, id, start := r.b[:0], r.c[:0], r.d[:0]
	for i := range ids {
		order = append(order, uint32(i))
	}
	slices.SortStableFunc(order, func(i, j uint32) int { return cmp.Compare(ids[i], ids[j]) })
	for i, at := range order {
		if i == 0 || ids[at] != id[len(id)-1] {
			id, start = append(id, ids[at]), append(start, uint32(i))
		}
	}
	start = append(start, uint32(len(order)))
	r.b, r.c, r.d = order, id, start
	b.call(embedGrad).on(dtable.T, dy).list(id).list(start).list(order).whole(dy.Cols()).rows(len(id))
}

func (b *Backend) Append(cache, x *tensor.Tensor, spans []tensor.Span) {
	to := b.positions(spans)
	at := 0
	for _, s := range spans {
		for range s.Rows {
			to[at] += uint32(s.Keys)
			at++
		}
	}
	b.call(appending).on(cache, x).list(to).whole(x.Len(), x.Dims[1]*x.Dims[2]).each(x.Len())
}

func (b *Backend) RoPE(y, x, cos, sin *tensor.Tensor, spans []tensor.Span) {
	b.turn(tensor.Into{T: y}, x, cos, sin, spans, 1)
}

func (b *Backend) RoPEGrad(dx tensor.Into, dy, cos, sin *tensor.Tensor, spans []tensor.Span) {
	b.turn(dx, dy, cos, sin, spans, -1)
}

func (b *Backend) turn(y tensor.Into, x, cos, sin *tensor.Tensor, spans []tensor.Span, sign float32) {
	n := x.Len() / 2
	b.call(rope).on(y.T, x, cos, sin).list(b.positions(spans)).whole(n, x.Dims[1], x.Dims[2]/2).real(sign).yes(y.Add).each(n)
}
