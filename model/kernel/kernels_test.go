package kernel

import (
	"fmt"
	"math"
	"testing"
)

type (
	slices32 = [][]float32
	slices64 = [][]float64
)

// A line is the test of one kernel: its fast path, its reference, and what
// both must compute, written again in float64 (oracle_test.go).
type line struct {
	name      string
	fast, ref func(n int, out, in slices32)
	want      func(n int, out, in slices64)
	out, in   func(n int) []int // lengths of the slices
	tol       func(n int) tolerance
	exact     bool     // exact on small integers
	inPlace   [][2]int // out[i] may be in[j]
}

const (
	rows  = 3 // of the kernels that work on rows
	heads = 2
	steps = 2 // positions of RoPE; rows = 3 then come round to the first again
)

func same(count int) func(n int) []int {
	return func(n int) []int {
		lengths := make([]int, count)
		for i := range lengths {
			lengths[i] = n
		}
		return lengths
	}
}

func usually(int) tolerance { return usual }

var adamW = AdamWStep{LR: 0.1, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, WeightDecay: 0.1, Step: 3}

var lines = []line{
	{
		name: "Add", exact: true, inPlace: [][2]int{{0, 0}, {0, 1}},
		fast: func(n int, o, i slices32) { Add(o[0], i[0], i[1]) },
		ref:  func(n int, o, i slices32) { AddRef(o[0], i[0], i[1]) },
		want: wantAdd, out: same(1), in: same(2), tol: usually,
	}, {
		name: "Axpy", exact: true,
		fast: func(n int, o, i slices32) { Axpy(o[0], -3, i[0]) },
		ref:  func(n int, o, i slices32) { AxpyRef(o[0], -3, i[0]) },
		want: wantAxpy, out: same(1), in: same(1), tol: usually,
	}, {
		name: "Scale", exact: true, inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { Scale(o[0], -3, i[0]) },
		ref:  func(n int, o, i slices32) { ScaleRef(o[0], -3, i[0]) },
		want: wantScale, out: same(1), in: same(1), tol: usually,
	}, {
		name: "Dot", exact: true,
		fast: func(n int, o, i slices32) { o[0][0] = Dot(i[0], i[1]) },
		ref:  func(n int, o, i slices32) { o[0][0] = DotRef(i[0], i[1]) },
		want: wantDot, out: func(int) []int { return []int{1} }, in: same(2), tol: sumOf,
	}, {
		name: "AddRow", exact: true,
		fast: func(n int, o, i slices32) { AddRow(o[0], i[0]) },
		ref:  func(n int, o, i slices32) { AddRowRef(o[0], i[0]) },
		want: wantAddRow, out: func(n int) []int { return []int{rows * n} }, in: same(1), tol: usually,
	}, {
		name: "SumRows", exact: true,
		fast: func(n int, o, i slices32) { SumRows(o[0], i[0]) },
		ref:  func(n int, o, i slices32) { SumRowsRef(o[0], i[0]) },
		want: wantSumRows, out: same(1), in: func(n int) []int { return []int{rows * n} }, tol: usually,
	}, {
		name: "Exp", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { Exp(o[0], i[0]) },
		ref:  func(n int, o, i slices32) { ExpRef(o[0], i[0]) },
		want: wantExp, out: same(1), in: same(1), tol: usually,
	}, {
		name: "GELU", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { GELU(o[0], o[1], i[0]) },
		ref:  func(n int, o, i slices32) { GELURef(o[0], o[1], i[0]) },
		want: wantGELU, out: same(2), in: same(1), tol: usually,
	}, {
		name: "GELU without slope", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { GELU(o[0], nil, i[0]) },
		ref:  func(n int, o, i slices32) { GELURef(o[0], nil, i[0]) },
		want: wantGELU, out: same(1), in: same(1), tol: usually,
	}, {
		name: "GELUTanh", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { GELUTanh(o[0], o[1], i[0]) },
		ref:  func(n int, o, i slices32) { GELUTanhRef(o[0], o[1], i[0]) },
		want: wantGELUTanh, out: same(2), in: same(1), tol: usually,
	}, {
		name: "GELUTanh without slope", inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { GELUTanh(o[0], nil, i[0]) },
		ref:  func(n int, o, i slices32) { GELUTanhRef(o[0], nil, i[0]) },
		want: wantGELUTanh, out: same(1), in: same(1), tol: usually,
	}, {
		name: "Mul", exact: true, inPlace: [][2]int{{0, 0}, {0, 1}},
		fast: func(n int, o, i slices32) { Mul(o[0], i[0], i[1]) },
		ref:  func(n int, o, i slices32) { MulRef(o[0], i[0], i[1]) },
		want: wantMul, out: same(1), in: same(2), tol: usually,
	}, {
		name: "MulAdd", exact: true,
		fast: func(n int, o, i slices32) { MulAdd(o[0], i[0], i[1]) },
		ref:  func(n int, o, i slices32) { MulAddRef(o[0], i[0], i[1]) },
		want: wantMulAdd, out: same(1), in: same(2), tol: usually,
	}, {
		name: "ReLU2", exact: true, inPlace: [][2]int{{0, 0}},
		fast: func(n int, o, i slices32) { ReLU2(o[0], i[0]) },
		ref:  func(n int, o, i slices32) { ReLU2Ref(o[0], i[0]) },
		want: wantReLU2, out: same(1), in: same(1), tol: usually,
	}, {
		name: "ReLU2Grad", exact: true,
		fast: func(n int, o, i slices32) { ReLU2Grad(o[0], i[0], i[1]) },
		ref:  func(n int, o, i slices32) { ReLU2GradRef(o[0], i[0], i[1]) },
		want: wantReLU2Grad, out: same(1), in: same(2), tol: usually,
	}, {
		name: "SwiGLU", inPlace: [][2]int{{0, 0}, {0, 1}},
		fast: func(n int, o, i slices32) { SwiGLU(o[0], i[0], i[1]) },
		ref:  func(n int, o, i slices32) { SwiGLURef(o[0], i[0], i[1]) },
		want: wantSwiGLU, out: same(1), in: same(2), tol: usually,
	}, {
		name: "SwiGLUGrad",
		fast: func(n int, o, i slices32) { SwiGLUGrad(o[0], o[1], i[0], i[1], i[2]) },
		ref:  func(n int, o, i slices32) { SwiGLUGradRef(o[0], o[1], i[0], i[1], i[2]) },
		want: wantSwiGLUGrad, out: same(2), in: same(3), tol: usually,
	}, {
		name: "AdamW",
		fast: func(n int, o, i slices32) { squareAll(o[2]); AdamW(o[0], i[0], o[1], o[2], adamW) },
		ref:  func(n int, o, i slices32) { squareAll(o[2]); AdamWRef(o[0], i[0], o[1], o[2], adamW) },
		want: wantAdamW, out: same(3), in: same(1), tol: usually,
	},
}

// squareAll makes second moments of noise: they are never negative.
func squareAll(x []float32) {
	for i := range x {
		x[i] *= x[i]
	}
}

func TestKernels(t *testing.T) {
	for _, l := range append(append(lines, normLines...), rowLines...) {
		t.Run(l.name, func(t *testing.T) {
			for n := range 100 {
				if l.exact {
					l.run(t, n, l.fast, integers, tolerance{}, nil)
				}
				l.run(t, n, l.fast, noise, l.tol(n), nil)
				l.run(t, n, l.ref, noise, l.tol(n), nil)
				for _, pair := range l.inPlace {
					l.run(t, n, l.fast, noise, l.tol(n), pair[:])
				}
			}
			l.run(t, 1000, l.fast, noise, l.tol(1000), nil)
		})
	}
}

// run calls kernel at size n, with out[shared[0]] being in[shared[1]] if shared
// is given, and checks results, guards, and that the inputs are as before.
func (l line) run(t *testing.T, n int, kernel func(int, slices32, slices32), fill func(int) []float32, tol tolerance, shared []int) {
	t.Helper()
	var outs, ins []guarded
	var out, in slices32
	var want, given slices64
	for i, size := range l.in(n) {
		ins = append(ins, guard(fill(size + i)[i:]))
		in, given = append(in, ins[i].x), append(given, widen(ins[i].x))
	}
	for i, size := range l.out(n) {
		if shared != nil && shared[0] == i {
			outs = append(outs, ins[shared[1]])
		} else {
			outs = append(outs, guard(fill(size + 7 + i)[7+i:]))
		}
		out, want = append(out, outs[i].x), append(want, widen(outs[i].x))
	}
	kernel(n, out, in)
	l.want(n, want, given)
	t.Run(fmt.Sprintf("%d", n), func(t *testing.T) {
		for i := range out {
			outs[i].check(t)
			tol.check(t, out[i], want[i])
		}
		for i := range in {
			ins[i].check(t)
			if shared == nil || shared[1] != i {
				tolerance{}.check(t, in[i], given[i])
			}
		}
	})
}

// integers is n small whole numbers: sums and products of them are exact.
func integers(n int) []float32 {
	x := noise(n)
	for i, v := range x {
		x[i] = float32(math.Round(float64(2 * v)))
	}
	return x
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
