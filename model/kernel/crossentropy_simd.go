//go:build goexperiment.simd && !purego

package kernel

import "math"

// CrossEntropy is CrossEntropyRef, fast.
func CrossEntropy(loss, lse, logits []float32, targets []int32, v int) {
	checkCrossEntropy(loss, lse, logits, len(targets), v)
	for r, target := range targets {
		row := logits[r*v : (r+1)*v]
		m := largest(row)
		lse[r] = m + float32(math.Log(float64(sumExp(row, m))))
		loss[r] = 0
		if target >= 0 {
			loss[r] = lse[r] - row[target]
		}
	}
}

// A chunk is what goes through a buffer on the stack at once.
const chunk = 256

// sumExp is Σ exp(x[i] - m).
func sumExp(x []float32, m float32) (sum float32) {
	var e [chunk]float32
	for len(x) > 0 {
		n := min(chunk, len(x))
		sum += expRow(e[:n], x[:n], m, 1)
		x = x[n:]
	}
	return sum
}

// CrossEntropyGrad is CrossEntropyGradRef, fast.
func CrossEntropyGrad(dlogits, logits, lse []float32, targets []int32, weights []float32, v int, scale float32) {
	together(need(dlogits, len(targets)*v), logits)
	need(lse, len(targets))
	need(weights, len(targets))
	for r, target := range targets {
		w := scale * weights[r]
		if target < 0 || w == 0 {
			continue
		}
		drow := dlogits[r*v : (r+1)*v]
		addExp(drow, logits[r*v:(r+1)*v], lse[r], w)
		drow[target] -= w
	}
}

// addExp computes y += scale·exp(x - m).
func addExp(y, x []float32, m, scale float32) {
	var e [chunk]float32
	for len(x) > 0 {
		n := min(chunk, len(x))
		expRow(e[:n], x[:n], m, 1)
		Axpy(y[:n], scale, e[:n])
		y, x = y[n:], x[n:]
	}
}
