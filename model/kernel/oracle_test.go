package kernel

import (
	"math"
	"slices"
)

// What every kernel must compute, once more and in float64.

func wantAdd(n int, o, i slices64) {
	for j := range n {
		o[0][j] = i[0][j] + i[1][j]
	}
}

func wantAxpy(n int, o, i slices64) {
	for j := range n {
		o[0][j] += -3 * i[0][j]
	}
}

func wantScale(n int, o, i slices64) {
	for j := range n {
		o[0][j] = -3 * i[0][j]
	}
}

func wantDot(n int, o, i slices64) {
	o[0][0] = 0
	for j := range n {
		o[0][0] += i[0][j] * i[1][j]
	}
}

func wantAddRow(n int, o, i slices64) {
	for j := range o[0] {
		o[0][j] += i[0][j%n]
	}
}

func wantSumRows(n int, o, i slices64) {
	for j, v := range i[0] {
		o[0][j%n] += v
	}
}

func wantExp(n int, o, i slices64) {
	for j := range n {
		o[0][j] = math.Exp(i[0][j])
	}
}

func wantGELU(n int, o, i slices64) {
	for j, x := range i[0] {
		o[0][j] = x * normalCDF(x)
		if len(o) > 1 {
			o[1][j] = normalCDF(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
		}
	}
}

func wantGELUTanh(n int, o, i slices64) {
	for j, x := range i[0] {
		o[0][j] = geluTanh(x)
		if len(o) > 1 {
			const h = 1e-5
			o[1][j] = (geluTanh(x+h) - geluTanh(x-h)) / (2 * h)
		}
	}
}

func geluTanh(x float64) float64 {
	return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*math.Pow(x, 3))))
}

func wantMul(n int, o, i slices64) {
	for j := range n {
		o[0][j] = i[0][j] * i[1][j]
	}
}

func wantMulAdd(n int, o, i slices64) {
	for j := range n {
		o[0][j] += i[0][j] * i[1][j]
	}
}

func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

func wantReLU2(n int, o, i slices64) {
	for j, x := range i[0] {
		o[0][j] = max(x, 0) * max(x, 0)
	}
}

func wantReLU2Grad(n int, o, i slices64) {
	for j, x := range i[1] {
		o[0][j] += i[0][j] * 2 * max(x, 0)
	}
}

func wantSwiGLU(n int, o, i slices64) {
	for j, g := range i[0] {
		o[0][j] = g / (1 + math.Exp(-g)) * i[1][j]
	}
}

func wantSwiGLUGrad(n int, o, i slices64) {
	for j, g := range i[1] {
		s := 1 / (1 + math.Exp(-g))
		o[0][j] += i[0][j] * i[2][j] * (s + g*s*(1-s))
		o[1][j] += i[0][j] * g * s
	}
}

func wantAdamW(n int, o, i slices64) {
	s := adamW
	b1, b2, lr := float64(s.Beta1), float64(s.Beta2), float64(s.LR)
	for j, g := range i[0] {
		m := b1*o[1][j] + (1-b1)*g
		v := b2*o[2][j]*o[2][j] + (1-b2)*g*g
		step := m / (1 - b1*b1*b1) / (math.Sqrt(v/(1-b2*b2*b2)) + float64(s.Eps))
		o[0][j] = o[0][j]*(1-lr*float64(s.WeightDecay)) - lr*step
		o[1][j], o[2][j] = m, v
	}
}

// column is v[j], or otherwise if there is no such slice.
func column(s slices64, at, j int, otherwise float64) float64 {
	if at < len(s) {
		return s[at][j]
	}
	return otherwise
}

func wantLayerNorm(n int, o, i slices64) {
	for r := range rows {
		x := i[0][r*n:][:n]
		mean := total(n, func(j int) float64 { return x[j] }) / float64(n)
		variance := total(n, func(j int) float64 { return (x[j] - mean) * (x[j] - mean) }) / float64(n)
		rstd := 1 / math.Sqrt(variance+eps)
		for j, v := range x {
			o[0][r*n+j] = (v-mean)*rstd*column(i, 1, j, 1) + column(i, 2, j, 0)
		}
		o[1][r], o[2][r] = mean, rstd
	}
}

func wantLayerNormGrad(n int, o, i slices64) {
	for r := range rows {
		dy, x, mean, rstd := i[0][r*n:][:n], i[1][r*n:][:n], i[2][r], i[3][r]
		normalised := func(j int) float64 { return (x[j] - mean) * rstd }
		g := func(j int) float64 { return dy[j] * column(i, 4, j, 1) }
		meanG := total(n, g) / float64(n)
		meanGN := total(n, func(j int) float64 { return g(j) * normalised(j) }) / float64(n)
		for j := range n {
			o[0][r*n+j] += rstd * (g(j) - meanG - normalised(j)*meanGN)
			if len(o) > 1 {
				o[1][j] += dy[j] * normalised(j)
				o[2][j] += dy[j]
			}
		}
	}
}

func wantRMSNorm(n int, o, i slices64) {
	for r := range rows {
		x := i[0][r*n:][:n]
		rstd := 1 / math.Sqrt(total(n, func(j int) float64 { return x[j] * x[j] })/float64(n)+eps)
		for j, v := range x {
			o[0][r*n+j] = v * rstd * column(i, 1, j, 1)
		}
		o[1][r] = rstd
	}
}

func wantRMSNormGrad(n int, o, i slices64) {
	for r := range rows {
		dy, x, rstd := i[0][r*n:][:n], i[1][r*n:][:n], i[2][r]
		g := func(j int) float64 { return dy[j] * column(i, 3, j, 1) }
		meanGN := total(n, func(j int) float64 { return g(j) * x[j] * rstd }) / float64(n)
		for j := range n {
			o[0][r*n+j] += rstd * (g(j) - x[j]*rstd*meanGN)
			if len(o) > 1 {
				o[1][j] += dy[j] * x[j] * rstd
			}
		}
	}
}

func total(n int, f func(j int) float64) (sum float64) {
	for j := range n {
		sum += f(j)
	}
	return sum
}

func wantRoPE(n int, o, i slices64)     { clear(o[0]); rotateWant(n, o, i, 1) }
func wantRoPEGrad(n int, o, i slices64) { rotateWant(n, o, i, -1) }

func rotateWant(n int, o, i slices64, sign float64) {
	half := n + 1
	for j := range o[0] {
		r, head, at := j/(heads*2*half), j/(2*half), j%(2*half)
		angle := (1+r%steps)*half + at%half
		cos, sin, base := i[1][angle], sign*i[2][angle], head*2*half
		if at < half {
			o[0][j] += i[0][base+at]*cos - i[0][base+at+half]*sin
		} else {
			o[0][j] += i[0][base+at]*cos + i[0][base+at-half]*sin
		}
	}
}

func wantCausalSoftmax(n int, o, _ slices64) {
	tk := n + rows
	for r := range rows {
		row, seen := o[0][r*tk:][:tk], n+r+1
		most := slices.Max(row[:seen])
		sum := total(seen, func(j int) float64 { return math.Exp(0.7 * (row[j] - most)) })
		for j := range row {
			row[j] = math.Exp(0.7*(row[j]-most)) / sum
		}
		clear(row[seen:])
		o[1][2*r], o[1][2*r+1] = most, 1/sum
	}
}

func wantCausalSoftmaxAgain(n int, o, i slices64) {
	tk := n + rows
	for r := range rows {
		row, seen := o[0][r*tk:][:tk], n+r+1
		for j := range row {
			row[j] = math.Exp(0.7*(row[j]-i[0][2*r])) * i[0][2*r+1]
		}
		clear(row[seen:])
	}
}

func wantCausalSoftmaxGrad(n int, o, i slices64) {
	tk := n + rows
	for r := range rows {
		d, p, seen := o[0][r*tk:][:tk], i[0][r*tk:][:tk], n+r+1
		dot := total(seen, func(j int) float64 { return d[j] * p[j] })
		for j := range d {
			d[j] = 0.5 * p[j] * (d[j] - dot)
		}
		clear(d[seen:])
	}
}

func wantCrossEntropy(n int, o, i slices64) {
	v := n + 1
	for r, target := range targetsOf(n) {
		row := i[0][r*v:][:v]
		o[0][r], o[1][r] = 0, math.Log(total(v, func(j int) float64 { return math.Exp(row[j]) }))
		if target >= 0 {
			o[0][r] = o[1][r] - row[target]
		}
	}
}

func wantCrossEntropyGrad(n int, o, i slices64) {
	v := n + 1
	for r, target := range targetsOf(n) {
		if target < 0 {
			continue
		}
		for j := range v {
			o[0][r*v+j] += float64(float32(0.3)) * i[2][r] * math.Exp(i[0][r*v+j]-i[1][r])
		}
		o[0][r*v+int(target)] -= float64(float32(0.3)) * i[2][r]
	}
}
