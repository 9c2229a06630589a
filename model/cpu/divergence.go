package cpu

import (
	"math"

	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

// Divergence, its gradient and Entropy go a row at a time: probabilities are float32,
// one exponential each, and what is summed of them float64.

func (c *CPU) Divergence(d, student, teacher *tensor.Tensor, beta float32) {
	t := newDistribution(teacher.Cols())
	eachRow(student, func(r int, s *distribution) {
		t.of(row(teacher, r))
		data(d)[r] = float32(s.from(t, float64(beta)))
	})
}

// DivergenceGrad follows from d = from(t, β) with g = d d/d s[v], which is
// (1-β)·log(s/m), at the ends -t/s and log(s/t) + 1, by the softmax's rule
// dz[v] = s[v]·(g[v] - Σ_u s[u]·g[u]). At β = 0 that is s[v] - t[v].
func (c *CPU) DivergenceGrad(dstudent tensor.Into, dd, student, teacher *tensor.Tensor, beta float32) {
	to, v := adding(dstudent), student.Cols()
	t, slopes := newDistribution(v), make([]float64, v)
	eachRow(student, func(r int, s *distribution) {
		by := data(dd)[r]
		if by == 0 {
			return
		}
		t.of(row(teacher, r))
		to := to[r*v : (r+1)*v]
		if beta == 0 {
			for i, p := range s.p {
				to[i] += by * (p - t.p[i])
			}
			return
		}
		mean := s.slopes(slopes, t, float64(beta))
		for i, p := range s.p {
			to[i] += float32(float64(by) * float64(p) * (slopes[i] - mean))
		}
	})
}

func (c *CPU) Entropy(h, logits *tensor.Tensor) {
	eachRow(logits, func(r int, s *distribution) {
		var sum float64
		for i, p := range s.p {
			sum -= float64(p) * s.log(i)
		}
		data(h)[r] = float32(sum)
	})
}

// distribution is that of the next token by one row of logits.
type distribution struct {
	logits []float32
	p      []float32
	lse    float64
}

func newDistribution(v int) *distribution { return &distribution{p: make([]float32, v)} }

// of makes d that of a row of logits.
func (d *distribution) of(logits []float32) {
	most := logits[0]
	for _, z := range logits {
		most = max(most, z)
	}
	for i, z := range logits {
		d.p[i] = z - most
	}
	kernel.Exp(d.p, d.p)
	var sum float64
	for _, e := range d.p {
		sum += float64(e)
	}
	d.logits, d.lse = logits, float64(most)+math.Log(sum)
	by := float32(1 / sum)
	for i := range d.p {
		d.p[i] *= by
	}
}

func (d *distribution) log(i int) float64 { return float64(d.logits[i]) - d.lse }

// row is one of a tensor's.
func row(x *tensor.Tensor, r int) []float32 { return data(x)[r*x.Cols() : (r+1)*x.Cols()] }

// eachRow calls f for the rows of logits (R,V).
func eachRow(x *tensor.Tensor, f func(r int, d *distribution)) {
	d := newDistribution(x.Cols())
	for r := range x.Rows() {
		d.of(row(x, r))
		f(r, d)
	}
}

// mixed is log((1-β)·s + β·t) of a token, by the larger part, so that neither
// underflows alone; s and t are logarithms of (1-β)·s and β·t.
func mixed(s, t float64) float64 { return max(s, t) + math.Log1p(math.Exp(-math.Abs(s-t))) }

// from is how far s is from t.
func (s *distribution) from(t *distribution, beta float64) (sum float64) {
	switch beta {
	case 0:
		for i, p := range t.p {
			sum += float64(p) * (t.log(i) - s.log(i))
		}
	case 1:
		for i, p := range s.p {
			sum += float64(p) * (s.log(i) - t.log(i))
		}
	default:
		ofS, ofT := math.Log1p(-beta), math.Log(beta)
		for i := range s.p {
			ls, lt := s.log(i), t.log(i)
			m := mixed(ofS+ls, ofT+lt)
			sum += beta*float64(t.p[i])*(lt-m) + (1-beta)*float64(s.p[i])*(ls-m)
		}
	}
	return sum
}

// slopes are d from/d s of each token, for β above 0, but for what is the same for
// all, which the softmax's rule takes away; and their mean by s.
func (s *distribution) slopes(slopes []float64, t *distribution, beta float64) (mean float64) {
	ofS, ofT := math.Log1p(-beta), math.Log(beta)
	for i, p := range s.p {
		ls, lt := s.log(i), t.log(i)
		slopes[i] = ls - lt
		if beta < 1 {
			slopes[i] = (1 - beta) * (ls - mixed(ofS+ls, ofT+lt))
		}
		mean += float64(p) * slopes[i]
	}
	return mean
}
