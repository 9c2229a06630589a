package backendtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"hornbook/model/tensor"
)

func random(b tensor.Backend, rng *rand.Rand, dims ...int) *tensor.Tensor {
	p := tensor.Parameter(b, "random", dims...)
	x := make([]float32, p.Len())
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	p.Upload(x)
	return p
}

// products compares a linear layer's three products with gonum's Gemm.
func products(t *testing.T, fresh func() tensor.Backend) {
	rng := rand.New(rand.NewPCG(2, 0))
	for _, s := range [][3]int{{1, 1, 1}, {1, 65, 128}, {3, 5, 7}, {16, 16, 16}, {31, 33, 29}, {64, 48, 80}, {97, 65, 101}, {130, 3, 257}} {
		rows, o, c := s[0], s[1], s[2]
		b := fresh()
		x, w, dy := random(b, rng, rows, c), random(b, rng, o, c), random(b, rng, rows, o)
		y := tensor.Zeros(b, rows, o)
		b.Linear(y, x, w, nil)
		b.LinearGrad(tensor.Into{T: x.Grad}, tensor.Into{T: w.Grad, Add: true}, tensor.Into{}, dy, x, w)
		general := func(p *tensor.Tensor) blas32.General {
			return blas32.General{Rows: p.Rows(), Cols: p.Cols(), Stride: p.Cols(), Data: p.Numbers()}
		}
		same := func(what string, got *tensor.Tensor, ta, tb blas.Transpose, a, b *tensor.Tensor, n int) {
			want := blas32.General{Rows: got.Rows(), Cols: got.Cols(), Stride: got.Cols(), Data: make([]float32, got.Len())}
			blas32.Gemm(ta, tb, 1, general(a), general(b), 0, want)
			for i, g := range got.Numbers() {
				if off := math.Abs(float64(g - want.Data[i])); !(off <= 1e-5*math.Sqrt(float64(n))*(1+math.Abs(float64(want.Data[i])))) {
					t.Fatalf("%s of %v: at %d got %v, gonum says %v", what, s, i, g, want.Data[i])
				}
			}
		}
		same("y = x·wᵀ", y, blas.NoTrans, blas.Trans, x, w, c)
		same("dx = dy·w", x.Grad, blas.NoTrans, blas.NoTrans, dy, w, o)
		same("dw = dyᵀ·x", w.Grad, blas.Trans, blas.NoTrans, dy, x, rows)
	}
}

// causal: what comes later changes nothing that came before, to the bit.
func causal(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(3, 0))
	const time, h, k, d = 9, 4, 2, 8
	q, key, v := random(b, rng, time, h, d), random(b, rng, time, k, d), random(b, rng, time, k, d)
	tape := tensor.NewTape(b)
	attend := func() []float32 {
		tape.Reset(false)
		return tape.Attention(q, key, v, tape.Spans([]int{time})).Numbers()
	}
	before := attend()
	b.Fill(key.Slice(5, time-5), 100)
	b.Fill(v.Slice(5, time-5), -100)
	after := attend()
	if !slices.Equal(before[:5*h*d], after[:5*h*d]) {
		t.Error("a later token changed an earlier result")
	}
	if slices.Equal(before[5*h*d:], after[5*h*d:]) {
		t.Error("the later results did not change at all")
	}
}

// meanLoss is the mean over the targets that are not negative.
func meanLoss(t *tensor.Tape, logits *tensor.Tensor, targets []int32) *tensor.Tensor {
	counted := 0
	for _, target := range targets {
		if target >= 0 {
			counted++
		}
	}
	weights := make([]float32, len(targets))
	for i := range weights {
		weights[i] = 1 / float32(max(1, counted))
	}
	return t.Weigh(t.TokenLoss(logits, targets), weights)
}

// weighted: each row counts as its weight says, one of weight 0 not at all.
func weighted(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(6, 0))
	logits, targets, weights := random(b, rng, 3, 5), []int32{4, 1, 0}, []float32{.25, 0, -2}
	exact := make([]float64, logits.Len())
	for i, z := range logits.Numbers() {
		exact[i] = float64(z)
	}
	tape := tensor.NewTape(b)
	tape.Reset(true)
	loss := tape.Weigh(tape.TokenLoss(logits, targets), weights)
	tape.Backward(loss, []*tensor.Tensor{logits})
	gradient := logits.Grad.Numbers()
	var want float64
	for r, w := range weights {
		one := func() float64 { return float64(w) * crossEntropy(exact[5*r:5*r+5], targets[r:r+1], 5) }
		want += one()
		for i := 5 * r; i < 5*r+5; i++ {
			const h = 1e-5
			exact[i] += h
			up := one()
			exact[i] -= 2 * h
			down := one()
			exact[i] += h
			near(t, "weighted gradient", gradient[i:i+1], []float64{(up - down) / (2 * h)}, gradTolerance)
		}
		if g := gradient[5*r]; w == 0 && g != 0 {
			t.Errorf("a row of weight 0 has a gradient of %v", g)
		}
	}
	near(t, "weighted loss", loss.Numbers(), []float64{want}, valueTolerance)
}

// entropy: that of some logits, of one sure token and of equal ones.
func entropy(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(7, 0))
	const v = 9
	logits := random(b, rng, 3, v).Numbers()
	for i := range v {
		logits[v+i], logits[2*v+i] = 0, 5
	}
	logits[v+2] = 200
	var want float64
	exact := make([]float64, v)
	for i := range exact {
		exact[i] = float64(logits[i])
	}
	for _, l := range logSoftmax(exact[:v]) {
		want -= math.Exp(l) * l
	}
	tape := tensor.NewTape(b)
	tape.Reset(false)
	near(t, "entropy", tape.Entropy(tensor.From(b, logits, 3, v)).Numbers(), []float64{want, 0, math.Log(v)}, valueTolerance)
}

// masked: rows of negative targets count neither in the loss nor in the
// gradient; if all are masked the loss is 0, not NaN.
func masked(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(4, 0))
	logits := random(b, rng, 4, 7)
	exact := make([]float64, logits.Len())
	for i, z := range logits.Numbers() {
		exact[i] = float64(z)
	}
	tape := tensor.NewTape(b)
	loss := func(targets []int32) float32 {
		tape.Reset(true)
		l := meanLoss(tape, logits, targets)
		tape.Backward(l, []*tensor.Tensor{logits})
		return l.Number()
	}
	targets := []int32{2, -1, 0, -1}
	near(t, "masked loss", []float32{loss(targets)}, []float64{crossEntropy(exact, targets, 7)}, valueTolerance)
	for r, target := range targets {
		var sum float64
		for _, g := range logits.Grad.Numbers()[r*7 : (r+1)*7] {
			sum += math.Abs(float64(g))
		}
		if (target < 0) != (sum == 0) {
			t.Errorf("row %d with target %d has a gradient of %v", r, target, sum)
		}
	}
	if l := loss([]int32{-1, -1, -1, -1}); l != 0 {
		t.Errorf("the loss of nothing is %v, want 0", l)
	}
	for _, g := range logits.Grad.Numbers() {
		if g != 0 {
			t.Fatalf("the loss of nothing has a gradient of %v", g)
		}
	}
}

// dropout: about the part that is asked for goes, the rest grows so that the
// mean stays, gradients take the same way, and each sequence's draw is its own.
func dropout(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(4, 0))
	const rate = 0.25
	x := random(b, rng, 3*40, 50)
	draw := func(x *tensor.Tensor, row int) []float32 {
		tape := tensor.NewTape(b)
		tape.Reset(true)
		y := tape.Dropout(x, rate, tensor.Draw{Seed: 7, Row: row, Time: 40})
		gone, kept, was := 0, y.Numbers(), x.Numbers()
		for i, v := range kept {
			if v == 0 {
				gone++
			} else if off := math.Abs(float64(v)*(1-rate) - float64(was[i])); off > valueTolerance*(1+math.Abs(float64(v))) {
				t.Fatalf("%v became %v", was[i], v)
			}
		}
		if part := float64(gone) / float64(len(kept)); math.Abs(part-rate) > 0.03 {
			t.Errorf("%.3f of the numbers went, want %v", part, rate)
		}
		tape.Backward(meanLoss(tape, y, make([]int32, y.Rows())), []*tensor.Tensor{x})
		for i, g := range x.Grad.Numbers() {
			if kept[i] == 0 && g != 0 {
				t.Fatalf("a number that went has a gradient of %v", g)
			}
		}
		return kept
	}
	all, last := draw(x, 5), tensor.Parameter(b, "last", 40, 50)
	b.Copy(last, x.Slice(2*40, 40))
	if !slices.Equal(all[2*40*50:], draw(last, 7)) {
		t.Error("a sequence is drawn otherwise beside others than alone")
	}
	if slices.Equal(all, draw(x, 6)) {
		t.Error("other rows are drawn the same")
	}
	still := tensor.NewTape(b)
	still.Reset(false)
	if y := still.Dropout(x, rate, tensor.Draw{}); y != x {
		t.Error("numbers went though nothing is recorded")
	}
}

// exact: sums of small whole numbers have no rounding, so they must be right
// to the bit.
func exact(t *testing.T, b tensor.Backend) {
	whole := func(n, cycle int, dims ...int) *tensor.Tensor {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i%cycle - cycle/2)
		}
		return tensor.From(b, x, dims...)
	}
	x, w := whole(300, 7, 6, 50), whole(350, 5, 7, 50)
	tape := tensor.NewTape(b)
	tape.Reset(false)
	y := tape.Linear(x, w, nil).Numbers()
	for r := range 6 {
		for o := range 7 {
			want := 0
			for i := range 50 {
				want += ((r*50+i)%7 - 3) * ((o*50+i)%5 - 2)
			}
			if y[r*7+o] != float32(want) {
				t.Fatalf("y[%d,%d] is %v, want %d", r, o, y[r*7+o], want)
			}
		}
	}
}

// allocations: a step after the first allocates nothing on the Go heap.
func allocations(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(5, 0))
	table, gain, w := random(b, rng, 9, 16), random(b, rng, 16), random(b, rng, 9, 16)
	params := []*tensor.Tensor{table, gain, w}
	ids, targets := []int32{1, 2, 3, 4, 5, 6}, []int32{2, 3, 4, 5, 6, 7}
	weights := []float32{.1, .2, .3, 0, .2, .2}
	lengths := []int{4, 2}
	tape := tensor.NewTape(b)
	step := func() {
		tape.Reset(true)
		x := tape.RMSNorm(tape.Embed(table, ids), gain, eps)
		h := tape.Split(x, 2)
		x = tape.Add(x, tape.Merge(tape.Attention(h, h, h, tape.Spans(lengths))))
		tape.Backward(tape.Weigh(tape.TokenLoss(tape.Linear(tape.SwiGLU(x, tape.GELU(x)), w, nil), targets), weights), params)
	}
	step()
	if n := testing.AllocsPerRun(10, step); n != 0 {
		t.Errorf("a step allocates %v times on the Go heap", n)
	}
}
