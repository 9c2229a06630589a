package webgpu

import (
	"math"

	"hornbook/model/tensor"
)

var (
	squares      = load("squares", "")
	clipFactor   = load("clip_factor", "")
	scaleBy      = load("scale_by", "")
	adamw        = load("adamw", "")
	muonMomentum = load("muon_momentum", "")
	normalize    = load("normalize", "")
)

// stretch is how many squares a group sums.
const stretch = 4096

func (b *Backend) Squares(sums *tensor.Tensor, xs []*tensor.Tensor) {
	for i, x := range xs {
		b.squares(sums.Slice(i, 1), x)
	}
}

// squares makes sum Σ x², in two stages where x is long.
func (b *Backend) squares(sum, x *tensor.Tensor) {
	put := func(y, x *tensor.Tensor, height, groups int, square bool) {
		b.call(squares).on(y, x).whole(x.Len(), height).yes(square).whole(0x7fc00000).rows(groups)
	}
	n := x.Len()
	groups := (n + stretch - 1) / stretch
	if groups == 1 {
		put(sum, x, n, 1, true)
		return
	}
	parts := b.scratch(groups)
	put(parts, x, stretch, groups, true)
	put(sum, parts, groups, 1, false)
}

func (b *Backend) Clip(xs []*tensor.Tensor, squares *tensor.Tensor, limit float64) {
	factor := b.scratch(1)
	b.call(clipFactor).on(factor, squares).whole(squares.Len()).real(float32(limit)).groups(1)
	for _, x := range xs {
		b.call(scaleBy).on(x, factor).whole(x.Len()).each(x.Len())
	}
}

func (b *Backend) AdamW(w, g, m, v *tensor.Tensor, s tensor.AdamW) {
	correction := func(beta float32) float32 { return float32(1 - math.Pow(float64(beta), float64(s.Step))) }
	b.call(adamw).on(w, g, m, v).whole(w.Len()).
		real(s.LR, s.Beta1, s.Beta2, s.Eps, 1-s.LR*s.WeightDecay, correction(s.Beta1), correction(s.Beta2)).each(w.Len())
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
	b.squares(sum, g)
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
