package cpu

import (
	"math"

	"hornbook/model/tensor"
)

// Divergence, its gradient and Entropy compute a row at a time in float64.

func (c *CPU) Divergence(d, student, teacher *tensor.Tensor, beta float32) {
	each(student, teacher, func(r int, s, t distribution) {
		data(d)[r] = float32(s.from(t, float64(beta)))
	})
}

// DivergenceGrad follows from d = from(t, β) with g = d d/d s[v], which is
// (1-β)·log(s/m), at the ends -t/s and log(s/t) + 1, by the softmax's rule
// dz[v] = s[v]·(g[v] - Σ_u s[u]·g[u]).
func (c *CPU) DivergenceGrad(dstudent tensor.Into, dd, student, teacher *tensor.Tensor, beta float32) {
	to, v := adding(dstudent), student.Cols()
	b := float64(beta)
	each(student, teacher, func(r int, s, t distribution) {
		by := float64(data(dd)[r])
		if by == 0 {
			return
		}
		row := to[r*v : (r+1)*v]
		var mean float64
		for i := range row {
			mean += s.p(i) * s.slope(t, i, b)
		}
		for i := range row {
			row[i] += float32(by * s.p(i) * (s.slope(t, i, b) - mean))
		}
	})
}

func (c *CPU) Entropy(h, logits *tensor.Tensor) {
	each(logits, logits, func(r int, s, _ distribution) {
		var sum float64
		for i := range s.logits {
			sum -= s.p(i) * s.log(i)
		}
		data(h)[r] = float32(sum)
	})
}

// distribution is that of the next token by one row of logits.
type distribution struct {
	logits []float32
	lse    float64
}

func (d distribution) log(i int) float64 { return float64(d.logits[i]) - d.lse }
func (d distribution) p(i int) float64   { return math.Exp(d.log(i)) }

// each calls f for the rows of two tensors of logits (R,V).
func each(x, y *tensor.Tensor, f func(r int, x, y distribution)) {
	v := x.Cols()
	for r := range x.Rows() {
		f(r, distributed(data(x)[r*v:(r+1)*v]), distributed(data(y)[r*v:(r+1)*v]))
	}
}

func distributed(logits []float32) distribution {
	most := math.Inf(-1)
	for _, z := range logits {
		most = max(most, float64(z))
	}
	var sum float64
	for _, z := range logits {
		sum += math.Exp(float64(z) - most)
	}
	return distribution{logits, most + math.Log(sum)}
}

// mixed is log((1-β)·s + β·t) of a token, by the larger part, so that neither
// underflows alone.
func (s distribution) mixed(t distribution, i int, beta float64) float64 {
	a, b := math.Log1p(-beta)+s.log(i), math.Log(beta)+t.log(i)
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
}

// from is how far s is from t.
func (s distribution) from(t distribution, beta float64) (sum float64) {
	for i := range s.logits {
		switch beta {
		case 0:
			sum += t.p(i) * (t.log(i) - s.log(i))
		case 1:
			sum += s.p(i) * (s.log(i) - t.log(i))
		default:
			m := s.mixed(t, i, beta)
			sum += beta*t.p(i)*(t.log(i)-m) + (1-beta)*s.p(i)*(s.log(i)-m)
		}
	}
	return sum
}

// slope is d from/d s of a token, but for what is the same for all, which the
// softmax's rule takes away.
func (s distribution) slope(t distribution, i int, beta float64) float64 {
	switch beta {
	case 0:
		return -math.Exp(t.log(i) - s.log(i))
	case 1:
		return s.log(i) - t.log(i)
	}
	return (1 - beta) * (s.log(i) - s.mixed(t, i, beta))
}
