package webgpu

import (
	"math"

	"hornbook/model/tensor"
)

// What goes over all parameters is one call for many of them, since a call costs a card
// more than a few numbers do.

var (
	squares      = load("squares", "")
	clipFactor   = load("clip_factor", "")
	scaleBy      = load("scale_by", "")
	adamw        = load("adamw", "")
	muonMomentum = load("muon_momentum", "")
	normalize    = load("normalize", "")
)

// stretch is how many numbers a group goes over.
const stretch = 1024

// stretches calls one with the beginning and the end of each stretch of n numbers.
func stretches(n int, one func(from, to int)) {
	for from := 0; from < n; from += stretch {
		one(from, min(n, from+stretch))
	}
}

// Squares sums stretches of the tensors that lie in one buffer, and then those sums.
func (b *Backend) Squares(sums *tensor.Tensor, xs []*tensor.Tensor) {
	for first := 0; first < len(xs); {
		n := 1
		for first+n < len(xs) && pieceOf(xs[first+n]).buffer == pieceOf(xs[first]).buffer {
			n++
		}
		b.sumSquares(sums.Slice(first, n), xs[first:first+n])
		first += n
	}
}

func (b *Backend) sumSquares(sums *tensor.Tensor, xs []*tensor.Tensor) {
	r, parts := &b.rows, 0
	for _, x := range xs {
		b.asked.numbers += x.Len()
		parts += (x.Len() + stretch - 1) / stretch
	}
	r.from(b.Card, 2*parts+2*len(xs))
	for _, x := range xs {
		at := pieceOf(x).at + x.Offset
		r.c = append(r.c, uint32(len(r.a)))
		stretches(x.Len(), func(from, to int) {
			r.a, r.b = append(r.a, uint32(at+from)), append(r.b, uint32(at+to))
		})
		r.d = append(r.d, uint32(len(r.a)))
	}
	sum := b.scratch(parts)
	const nan = 0x7fc00000
	b.call(squares).on(sum).over(pieceOf(xs[0]).buffer).list(r.a).list(r.b).yes(true).whole(nan).rows(parts)
	b.call(squares).on(sums, sum).list(r.c).list(r.d).yes(false).whole(nan).rows(len(xs))
}

func (b *Backend) Clip(xs []*tensor.Tensor, squares *tensor.Tensor, limit float64) {
	factor := b.scratch(1)
	b.call(clipFactor).on(factor, squares).whole(squares.Len()).real(float32(limit)).groups(1)
	for i := 0; i < len(xs); {
		p, from := pieceOf(xs[i]), xs[i].Offset
		to := from + xs[i].Len()
		for i++; i < len(xs) && pieceOf(xs[i]) == p && xs[i].Offset == to; i++ { // that follows at once
			to += xs[i].Len()
		}
		b.call(scaleBy).on(tensor.Weight(p, from, "", to-from), factor).whole(to - from).each(to - from)
	}
}

// steps are of parameters under AdamW that have been asked for one by one, with the same
// numbers and in the same buffers, to be one call.
type steps struct {
	by                              tensor.AdamW // but for the decay
	in                              [4]*buffer   // w, g, m, v
	wAt, gAt, mAt, vAt, count, keep []uint32
}

// AdamW is asked for with the next call that is another.
func (b *Backend) AdamW(w, g, m, v *tensor.Tensor, s tensor.AdamW) {
	b.asked.numbers += 4 * w.Len()
	p, by, in := &b.steps, s, [4]*buffer{pieceOf(w).buffer, pieceOf(g).buffer, pieceOf(m).buffer, pieceOf(v).buffer}
	by.WeightDecay = 0
	if len(p.count) > 0 && (p.by != by || p.in != in || 6*len(p.count) > mostNumbers/4) {
		b.settle()
	}
	p.by, p.in = by, in
	at := func(t *tensor.Tensor, from int) uint32 { return uint32(pieceOf(t).at + t.Offset + from) }
	stretches(w.Len(), func(from, to int) {
		p.wAt, p.gAt = append(p.wAt, at(w, from)), append(p.gAt, at(g, from))
		p.mAt, p.vAt = append(p.mAt, at(m, from)), append(p.vAt, at(v, from))
		p.count, p.keep = append(p.count, uint32(to-from)), append(p.keep, math.Float32bits(1-s.LR*s.WeightDecay))
	})
}

// settle asks for the steps that are waiting.
func (c *Card) settle() {
	p := &c.steps
	n := len(p.count)
	if n == 0 {
		return
	}
	count, s := p.count, p.by
	p.count = nil // else call would settle again
	correction := func(beta float32) float32 { return float32(1 - math.Pow(float64(beta), float64(s.Step))) }
	c.reserve(6 * n)
	c.call(adamw).over(p.in[:]...).list(p.wAt).list(p.gAt).list(p.mAt).list(p.vAt).list(count).list(p.keep).
		real(s.LR, s.Beta1, s.Beta2, s.Eps, correction(s.Beta1), correction(s.Beta2)).rows(n)
	p.wAt, p.gAt, p.mAt, p.vAt, p.count, p.keep = p.wAt[:0], p.gAt[:0], p.mAt[:0], p.vAt[:0], count[:0], p.keep[:0]
}

// newtonSchulz is the memory of Muon's iteration, grown to the largest matrix.
type newtonSchulz struct{ x, y, a, b, sum *tensor.Tensor }

func (b *Backend) Muon(w, g, m *tensor.Tensor, s tensor.Muon) {
	n, rows, cols := w.Len(), w.Rows(), w.Cols()
	b.call(muonMomentum).on(m, g).whole(n).real(float32(s.Momentum)).each(n)
	u := b.orthogonal(g, rows, cols)
	rate := s.LR * math.Sqrt(math.Max(1, float64(rows)/float64(cols)))
	b.mix(w, u, float32(-rate), float32(1-s.LR*s.WeightDecay))
}

// orthogonal is the nearest matrix to g whose singular values are about 1, as tensor.Muon
// says, valid until the next call. The square matrices are kept small by working on the
// transposed view of a tall one.
func (b *Backend) orthogonal(g *tensor.Tensor, rows, cols int) *tensor.Tensor {
	k, n := min(rows, cols), g.Len()
	s := &b.muon
	room := func(t **tensor.Tensor, n int) *tensor.Tensor {
		if *t == nil || (*t).Len() < n {
			*t = tensor.Zeros(b, n)
		}
		return (*t).Slice(0, n)
	}
	x, y, a, p, sum := room(&s.x, n), room(&s.y, n), room(&s.a, k*k), room(&s.b, k*k), room(&s.sum, 1)
	b.sumSquares(sum, []*tensor.Tensor{g})
	b.call(normalize).on(x, g, sum).whole(n).each(n)
	for range tensor.MuonSteps {
		xm, square, poly := mat(x, rows, cols), mat(a, k, k), mat(p, k, k)
		if rows > cols {
			b.matmul(a, xm.transposed(), xm, 1, 0, nil, nil)
		} else {
			b.matmul(a, xm, xm.transposed(), 1, 0, nil, nil)
		}
		b.matmul(p, square, square, tensor.MuonC, tensor.MuonB, a, nil)
		if rows > cols {
			b.matmul(y, xm, poly, 1, tensor.MuonA, x, nil)
		} else {
			b.matmul(y, poly, xm, 1, tensor.MuonA, x, nil)
		}
		x, y = y, x
	}
	return x
}
