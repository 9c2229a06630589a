package backendtest

import "hornbook/model/tensor"

const eps = 1e-5

// cases lists every operation, those with options once for each.
func cases() []opCase {
	type tape = *tensor.Tape
	type list = []*tensor.Tensor
	type out = *tensor.Tensor
	ids, twice := []int32{3, 0, 3, 6, 1, 3}, []int32{1, 1, 1, 0, 4, 4}
	uneven := []tensor.Span{{Rows: 1, First: 2}, {Rows: 3, First: 0}, {Rows: 2, First: 4}}
	longPast := []tensor.Span{{Rows: 75, First: 5}, {Rows: 1, First: 78, Keys: 1}}
	longer := []tensor.Span{{Rows: 2, First: 4, Keys: 5}, {Rows: 1, First: 1, Keys: 1}}
	return []opCase{
		{name: "embed", dims: [][]int{{7, 5}},
			op:   func(t tape, in list) out { return t.Embed(in[0], ids) },
			want: func(in [][]float64) []float64 { return embed(in[0], ids, 5) }},
		{name: "embed the same id often", dims: [][]int{{5, 33}},
			op:   func(t tape, in list) out { return t.Embed(in[0], twice) },
			want: func(in [][]float64) []float64 { return embed(in[0], twice, 33) }},
		{name: "positions", dims: [][]int{{6, 4}, {6, 4}},
			op:   func(t tape, in list) out { return t.AddPositions(in[0], in[1], uneven) },
			want: func(in [][]float64) []float64 { return positions(in[0], in[1], uneven, 4) }},
		{name: "add", dims: [][]int{{2, 3, 5}, {2, 3, 5}},
			op:   func(t tape, in list) out { return t.Add(in[0], in[1]) },
			want: func(in [][]float64) []float64 { return add(in[0], in[1]) }},
		{name: "add to itself", dims: [][]int{{3, 5}},
			op:   func(t tape, in list) out { return t.Add(in[0], in[0]) },
			want: func(in [][]float64) []float64 { return add(in[0], in[0]) }},
		{name: "scale", dims: [][]int{{3, 21}},
			op:   func(t tape, in list) out { return t.Scale(in[0], -2.5) },
			want: func(in [][]float64) []float64 { return scaled(in[0], -2.5) }},
		{name: "linear", dims: [][]int{{2, 3, 17}, {9, 17}},
			op:   func(t tape, in list) out { return t.Linear(in[0], in[1], nil) },
			want: func(in [][]float64) []float64 { return linear(in[0], in[1], nil, 17) }},
		{name: "linear with bias", dims: [][]int{{5, 6}, {4, 6}, {4}},
			op:   func(t tape, in list) out { return t.Linear(in[0], in[1], in[2]) },
			want: func(in [][]float64) []float64 { return linear(in[0], in[1], in[2], 6) }},
		{name: "linear twice by one weight", dims: [][]int{{5, 6}, {6, 6}},
			op: func(t tape, in list) out { return t.Linear(t.Linear(in[0], in[1], nil), in[1], nil) },
			want: func(in [][]float64) []float64 {
				return linear(linear(in[0], in[1], nil, 6), in[1], nil, 6)
			}},
		{name: "layernorm", dims: [][]int{{5, 19}, {19}},
			op:   func(t tape, in list) out { return t.LayerNorm(in[0], in[1], nil, eps) },
			want: func(in [][]float64) []float64 { return layerNorm(in[0], in[1], nil) }},
		{name: "layernorm with bias", dims: [][]int{{2, 3, 8}, {8}, {8}},
			op:   func(t tape, in list) out { return t.LayerNorm(in[0], in[1], in[2], eps) },
			want: func(in [][]float64) []float64 { return layerNorm(in[0], in[1], in[2]) }},
		{name: "rmsnorm", dims: [][]int{{5, 19}, {19}},
			op:   func(t tape, in list) out { return t.RMSNorm(in[0], in[1], eps) },
			want: func(in [][]float64) []float64 { return rmsNorm(in[0], in[1]) }},
		{name: "rmsnorm of heads", dims: [][]int{{6, 4, 6}, {6}},
			op:   func(t tape, in list) out { return t.RMSNorm(in[0], in[1], eps) },
			want: func(in [][]float64) []float64 { return rmsNorm(in[0], in[1]) }},
		{name: "rope", dims: [][]int{{6, 3, 6}},
			op: func(t tape, in list) out {
				cos, sin := tensor.RoPETables(t.Backend, 9, 6, 10000)
				return t.RoPE(in[0], cos, sin, uneven)
			},
			want: func(in [][]float64) []float64 { return rope(in[0], uneven, 3, 6) }},
		attends("attention", 10, 10, 3, 3, 4, 5, 5),
		attends("attention of neighbours", 12, 12, 4, 2, 5, 1, 7, 4),
		attends("attention with grouped heads", 7, 7, 6, 2, 5, 7),
		attends("attention over a long context", 75, 75, 2, 1, 4, 5, 70),
		{name: "attention to a longer past", dims: [][]int{{3, 4, 8}, {11, 2, 8}, {11, 2, 8}},
			op:   func(t tape, in list) out { return t.Attention(in[0], in[1], in[2], longer) },
			want: func(in [][]float64) []float64 { return attention(in[0], in[1], in[2], longer, 4, 2, 8) }},
		{name: "attention over a window", dims: [][]int{{12, 4, 5}, {12, 2, 5}, {12, 2, 5}}, refusable: true,
			op: func(t tape, in list) out {
				return t.Attention(in[0], in[1], in[2], t.Windowed(t.Spans([]int{1, 8, 3}), 3))
			},
			want: func(in [][]float64) []float64 {
				return attention(in[0], in[1], in[2], new(tensor.Tape).Windowed(new(tensor.Tape).Spans([]int{1, 8, 3}), 3), 4, 2, 5)
			}},
		{name: "attention over a window of a long past", dims: [][]int{{76, 2, 4}, {80, 2, 4}, {80, 2, 4}}, refusable: true,
			op: func(t tape, in list) out {
				return t.Attention(in[0], in[1], in[2], t.Windowed(longPast, 7))
			},
			want: func(in [][]float64) []float64 {
				return attention(in[0], in[1], in[2], new(tensor.Tape).Windowed(longPast, 7), 2, 2, 4)
			}},
		{name: "attention of one tensor to itself", dims: [][]int{{7, 2, 4}},
			op: func(t tape, in list) out { return t.Attention(in[0], in[0], in[0], t.Spans([]int{5, 2})) },
			want: func(in [][]float64) []float64 {
				return attention(in[0], in[0], in[0], new(tensor.Tape).Spans([]int{5, 2}), 2, 2, 4)
			}},
		{name: "gelu", dims: [][]int{{3, 21}},
			op:   func(t tape, in list) out { return t.GELU(in[0]) },
			want: func(in [][]float64) []float64 { return gelu(in[0]) }},
		{name: "gelu by tanh", dims: [][]int{{3, 21}},
			op:   func(t tape, in list) out { return t.GELUTanh(in[0]) },
			want: func(in [][]float64) []float64 { return geluTanh(in[0]) }},
		{name: "relu2", dims: [][]int{{3, 21}}, apart: true,
			op:   func(t tape, in list) out { return t.ReLU2(in[0]) },
			want: func(in [][]float64) []float64 { return relu2(in[0]) }},
		{name: "swiglu", dims: [][]int{{3, 21}, {3, 21}},
			op:   func(t tape, in list) out { return t.SwiGLU(in[0], in[1]) },
			want: func(in [][]float64) []float64 { return swiglu(in[0], in[1]) }},
		{name: "split and merge", dims: [][]int{{6, 8}},
			op:   func(t tape, in list) out { return t.Add(t.Merge(t.Split(in[0], 4)), in[0]) },
			want: func(in [][]float64) []float64 { return add(in[0], in[0]) }},
		{name: "token loss", dims: [][]int{{3, 21}},
			op:   func(t tape, in list) out { return t.TokenLoss(in[0], []int32{20, -1, 7}) },
			want: func(in [][]float64) []float64 { return tokenLosses(in[0], []int32{20, -1, 7}, 21) }},
		diverges("divergence to the teacher", 0),
		diverges("divergence", .3),
		diverges("divergence from the student", 1),
	}
}

// diverges is the divergence of a student from a teacher that does not train.
func diverges(name string, beta float32) opCase {
	const rows, v = 3, 21
	teacher, exact := make([]float32, rows*v), make([]float64, rows*v)
	for i := range teacher {
		teacher[i] = float32(i*i%17)/4 - 2
		exact[i] = float64(teacher[i])
	}
	return opCase{name: name, dims: [][]int{{rows, v}},
		op: func(t *tensor.Tape, in []*tensor.Tensor) *tensor.Tensor {
			return t.Divergence(in[0], tensor.From(t.Backend, teacher, rows, v), beta)
		},
		want: func(in [][]float64) []float64 { return divergence(in[0], exact, v, float64(beta)) }}
}

// attends is attention among the rows of sequences of these lengths.
func attends(name string, rows, keys, heads, kvHeads, d int, lengths ...int) opCase {
	return opCase{name: name, dims: [][]int{{rows, heads, d}, {keys, kvHeads, d}, {keys, kvHeads, d}},
		op: func(t *tensor.Tape, in []*tensor.Tensor) *tensor.Tensor {
			return t.Attention(in[0], in[1], in[2], t.Spans(lengths))
		},
		want: func(in [][]float64) []float64 {
			return attention(in[0], in[1], in[2], new(tensor.Tape).Spans(lengths), heads, kvHeads, d)
		}}
}
