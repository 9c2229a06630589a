package kernel

import "math"

// CausalSoftmaxRef turns scores p (Tq,Tk) into attention weights in place, row
// by row (Vaswani et al. 2017, eq. 1). Row i stands for the query at position
// Tk-Tq+i and sees keys 0 … Tk-Tq+i; the weights of later keys become 0:
//
//	p[i,j] = exp(scale·(p[i,j] - max))·r,   r = 1/Σ_j exp(scale·(p[i,j] - max))
//
// sums (Tq,2) keeps max and r of each row, so that the weights can be had again
// from the scores. p is not transposed.
func CausalSoftmaxRef(p Matrix, scale float32, sums []float32) {
	checkCausal(p, sums)
	for i := range p.Rows {
		seen, rest := p.causalRow(i)
		largest := float32(math.Inf(-1))
		for _, s := range seen {
			largest = max(largest, s)
		}
		var sum float32
		for j, s := range seen {
			seen[j] = float32(math.Exp(float64(scale * (s - largest))))
			sum += seen[j]
		}
		for j := range seen {
			seen[j] *= 1 / sum
		}
		clear(rest)
		sums[2*i], sums[2*i+1] = largest, 1/sum
	}
}

// CausalSoftmaxAgainRef is CausalSoftmaxRef where sums is known.
func CausalSoftmaxAgainRef(p Matrix, scale float32, sums []float32) {
	checkCausal(p, sums)
	for i := range p.Rows {
		seen, rest := p.causalRow(i)
		for j, s := range seen {
			seen[j] = float32(math.Exp(float64(scale*(s-sums[2*i])))) * sums[2*i+1]
		}
		clear(rest)
	}
}

// CausalSoftmaxGradRef turns the gradients dp (Tq,Tk) of attention weights p
// into gradients of the scores, in place:
//
//	ds[i,j] = scale·p[i,j]·(dp[i,j] - Σ_k dp[i,k]·p[i,k])
func CausalSoftmaxGradRef(dp, p Matrix, scale float32) {
	checkCausalGrad(dp, p)
	for i := range p.Rows {
		pr, _ := p.causalRow(i)
		dr, rest := dp.causalRow(i)
		dot := DotRef(dr, pr)
		for j := range dr {
			dr[j] = scale * pr[j] * (dr[j] - dot)
		}
		clear(rest)
	}
}

// causalRow is row i of a causal matrix: what it sees, and the rest.
func (m Matrix) causalRow(i int) (seen, rest []float32) {
	row := m.Data[i*m.Stride:][:m.Cols]
	n := m.Cols - m.Rows + i + 1
	return row[:n], row[n:]
}

func checkCausal(p Matrix, sums []float32) {
	p.check()
	checkCausalShape(p)
	separate(p.span(), need(sums, 2*p.Rows))
}

func checkCausalShape(p Matrix) {
	if p.Transposed || p.Cols < p.Rows {
		panic("kernel: not a causal matrix")
	}
}

func checkCausalGrad(dp, p Matrix) {
	dp.check()
	p.check()
	if p.Transposed || dp.Transposed || p.Cols < p.Rows || dp.Rows != p.Rows || dp.Cols != p.Cols {
		panic("kernel: not causal matrices of one shape")
	}
	separate(dp.span(), p.span())
}

// CrossEntropyRef is the loss of predicting targets (R) from logits (R,V), in
// nats, one number a row:
//
//	loss[r] = lse[r] - logits[r,target],   lse[r] = log Σ_v exp(logits[r,v])
//
// A negative target masks its row: loss 0. lse (R) is kept for the gradient.
func CrossEntropyRef(loss, lse, logits []float32, targets []int32, v int) {
	checkCrossEntropy(loss, lse, logits, len(targets), v)
	for r, target := range targets {
		row := logits[r*v : (r+1)*v]
		largest := float32(math.Inf(-1))
		for _, z := range row {
			largest = max(largest, z)
		}
		var sum float32
		for _, z := range row {
			sum += float32(math.Exp(float64(z - largest)))
		}
		lse[r] = largest + float32(math.Log(float64(sum)))
		loss[r] = 0
		if target >= 0 {
			loss[r] = lse[r] - row[target]
		}
	}
}

// CrossEntropyGradRef adds the gradient of scale·Σ_r weights[r]·loss[r] to
// dlogits (R,V); rows of weight 0 are left as they are:
//
//	dlogits[r,v] += scale·weights[r]·(exp(logits[r,v] - lse[r]) - [v == target])
func CrossEntropyGradRef(dlogits, logits, lse []float32, targets []int32, weights []float32, v int, scale float32) {
	together(need(dlogits, len(targets)*v), logits)
	need(lse, len(targets))
	need(weights, len(targets))
	for r, target := range targets {
		w := scale * weights[r]
		if target < 0 || w == 0 {
			continue
		}
		row, drow := logits[r*v:(r+1)*v], dlogits[r*v:(r+1)*v]
		for i, z := range row {
			drow[i] += w * float32(math.Exp(float64(z-lse[r])))
		}
		drow[target] -= w
	}
}

func checkCrossEntropy(loss, lse, logits []float32, rows, v int) {
	need(loss, rows)
	need(lse, rows)
	separate(loss, lse, need(logits, rows*v))
}
