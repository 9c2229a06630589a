// Package backendtest is the suite that every tensor.Backend must pass: each
// operation's result against a formula in float64, each gradient against
// finite differences of that formula, and the matrix products against gonum.
package backendtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hornbook/model/tensor"
)

// Run tests the backends that fresh makes.
func Run(t *testing.T, fresh func() tensor.Backend) {
	for _, c := range append(cases(), expertCases()...) {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh()) })
	}
	t.Run("storage", func(t *testing.T) { storage(t, fresh()) })
	t.Run("gradients", func(t *testing.T) { gradients(t, fresh()) })
	t.Run("adamw", func(t *testing.T) { adamw(t, fresh()) })
	t.Run("muon", func(t *testing.T) { muon(t, fresh()) })
	t.Run("clip", func(t *testing.T) { clip(t, fresh()) })
	t.Run("not finite", func(t *testing.T) { notFinite(t, fresh()) })
	t.Run("steady", func(t *testing.T) { steady(t, fresh()) })
	t.Run("products", func(t *testing.T) { products(t, fresh) })
	t.Run("causal", func(t *testing.T) { causal(t, fresh()) })
	t.Run("masked", func(t *testing.T) { masked(t, fresh()) })
	t.Run("weighted", func(t *testing.T) { weighted(t, fresh()) })
	t.Run("loads of experts", func(t *testing.T) { loads(t, fresh()) })
	t.Run("entropy", func(t *testing.T) { entropy(t, fresh()) })
	t.Run("dropout", func(t *testing.T) { dropout(t, fresh()) })
	t.Run("exact", func(t *testing.T) { exact(t, fresh()) })
	t.Run("allocations", func(t *testing.T) { allocations(t, fresh()) })
}

// Tolerances: a result is a handful of float32 operations on numbers of order
// 1, at most 100 of them summed; a gradient passes twice as many.
const (
	valueTolerance = 2e-5
	gradTolerance  = 1e-4
)

// An opCase is one operation on inputs of the given shapes. op and want compute
// the same, on tensors and in float64.
type opCase struct {
	name  string
	dims  [][]int
	op    func(t *tensor.Tape, in []*tensor.Tensor) *tensor.Tensor
	want  func(in [][]float64) []float64
	apart bool // keep inputs away from 0, where the op has a corner

	refusable bool // a backend may say that it lacks it, by a tensor.Lost
}

func (c opCase) run(t *testing.T, b tensor.Backend) {
	if c.refusable {
		defer func() {
			switch lost := recover().(type) {
			case nil:
			case tensor.Lost:
				if b.Name() == "cpu" {
					t.Fatalf("the processor must know it: %v", lost)
				}
				t.Skip(lost)
			default:
				panic(lost)
			}
		}()
	}
	rng := rand.New(rand.NewPCG(1, uint64(len(c.name))))
	in := make([]*tensor.Tensor, len(c.dims))
	exact := make([][]float64, len(c.dims))
	for i, dims := range c.dims {
		in[i] = random(b, rng, dims...)
		numbers := in[i].Numbers()
		for j, x := range numbers {
			if c.apart {
				numbers[j] += float32(math.Copysign(0.1, float64(x)))
			}
			exact[i] = append(exact[i], float64(numbers[j]))
		}
		in[i].Upload(numbers)
	}
	tape := tensor.NewTape(b)
	tape.Reset(true)
	out := c.op(tape, in)
	near(t, "result", out.Numbers(), c.want(exact), valueTolerance)
	targets := make([]int32, out.Rows())
	for i := range targets {
		targets[i] = int32(rng.IntN(out.Cols()))
	}
	tape.Backward(meanLoss(tape, out, targets), in)
	for i := range in {
		near(t, "gradient of input "+string(rune('0'+i)), in[i].Grad.Numbers(), c.differences(exact, i, targets, out.Cols()), gradTolerance)
	}
	if len(in) > 1 {
		c.frozen(t, tape, in, targets)
	}
}

// frozen: an input that does not train changes no other's gradient.
func (c opCase) frozen(t *testing.T, tape *tensor.Tape, in []*tensor.Tensor, targets []int32) {
	for i := range in {
		var still, live []*tensor.Tensor
		for j, x := range in {
			still = append(still, tensor.Weight(x.Storage, x.Offset, x.Name, x.Dims...))
			if j != i {
				still[j].Train(tape.Backend.Store(x.Len()), 0)
				live = append(live, still[j])
			}
		}
		tape.Reset(true)
		tape.Backward(meanLoss(tape, c.op(tape, still), targets), live)
		for j, x := range still {
			if j != i && !slices.Equal(x.Grad.Numbers(), in[j].Grad.Numbers()) {
				t.Errorf("with input %d frozen the gradient of input %d is another", i, j)
			}
		}
	}
}

// differences are the central finite differences, in float64, of the
// cross-entropy of the result by input i.
func (c opCase) differences(in [][]float64, i int, targets []int32, v int) []float64 {
	const h = 1e-5
	out := make([]float64, len(in[i]))
	for j, x := range in[i] {
		in[i][j] = x + h
		up := crossEntropy(c.want(in), targets, v)
		in[i][j] = x - h
		down := crossEntropy(c.want(in), targets, v)
		in[i][j] = x
		out[j] = (up - down) / (2 * h)
	}
	return out
}

// near fails unless |got-want| ≤ tolerance·(1+|want|) everywhere.
func near(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if off := math.Abs(float64(got[i]) - want[i]); !(off <= tolerance*(1+math.Abs(want[i]))) {
			t.Fatalf("%s: at %d of %d got %v, want %v", what, i, len(want), got[i], want[i])
		}
	}
}
