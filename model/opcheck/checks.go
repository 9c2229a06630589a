package opcheck

import "hornbook/model/tensor"

type list = []*tensor.Tensor

// sizes are around what devices divide work by.
var sizes = []int{1, 63, 64, 65, 300}

// into is t as a place for a gradient.
func into(add bool, t *tensor.Tensor) tensor.Into { return tensor.Into{T: t, Add: add} }

// twice is a check of a gradient: written, and added to.
func twice(c check, do func(b tensor.Backend, add bool, out, in list)) []check {
	var both []check
	for _, add := range []bool{false, true} {
		one := c
		one.add = add
		one.do = func(b tensor.Backend, out, in list) { do(b, add, out, in) }
		both = append(both, one)
	}
	return both
}

// checks are all there are.
func checks() (all []check) {
	for _, n := range sizes {
		all = append(all, numbers(n)...)
		all = append(all, rows(3, n)...)
		all = append(all, losses(5, n)...)
		all = append(all, optimizers(n)...)
	}
	all = append(all, rows(65, 7)...)
	for _, s := range [][3]int{{1, 65, 3}, {63, 64, 65}, {66, 5, 300}, {2, 130, 64}, {8, 9, 1100}} {
		all = append(all, products(s[0], s[1], s[2])...)
	}
	all = append(all, attentions(2, 1, 16, []tensor.Span{{Rows: 65}, {Rows: 3, Keys: 65}})...)
	all = append(all, attentions(4, 4, 65, []tensor.Span{{Rows: 2, First: 66}, {Rows: 1, First: 0, Keys: 68}})...)
	return append(all, muons()...)
}

// numbers are what is done number by number, n of them.
func numbers(n int) (all []check) {
	one, two, three := [][]int{{n}}, [][]int{{n}, {n}}, [][]int{{n}, {n}, {n}}
	all = []check{
		{op: "Fill", out: one, do: func(b tensor.Backend, out, in list) { b.Fill(out[0], 2.5) }},
		{op: "Copy", in: one, out: one, do: func(b tensor.Backend, out, in list) { b.Copy(out[0], in[0]) }},
		{op: "Add", in: two, out: one, do: func(b tensor.Backend, out, in list) { b.Add(out[0], in[0], in[1]) }},
		{op: "Add", in: one, out: one, do: func(b tensor.Backend, out, in list) { b.Add(out[0], in[0], in[0]) }},
		{op: "Scale", in: one, out: one, do: func(b tensor.Backend, out, in list) { b.Scale(out[0], in[0], -1.5) }},
		{op: "Scale", out: one, add: true, do: func(b tensor.Backend, out, in list) { b.Scale(out[0], out[0], -1.5) }},
		{op: "ReLU2", in: one, out: one, do: func(b tensor.Backend, out, in list) { b.ReLU2(out[0], in[0]) }},
		{op: "GELUGrad", in: one, out: one, add: true, do: func(b tensor.Backend, out, in list) { b.GELUGrad(tensor.Into{T: out[0]}, out[0], in[0]) }},
	}
	for _, spread := range []float64{1, 1e4} { // where tanh and exp are at their ends
		all = append(all,
			check{op: "GELU", in: one, out: two, spread: spread, do: func(b tensor.Backend, out, in list) { b.GELU(out[0], out[1], in[0]) }},
			check{op: "GELUTanh", in: one, out: two, spread: spread, do: func(b tensor.Backend, out, in list) { b.GELUTanh(out[0], out[1], in[0]) }},
			check{op: "GELU", in: one, out: one, spread: spread, do: func(b tensor.Backend, out, in list) { b.GELU(out[0], nil, in[0]) }})
	}
	all = append(all, check{op: "SwiGLU", in: two, out: one, spread: 30, do: func(b tensor.Backend, out, in list) { b.SwiGLU(out[0], in[0], in[1]) }})
	add := func(name string, in, out [][]int, do func(b tensor.Backend, add bool, out, in list)) {
		all = append(all, twice(check{op: name, in: in, out: out}, do)...)
	}
	add("AddGrad", one, one, func(b tensor.Backend, add bool, out, in list) { b.AddGrad(into(add, out[0]), in[0]) })
	add("ScaleGrad", one, one, func(b tensor.Backend, add bool, out, in list) { b.ScaleGrad(into(add, out[0]), in[0], .3) })
	add("GELUGrad", two, one, func(b tensor.Backend, add bool, out, in list) { b.GELUGrad(into(add, out[0]), in[0], in[1]) })
	add("DropoutGrad", two, one, func(b tensor.Backend, add bool, out, in list) { b.DropoutGrad(into(add, out[0]), in[0], in[1]) })
	add("ReLU2Grad", two, one, func(b tensor.Backend, add bool, out, in list) { b.ReLU2Grad(into(add, out[0]), in[0], in[1]) })
	add("SwiGLUGrad", three, two, func(b tensor.Backend, add bool, out, in list) {
		b.SwiGLUGrad(into(add, out[0]), into(add, out[1]), in[0], in[1], in[2])
	})
	return all
}

// rows are what goes by rows, r of c numbers.
func rows(r, c int) (all []check) {
	const table = 9
	wide, row, col := []int{r, c}, []int{r}, []int{c}
	ids := make([]int32, r)
	for i := range ids {
		ids[i] = int32(i * i % table)
	}
	spans := []tensor.Span{{Rows: r - r/2, First: 1, Keys: 2}, {Rows: r / 2, First: 0, Keys: r + 3}}
	all = []check{
		{op: "Embed", in: [][]int{{table, c}}, out: [][]int{wide}, do: func(b tensor.Backend, out, in list) { b.Embed(out[0], in[0], ids) }},
		{op: "AddPositions", in: [][]int{wide, {r + 1, c}}, out: [][]int{wide}, do: func(b tensor.Backend, out, in list) { b.AddPositions(out[0], in[0], in[1], spans) }},
		{op: "Append", in: [][]int{{r, 1, c}}, out: [][]int{{2*r + 4, 1, c}}, add: true, do: func(b tensor.Backend, out, in list) { b.Append(out[0], in[0], spans) }},
		{op: "Dropout", in: [][]int{wide}, out: [][]int{wide, wide}, do: func(b tensor.Backend, out, in list) {
			b.Dropout(out[0], out[1], in[0], .3, tensor.Draw{Seed: 3, Row: 1, Time: r})
		}},
		{op: "LayerNorm", in: [][]int{wide, col, col}, out: [][]int{wide, row, row}, do: func(b tensor.Backend, out, in list) {
			b.LayerNorm(out[0], out[1], out[2], in[0], in[1], in[2], 1e-2)
		}},
		{op: "RMSNorm", in: [][]int{wide, col}, out: [][]int{wide, row}, do: func(b tensor.Backend, out, in list) { b.RMSNorm(out[0], out[1], in[0], in[1], 1e-2) }},
	}
	add := func(name string, in, out [][]int, do func(b tensor.Backend, add bool, out, in list)) {
		all = append(all, twice(check{op: name, in: in, out: out}, do)...)
	}
	add("EmbedGrad", [][]int{wide}, [][]int{{table, c}}, func(b tensor.Backend, add bool, out, in list) { b.EmbedGrad(into(add, out[0]), in[0], ids) })
	add("AddPositionsGrad", [][]int{wide}, [][]int{{r + 1, c}}, func(b tensor.Backend, add bool, out, in list) {
		b.AddPositionsGrad(into(add, out[0]), in[0], spans)
	})
	add("LayerNormGrad", [][]int{wide, wide, col, row, row}, [][]int{wide, col, col}, func(b tensor.Backend, add bool, out, in list) {
		b.LayerNormGrad(into(add, out[0]), into(add, out[1]), into(add, out[2]), in[0], in[1], in[2], in[3], in[4])
	})
	add("RMSNormGrad", [][]int{wide, wide, col, row}, [][]int{wide, col}, func(b tensor.Backend, add bool, out, in list) {
		b.RMSNormGrad(into(add, out[0]), into(add, out[1]), in[0], in[1], in[2], in[3])
	})
	if c%2 == 0 {
		turned, angles := []int{r, 1, c}, []int{r + 1, c / 2}
		all = append(all, check{op: "RoPE", in: [][]int{turned, angles, angles}, out: [][]int{turned}, do: func(b tensor.Backend, out, in list) {
			b.RoPE(out[0], in[0], in[1], in[2], spans)
		}})
		add("RoPEGrad", [][]int{turned, angles, angles}, [][]int{turned}, func(b tensor.Backend, add bool, out, in list) {
			b.RoPEGrad(into(add, out[0]), in[0], in[1], in[2], spans)
		})
	}
	return all
}

// products are those of a layer of r rows, from c numbers to o.
func products(r, o, c int) []check {
	x, w, y := []int{r, c}, []int{o, c}, []int{r, o}
	all := []check{
		{op: "Linear", in: [][]int{x, w}, out: [][]int{y}, do: func(b tensor.Backend, out, in list) { b.Linear(out[0], in[0], in[1], nil) }},
		{op: "Linear", in: [][]int{x, w, {o}}, out: [][]int{y}, do: func(b tensor.Backend, out, in list) { b.Linear(out[0], in[0], in[1], in[2]) }},
	}
	all = append(all, twice(check{op: "LinearGrad", in: [][]int{y, x, w}, out: [][]int{x, w, {o}}}, func(b tensor.Backend, add bool, out, in list) {
		b.LinearGrad(into(add, out[0]), into(add, out[1]), into(add, out[2]), in[0], in[1], in[2])
	})...)
	// Many rows: the gradient of a weight is a long sum.
	long := [][]int{{c, o}, {c, r}, {o, r}}
	return append(all, twice(check{op: "LinearGrad", in: long, out: [][]int{{o, r}}}, func(b tensor.Backend, add bool, out, in list) {
		b.LinearGrad(tensor.Into{}, into(add, out[0]), tensor.Into{}, in[0], in[1], in[2])
	})...)
}

// attentions are of h heads of d numbers, which look at k of keys.
func attentions(h, k, d int, spans []tensor.Span) []check {
	rows, keys := 0, 0
	for _, s := range spans {
		rows, keys = rows+s.Rows, max(keys, s.Keys+s.Seen())
	}
	q, kv, sums := []int{rows, h, d}, []int{keys, k, d}, []int{h, rows, 2}
	const scale = .2
	return append([]check{{op: "Attention", in: [][]int{q, kv, kv}, out: [][]int{q}, spread: 3, do: func(b tensor.Backend, out, in list) {
		b.Attention(out[0], nil, tensor.Zeros(b, sums...), in[0], in[1], in[2], spans, scale)
	}}}, twice(check{op: "AttentionGrad", in: [][]int{q, kv, kv, q}, out: [][]int{q, kv, kv}}, func(b tensor.Backend, add bool, out, in list) {
		y, kept := tensor.Zeros(b, q...), tensor.Zeros(b, sums...)
		b.Attention(y, nil, kept, in[0], in[1], in[2], spans, scale)
		b.AttentionGrad(into(add, out[0]), into(add, out[1]), into(add, out[2]), in[3], nil, kept, in[0], in[1], in[2], spans, scale)
	})...)
}

// losses are of r rows over v tokens.
func losses(r, v int) (all []check) {
	logits, row := []int{r, v}, []int{r}
	targets, weights := make([]int32, r), make([]float32, r)
	for i := range r {
		targets[i], weights[i] = int32(i*7%v), float32(i)/4-.5
	}
	targets[r-1], weights[1] = -1, 0
	add := func(name string, spread float64, in, out [][]int, do func(b tensor.Backend, add bool, out, in list)) {
		all = append(all, twice(check{op: name, in: in, out: out, spread: spread}, do)...)
	}
	for _, spread := range []float64{1, 100} {
		all = append(all,
			check{op: "TokenLoss", in: [][]int{logits}, out: [][]int{row, row}, spread: spread, do: func(b tensor.Backend, out, in list) {
				b.TokenLoss(out[0], out[1], in[0], targets)
			}},
			check{op: "Entropy", in: [][]int{logits}, out: [][]int{row}, spread: spread, do: func(b tensor.Backend, out, in list) { b.Entropy(out[0], in[0]) }})
		add("TokenLossGrad", spread, [][]int{logits, row}, [][]int{logits}, func(b tensor.Backend, add bool, out, in list) {
			losses, lse := tensor.Zeros(b, r), tensor.Zeros(b, r)
			b.TokenLoss(losses, lse, in[0], targets)
			b.TokenLossGrad(into(add, out[0]), in[1], in[0], lse, targets)
		})
	}
	for _, beta := range []float32{0, .3, 1} {
		all = append(all, check{op: "Divergence", in: [][]int{logits, logits}, out: [][]int{row}, spread: 3, do: func(b tensor.Backend, out, in list) {
			b.Divergence(out[0], in[0], in[1], beta)
		}})
		add("DivergenceGrad", 3, [][]int{row, logits, logits}, [][]int{logits}, func(b tensor.Backend, add bool, out, in list) {
			b.DivergenceGrad(into(add, out[0]), in[0], in[1], in[2], beta)
		})
	}
	all = append(all, check{op: "Weigh", in: [][]int{row}, out: [][]int{{1}}, do: func(b tensor.Backend, out, in list) { b.Weigh(out[0], in[0], weights) }})
	add("WeighGrad", 1, [][]int{{1}}, [][]int{row}, func(b tensor.Backend, add bool, out, in list) { b.WeighGrad(into(add, out[0]), in[0], weights) })
	return all
}

// optimizers are steps of n numbers.
func optimizers(n int) []check {
	one := []int{n}
	long := []int{100*n + 1}
	return []check{
		{op: "Squares", in: [][]int{long, one}, out: [][]int{{2}}, do: func(b tensor.Backend, out, in list) { b.Squares(out[0], in) }},
		{op: "Clip", in: [][]int{{2}}, out: [][]int{one, one}, add: true, positive: true, do: func(b tensor.Backend, out, in list) { b.Clip(out, in[0], .5) }},
		{op: "Clip", in: [][]int{{2}}, out: [][]int{one, one}, add: true, positive: true, do: func(b tensor.Backend, out, in list) { b.Clip(out, in[0], 1e6) }},
		{op: "AdamW", in: [][]int{one}, out: [][]int{one, one, one}, add: true, positive: true, do: func(b tensor.Backend, out, in list) {
			b.AdamW(out[0], in[0], out[1], out[2], tensor.AdamW{LR: .1, Beta1: .9, Beta2: .99, Eps: 1e-8, WeightDecay: .1, Step: 3})
		}},
	}
}

// muons are steps of matrices that are wide, tall and square.
func muons() (all []check) {
	for _, dims := range [][]int{{5, 66}, {66, 5}, {33, 33}} {
		all = append(all, check{op: "Muon", in: [][]int{dims}, out: [][]int{dims, dims}, add: true, do: func(b tensor.Backend, out, in list) {
			b.Muon(out[0], in[0], out[1], tensor.Muon{LR: .02, Momentum: .9, WeightDecay: .1})
		}})
	}
	return all
}
