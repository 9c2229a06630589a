package backendtest

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"hornbook/model/tensor"
)

// expertCases are the operations of DeepSeek's form.
func expertCases() []opCase {
	type tape = *tensor.Tape
	type list = []*tensor.Tensor
	type out = *tensor.Tensor
	counts, ids := []int32{2, 0, 5, 1}, []int32{2, 0, 1, 2, 0, 2, 3, 3}
	cases := []opCase{
		{name: "join", dims: [][]int{{4, 3, 5}, {4, 3, 2}},
			op:   func(t tape, in list) out { return t.Join(in[0], in[1]) },
			want: func(in [][]float64) []float64 { return joined(in[0], in[1], 5, 2) }},
		{name: "join one tensor with itself", dims: [][]int{{4, 3}},
			op:   func(t tape, in list) out { return t.Join(in[0], in[0]) },
			want: func(in [][]float64) []float64 { return joined(in[0], in[0], 3, 3) }},
		{name: "linear of heads", dims: [][]int{{5, 3, 4}, {6, 4}},
			op:   func(t tape, in list) out { return t.HeadLinear(in[0], in[1], false) },
			want: func(in [][]float64) []float64 { return headLinear(in[0], in[1], 3, 4, 2, 4, false) }},
		{name: "linear of heads' first channels", dims: [][]int{{5, 3, 6}, {6, 4}},
			op:   func(t tape, in list) out { return t.HeadLinear(in[0], in[1], false) },
			want: func(in [][]float64) []float64 { return headLinear(in[0], in[1], 3, 6, 2, 4, false) }},
		{name: "linear of heads, turned", dims: [][]int{{5, 3, 4}, {12, 7}},
			op:   func(t tape, in list) out { return t.HeadLinear(in[0], in[1], true) },
			want: func(in [][]float64) []float64 { return headLinear(in[0], in[1], 3, 4, 4, 7, true) }},
		{name: "linear of heads twice by one weight", dims: [][]int{{5, 3, 4}, {12, 4}},
			op: func(t tape, in list) out { return t.HeadLinear(t.HeadLinear(in[0], in[1], true), in[1], false) },
			want: func(in [][]float64) []float64 {
				return headLinear(headLinear(in[0], in[1], 3, 4, 4, 4, true), in[1], 3, 4, 4, 4, false)
			}},
		{name: "linear of experts", dims: [][]int{{8, 5}, {4, 3, 5}},
			op:   func(t tape, in list) out { return t.ExpertLinear(in[0], in[1], counts) },
			want: func(in [][]float64) []float64 { return expertLinear(in[0], in[1], counts, 3, 5) }},
		{name: "linear of experts twice by one weight", dims: [][]int{{8, 5}, {4, 5, 5}},
			op: func(t tape, in list) out { return t.ExpertLinear(t.ExpertLinear(in[0], in[1], counts), in[1], counts) },
			want: func(in [][]float64) []float64 {
				return expertLinear(expertLinear(in[0], in[1], counts, 5, 5), in[1], counts, 5, 5)
			}},
		{name: "gather", dims: [][]int{{8, 5}, {8}},
			op:   func(t tape, in list) out { return t.Gather(in[0], in[1], ids, 5) },
			want: func(in [][]float64) []float64 { return gathered(in[0], in[1], ids, 5, 5) }},
		{name: "route", dims: [][]int{{6, 5}},
			op: func(t tape, in list) out {
				weights, _ := t.Route(in[0], tensor.From(t.Backend, unevenBalance, 5), 2, 1.5, false)
				return weights
			},
			want: func(in [][]float64) []float64 { weights, _ := routed(in[0], 5, 2, 1.5, false); return weights }},
		{name: "route to all by parts", dims: [][]int{{6, 5}},
			op: func(t tape, in list) out {
				weights, _ := t.Route(in[0], tensor.From(t.Backend, unevenBalance, 5), 3, 2.5, true)
				return weights
			},
			want: func(in [][]float64) []float64 { weights, _ := routed(in[0], 5, 3, 2.5, true); return weights }},
		{name: "an mlp of experts", dims: [][]int{{6, 4}, {5, 4}, {5, 3, 4}, {5, 4, 3}},
			op: func(t tape, in list) out {
				weights, d := t.Route(t.Linear(in[0], in[1], nil), tensor.From(t.Backend, unevenBalance, 5), 2, 1, true)
				hidden := t.ExpertLinear(t.Embed(in[0], d.IDs), in[2], d.Counts)
				return t.Gather(t.ExpertLinear(hidden, in[3], d.Counts), weights, d.IDs, 6)
			},
			want: func(in [][]float64) []float64 {
				weights, d := routed(linear(in[0], in[1], nil, 4), 5, 2, 1, true)
				hidden := expertLinear(embed(in[0], d.IDs, 4), in[2], d.Counts, 3, 4)
				return gathered(expertLinear(hidden, in[3], d.Counts, 4, 3), weights, d.IDs, 6, 4)
			}},
	}
	for i := range cases {
		cases[i].refusable = true
	}
	return cases
}

// unevenBalance makes some experts be chosen of which the router thinks less.
var unevenBalance = []float32{.4, -.3, 0, .2, -.1}

func joined(a, b []float64, m, n int) (y []float64) {
	for r := range len(a) / m {
		y = append(append(y, a[r*m:(r+1)*m]...), b[r*n:(r+1)*n]...)
	}
	return y
}

// headLinear is of x (N,heads,d) and heads matrices of (rows,cols).
func headLinear(x, w []float64, heads, d, rows, cols int, turned bool) (y []float64) {
	for r := range len(x) / d {
		x, w := x[r*d:(r+1)*d], w[r%heads*rows*cols:][:rows*cols]
		if turned {
			w = transposed(w, rows, cols)
		}
		wide := len(w) / rows
		if turned {
			wide = rows
		}
		y = append(y, linear(x[:wide], w, nil, wide)...)
	}
	return y
}

func transposed(x []float64, rows, cols int) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i%cols*rows+i/cols] = x[i]
	}
	return y
}

func expertLinear(x, w []float64, counts []int32, out, into int) (y []float64) {
	r := 0
	for e, n := range counts {
		for range n {
			y = append(y, linear(x[r*into:(r+1)*into], w[e*out*into:(e+1)*out*into], nil, into)...)
			r++
		}
	}
	return y
}

func gathered(x, weights []float64, ids []int32, rows, c int) []float64 {
	y := make([]float64, rows*c)
	for r, id := range ids {
		for i := range c {
			y[int(id)*c+i] += weights[r] * x[r*c+i]
		}
	}
	return y
}

// routed chooses by sorting, and deals expert by expert.
func routed(logits []float64, experts, k int, scale float64, normed bool) (weights []float64, d tensor.Dealt) {
	s := func(t, e int) float64 { return 1 / (1 + math.Exp(-logits[t*experts+e])) }
	chosen := make([][]int, len(logits)/experts)
	for t := range chosen {
		all := make([]int, experts)
		for e := range all {
			all[e] = e
		}
		slices.SortStableFunc(all, func(a, b int) int {
			return -cmp.Compare(s(t, a)+float64(unevenBalance[a]), s(t, b)+float64(unevenBalance[b]))
		})
		chosen[t] = all[:k]
	}
	d.Counts = make([]int32, experts)
	for e := range experts {
		for t, list := range chosen {
			if !slices.Contains(list, e) {
				continue
			}
			sum := 1.0
			if normed {
				sum = 0
				for _, other := range list {
					sum += s(t, other)
				}
			}
			d.Counts[e]++
			d.IDs, weights = append(d.IDs, int32(t)), append(weights, scale*s(t, e)/sum)
		}
	}
	return weights, d
}

// loads: what stands as the gradient of a balance is how many tokens each expert was
// dealt, in all passes together.
func loads(t *testing.T, b tensor.Backend) {
	if _, knows := b.(tensor.Experts); !knows {
		t.Skip("it knows no experts")
	}
	logits := tensor.From(b, []float32{9, 1, 0, 9, 0, 1, 9, 1, 0, 0, 9, 1}, 4, 3)
	balance := tensor.Parameter(b, "balance", 3)
	tape := tensor.NewTape(b)
	for range 2 {
		tape.Reset(true)
		weights, d := tape.Route(logits, balance, 2, 1, true)
		if !slices.Equal(d.Counts, []int32{3, 3, 2}) || !slices.Equal(d.IDs, []int32{0, 1, 2, 0, 2, 3, 1, 3}) {
			t.Errorf("dealt %v", d)
		}
		tape.Accumulate(tape.Weigh(weights, make([]float32, 8)), []*tensor.Tensor{balance})
	}
	if got := balance.Grad.Numbers(); !slices.Equal(got, []float32{6, 6, 4}) {
		t.Errorf("loads %v", got)
	}
}
