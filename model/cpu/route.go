package cpu

import (
	"slices"

	"hornbook/model/tensor"
)

// smallest is what is added to a sum of weights before one divides by it, as DeepSeek's
// own code has it.
const smallest = 1e-20

// Route goes twice over the tokens: it chooses, and counts; then it deals.
func (c *CPU) Route(weights, logits, balance *tensor.Tensor, d tensor.Dealt) {
	n, experts := logits.Rows(), logits.Cols()
	k := len(d.IDs) / n
	chosen, bias := c.choices(n*k), data(balance)
	clear(d.Counts)
	scores := make([]float32, experts)
	for t := range n {
		for e, z := range row(logits, t) {
			scores[e] = sigmoid(z) + bias[e]
		}
		best := chosen[t*k : (t+1)*k]
		for i := range best {
			best[i] = highest(scores, best[:i])
			d.Counts[best[i]]++
		}
		slices.Sort(best)
	}
	next := starts(d.Counts)
	to := data(weights)
	for t := range n {
		z, by := row(logits, t), d.Scale
		if best := chosen[t*k : (t+1)*k]; d.Normed {
			var sum float32
			for _, e := range best {
				sum += sigmoid(z[e])
			}
			by /= sum + smallest
		}
		for _, e := range chosen[t*k : (t+1)*k] {
			r := next[e]
			next[e]++
			d.IDs[r], to[r] = int32(t), by*sigmoid(z[e])
		}
	}
}

// highest is the place of the highest score that is not among those taken, the first of
// equal ones; of scores that are no numbers any.
func highest(scores []float32, taken []int32) int32 {
	best := int32(-1)
	for e, s := range scores {
		if (best < 0 || s > scores[best]) && !slices.Contains(taken, int32(e)) {
			best = int32(e)
		}
	}
	return best
}

// starts are where the rows of each expert begin.
func starts(counts []int32) []int32 {
	at, next := make([]int32, len(counts)), int32(0)
	for e, n := range counts {
		at[e] = next
		next += n
	}
	return at
}

// choices is room for the experts of tokens.
func (c *CPU) choices(n int) []int32 {
	if cap(c.chosen) < n {
		c.chosen = make([]int32, n)
	}
	return c.chosen[:n]
}

func (c *CPU) RouteGrad(dlogits, dbalance tensor.Into, dweights, logits *tensor.Tensor, d tensor.Dealt) {
	if dbalance.T != nil {
		to := adding(dbalance)
		for e, n := range d.Counts {
			to[e] += float32(n)
		}
	}
	if dlogits.T == nil {
		return
	}
	dw, n, v := data(dweights), logits.Rows(), logits.Cols()
	sums, dots := make([]float32, n), make([]float32, n)
	each(d, func(r, e, t int) {
		s := sigmoid(row(logits, t)[e])
		sums[t] += s
		dots[t] += dw[r] * s
	})
	to := adding(dlogits)
	each(d, func(r, e, t int) {
		s := sigmoid(row(logits, t)[e])
		ds := d.Scale * dw[r]
		if d.Normed {
			ds = d.Scale * (dw[r] - dots[t]/sums[t]) / (sums[t] + smallest)
		}
		to[t*v+e] += ds * s * (1 - s)
	})
}

// each calls f for all rows, with their experts and tokens.
func each(d tensor.Dealt, f func(r, e, t int)) {
	r := 0
	for e, n := range d.Counts {
		for range n {
			f(r, e, int(d.IDs[r]))
			r++
		}
	}
}
