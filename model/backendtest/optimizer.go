package backendtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"hornbook/model/tensor"
)

// storage: numbers come back as they went in, views see their part, and what one
// tensor is filled with or copied from reaches no other.
func storage(t *testing.T, b tensor.Backend) {
	x := tensor.From(b, []float32{1, 2, 3, 4, 5, 6}, 3, 2)
	if got := x.Slice(1, 2).Numbers(); !slices.Equal(got, []float32{3, 4, 5, 6}) {
		t.Errorf("the last two rows are %v", got)
	}
	b.Fill(x.Slice(1, 1), 9)
	y := tensor.Zeros(b, 2)
	b.Copy(y, x.Slice(2, 1))
	x.Slice(0, 1).Upload([]float32{7, 8})
	if got := append(x.Numbers(), y.Numbers()...); !slices.Equal(got, []float32{7, 8, 9, 9, 5, 6, 5, 6}) {
		t.Errorf("the numbers are %v", got)
	}
	tape := tensor.NewTape(b.Beside(false))
	tape.Reset(false)
	if got := tape.Scale(x, 2).Numbers(); got[5] != 12 {
		t.Errorf("a backend beside says that twice 6 is %v", got[5])
	}
}

// gradients: those of named parameters are written whatever they were, zero
// where nothing flows; those of others are added to.
func gradients(t *testing.T, b tensor.Backend) {
	x, idle := tensor.Parameter(b, "x", 1, 2), tensor.Parameter(b, "idle", 2)
	tape := tensor.NewTape(b)
	back := func(params ...*tensor.Tensor) []float32 {
		tape.Reset(true)
		tape.Backward(meanLoss(tape, tape.Scale(x, 2), []int32{1}), params)
		return append(x.Grad.Numbers(), idle.Grad.Numbers()...)
	}
	b.Fill(x.Grad, 100)
	b.Fill(idle.Grad, 100)
	if got := back(x, idle); !slices.Equal(got, []float32{1, -1, 0, 0}) {
		t.Errorf("the gradients are %v", got)
	}
	if got := back(); !slices.Equal(got, []float32{2, -2, 0, 0}) {
		t.Errorf("added up the gradients are %v", got)
	}
}

// adamw: two steps, by the formula in float64.
func adamw(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(7, 0))
	w, m, v := random(b, rng, 5, 7), tensor.Zeros(b, 5, 7), tensor.Zeros(b, 5, 7)
	want := make([]float64, w.Len())
	for i, x := range w.Numbers() {
		want[i] = float64(x)
	}
	mean, square := make([]float64, len(want)), make([]float64, len(want))
	s := tensor.AdamW{LR: 0.01, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, WeightDecay: 0.1}
	for s.Step = 1; s.Step <= 2; s.Step++ {
		g := random(b, rng, 5, 7)
		for i, x := range g.Numbers() {
			d := float64(x)
			mean[i] = 0.9*mean[i] + 0.1*d
			square[i] = 0.99*square[i] + 0.01*d*d
			want[i] *= 1 - 0.01*0.1
			want[i] -= 0.01 * (mean[i] / (1 - math.Pow(0.9, float64(s.Step)))) / (math.Sqrt(square[i]/(1-math.Pow(0.99, float64(s.Step)))) + 1e-8)
		}
		b.AdamW(w, g, m, v, s)
	}
	near(t, "weights", w.Numbers(), want, valueTolerance)
	near(t, "mean", m.Numbers(), mean, valueTolerance)
	near(t, "mean square", v.Numbers(), square, valueTolerance)
}

// muon: whatever the shape, the direction has singular values near 1 and makes
// an acute angle with the momentum.
func muon(t *testing.T, b tensor.Backend) {
	for _, dims := range [][2]int{{8, 8}, {20, 8}, {8, 20}, {33, 17}, {1, 5}} {
		rows, cols := dims[0], dims[1]
		rng := rand.New(rand.NewPCG(8, uint64(rows)))
		w, g, m := tensor.Zeros(b, rows, cols), random(b, rng, rows, cols), tensor.Zeros(b, rows, cols)
		b.Fill(w, 2)
		was := g.Numbers()
		const rate = 0.5
		b.Muon(w, g, m, tensor.Muon{LR: rate, Momentum: 0.5, WeightDecay: 0.1})
		scale := rate * math.Sqrt(max(1, float64(rows)/float64(cols)))
		u, along := mat.NewDense(rows, cols, nil), 0.0
		for i, x := range w.Numbers() {
			step := (2*(1-rate*0.1) - float64(x)) / scale
			u.Set(i/cols, i%cols, step)
			along += step * float64(was[i])
		}
		var svd mat.SVD
		if !svd.Factorize(u, mat.SVDNone) {
			t.Fatal("no singular values")
		}
		for _, s := range svd.Values(nil) {
			if s < 0.5 || s > 1.3 { // where the quintic's five steps end
				t.Errorf("%dx%d: a singular value is %v", rows, cols, s)
			}
		}
		if along <= 0 {
			t.Errorf("%dx%d: the step goes up the gradient", rows, cols)
		}
		if !slices.Equal(m.Numbers(), was) {
			t.Errorf("%dx%d: the first momentum is not the gradient", rows, cols)
		}
	}
}

// clip: gradients longer than the limit are shortened to it, others stay.
func clip(t *testing.T, b tensor.Backend) {
	xs := []*tensor.Tensor{tensor.From(b, []float32{3, 0}, 2), tensor.From(b, []float32{4}, 1)}
	sums := tensor.Zeros(b, 2)
	b.Squares(sums, xs)
	if got := sums.Numbers(); !slices.Equal(got, []float32{9, 16}) {
		t.Fatalf("the squares of 3 and 4 are %v", got)
	}
	b.Clip(xs, sums, 5.1)
	if got := xs[0].Numbers(); !slices.Equal(got, []float32{3, 0}) {
		t.Errorf("a limit of 5.1 made %v of a gradient of norm 5", got)
	}
	b.Clip(xs, sums, 1)
	near(t, "clipped", append(xs[0].Numbers(), xs[1].Numbers()...), []float64{.6, 0, .8}, valueTolerance)
}

// notFinite: one number that is not finite shows in the squares of its tensor,
// wherever it stands, and in those of no other.
func notFinite(t *testing.T, b tensor.Backend) {
	sums := tensor.Zeros(b, 2)
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for at := range 37 {
			x := make([]float32, 37)
			x[at] = float32(bad)
			b.Squares(sums, []*tensor.Tensor{tensor.From(b, x, 37), tensor.From(b, []float32{2}, 1)})
			if got := sums.Numbers(); got[0]-got[0] == 0 || got[1] != 4 {
				t.Fatalf("with %v at %d the squares are %v", bad, at, got)
			}
		}
	}
}

// steady: beside a steady backend a row has the same bits alone and among others, also
// where the sums are long.
func steady(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(9, 0))
	for _, cols := range []int{48, 1100} {
		x, w := random(b, rng, 67, cols), random(b, rng, 80, cols)
		tape := tensor.NewTape(b.Beside(true))
		tape.Reset(false)
		all := tape.Linear(x, w, nil).Numbers()
		for row := 0; row < 67; row += max(1, cols/100) {
			if alone := tape.Linear(x.Slice(row, 1), w, nil).Numbers(); !slices.Equal(alone, all[row*80:(row+1)*80]) {
				t.Fatalf("row %d of %d numbers is another alone than among 67", row, cols)
			}
		}
	}
}
