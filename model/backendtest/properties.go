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

func random(rng *rand.Rand, dims ...int) *tensor.Tensor {
	p := tensor.Parameter("random", dims...)
	for i := range p.Data {
		p.Data[i] = float32(rng.NormFloat64())
	}
	return p
}

// products compares a linear layer's three products with gonum's Gemm.
func products(t *testing.T, fresh func() tensor.Backend) {
	rng := rand.New(rand.NewPCG(2, 0))
	for _, s := range [][3]int{{1, 1, 1}, {1, 65, 128}, {3, 5, 7}, {16, 16, 16}, {31, 33, 29}, {64, 48, 80}, {97, 65, 101}, {130, 3, 257}} {
		rows, o, c := s[0], s[1], s[2]
		x, w, dy := random(rng, rows, c), random(rng, o, c), random(rng, rows, o)
		b := fresh()
		y := tensor.Parameter("y", rows, o)
		b.Linear(y, x, w, nil)
		clear(x.Grad.Data)
		b.LinearGrad(x.Grad, w.Grad, nil, dy, x, w)
		general := func(p *tensor.Tensor) blas32.General {
			return blas32.General{Rows: p.Rows(), Cols: p.Cols(), Stride: p.Cols(), Data: slices.Clone(p.Data)}
		}
		same := func(what string, got *tensor.Tensor, ta, tb blas.Transpose, a, b *tensor.Tensor, n int) {
			want := blas32.General{Rows: got.Rows(), Cols: got.Cols(), Stride: got.Cols(), Data: make([]float32, got.Len())}
			blas32.Gemm(ta, tb, 1, general(a), general(b), 0, want)
			for i := range want.Data {
				if off := math.Abs(float64(got.Data[i] - want.Data[i])); !(off <= 1e-5*math.Sqrt(float64(n))*(1+math.Abs(float64(want.Data[i])))) {
					t.Fatalf("%s of %v: at %d got %v, gonum says %v", what, s, i, got.Data[i], want.Data[i])
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
	q, key, v := random(rng, time, h, d), random(rng, time, k, d), random(rng, time, k, d)
	tape := tensor.NewTape(b)
	attend := func() []float32 {
		tape.Reset(false)
		return slices.Clone(tape.Attention(q, key, v, tape.Spans([]int{time})).Data)
	}
	before := attend()
	for i := 5 * k * d; i < time*k*d; i++ {
		key.Data[i], v.Data[i] = 100, -100
	}
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
	return t.TokenLoss(logits, targets, weights)
}

// weighted: each row counts as its weight says, one of weight 0 not at all.
func weighted(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(6, 0))
	logits, targets, weights := random(rng, 3, 5), []int32{4, 1, 0}, []float32{.25, 0, -2}
	exact := make([]float64, logits.Len())
	for i, z := range logits.Data {
		exact[i] = float64(z)
	}
	tape := tensor.NewTape(b)
	tape.Reset(true)
	clear(logits.Grad.Data)
	loss := tape.TokenLoss(logits, targets, weights)
	tape.Backward(loss)
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
			near(t, "weighted gradient", logits.Grad.Data[i:i+1], []float64{(up - down) / (2 * h)}, gradTolerance)
		}
		if g := logits.Grad.Data[5*r]; w == 0 && g != 0 {
			t.Errorf("a row of weight 0 has a gradient of %v", g)
		}
	}
	near(t, "weighted loss", []float32{loss.Data[0]}, []float64{want}, valueTolerance)
}

// masked: rows of negative targets count neither in the loss nor in the
// gradient; if all are masked the loss is 0, not NaN.
func masked(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(4, 0))
	logits := random(rng, 4, 7)
	exact := make([]float64, logits.Len())
	for i, z := range logits.Data {
		exact[i] = float64(z)
	}
	tape := tensor.NewTape(b)
	loss := func(targets []int32) float32 {
		tape.Reset(true)
		clear(logits.Grad.Data)
		l := meanLoss(tape, logits, targets)
		tape.Backward(l)
		return l.Data[0]
	}
	targets := []int32{2, -1, 0, -1}
	near(t, "masked loss", []float32{loss(targets)}, []float64{crossEntropy(exact, targets, 7)}, valueTolerance)
	for r, target := range targets {
		var sum float64
		for _, g := range logits.Grad.Data[r*7 : (r+1)*7] {
			sum += math.Abs(float64(g))
		}
		if (target < 0) != (sum == 0) {
			t.Errorf("row %d with target %d has a gradient of %v", r, target, sum)
		}
	}
	if l := loss([]int32{-1, -1, -1, -1}); l != 0 {
		t.Errorf("the loss of nothing is %v, want 0", l)
	}
	for _, g := range logits.Grad.Data {
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
	x := random(rng, 3*40, 50)
	draw := func(x *tensor.Tensor, row int) []float32 {
		tape := tensor.NewTape(b)
		tape.Reset(true)
		clear(x.Grad.Data)
		y := tape.Dropout(x, rate, tensor.Draw{Seed: 7, Row: row, Time: 40})
		gone := 0
		for i, v := range y.Data {
			if v == 0 {
				gone++
			} else if off := math.Abs(float64(v)*(1-rate) - float64(x.Data[i])); off > valueTolerance*(1+math.Abs(float64(v))) {
				t.Fatalf("%v became %v", x.Data[i], v)
			}
		}
		if part := float64(gone) / float64(len(y.Data)); math.Abs(part-rate) > 0.03 {
			t.Errorf("%.3f of the numbers went, want %v", part, rate)
		}
		kept := slices.Clone(y.Data)
		tape.Backward(meanLoss(tape, y, make([]int32, y.Rows())))
		for i, g := range x.Grad.Data {
			if kept[i] == 0 && g != 0 {
				t.Fatalf("a number that went has a gradient of %v", g)
			}
		}
		return kept
	}
	all, last := draw(x, 5), tensor.Parameter("last", 40, 50)
	copy(last.Data, x.Data[2*40*50:])
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
	x, w := tensor.Parameter("x", 6, 50), tensor.Parameter("w", 7, 50)
	for i := range x.Data {
		x.Data[i] = float32(i%7 - 3)
	}
	for i := range w.Data {
		w.Data[i] = float32(i%5 - 2)
	}
	tape := tensor.NewTape(b)
	tape.Reset(false)
	y := tape.Linear(x, w, nil)
	for r := range 6 {
		for o := range 7 {
			want := 0
			for i := range 50 {
				want += ((r*50+i)%7 - 3) * ((o*50+i)%5 - 2)
			}
			if y.Data[r*7+o] != float32(want) {
				t.Fatalf("y[%d,%d] is %v, want %d", r, o, y.Data[r*7+o], want)
			}
		}
	}
}

// allocations: a step after the first allocates nothing on the Go heap.
func allocations(t *testing.T, b tensor.Backend) {
	rng := rand.New(rand.NewPCG(5, 0))
	table, gain, w := random(rng, 9, 16), random(rng, 16), random(rng, 9, 16)
	ids, targets := []int32{1, 2, 3, 4, 5, 6}, []int32{2, 3, 4, 5, 6, 7}
	weights := []float32{.1, .2, .3, 0, .2, .2}
	lengths := []int{4, 2}
	tape := tensor.NewTape(b)
	step := func() {
		tape.Reset(true)
		x := tape.RMSNorm(tape.Embed(table, ids), gain, eps)
		h := tape.Split(x, 2)
		x = tape.Add(x, tape.Merge(tape.Attention(h, h, h, tape.Spans(lengths))))
		tape.Backward(tape.TokenLoss(tape.Linear(tape.SwiGLU(x, tape.GELU(x)), w, nil), targets, weights))
	}
	step()
	if n := testing.AllocsPerRun(10, step); n != 0 {
		t.Errorf("a step allocates %v times on the Go heap", n)
	}
}
