package train

import (
	"errors"
	"math"
	"slices"
	"testing"

	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// rhyme is a text that can be learned: ids 0 to 12 over and over, with a twist.
func rhyme(n int) []int32 {
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32((i*i/3 + i) % 13)
	}
	return ids
}

// text is n of them, a byte each; both has another one besides, as the old.
func text(n int) Data { return Data{Text: data.Corpus{IDs: rhyme(n), Bytes: n}} }
func both() Data {
	d := text(5000)
	d.Old.IDs = rhyme(700)
	return d
}

func brief(name string) recipe.Recipe {
	r, _ := recipe.ByName(name)
	r.Model.Vocab, r.Model.Layers, r.Model.Channels, r.Model.Hidden, r.Model.Context = 13, 2, 32, 48, 16
	r.Model.Heads, r.Model.KVHeads = 2, 2
	r.Batch, r.Steps, r.WarmUp, r.EvalBatches, r.LastEvalBatches = 8, 60, 5, 4, 8
	return r
}

func begin(t *testing.T, r recipe.Recipe) *Run {
	t.Helper()
	run, err := New(r, text(5000))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// measures are what an evaluation gives.
func measures(r *Run) recipe.Measures {
	m, _ := r.Evaluate(nil)
	return m.Measures
}

func TestLearns(t *testing.T) {
	for _, name := range []string{"nanogpt-cpu", "quick", "speedrun"} {
		run := begin(t, brief(name))
		before := measures(run)
		for !run.Finished() {
			if err := run.Step(); err != nil {
				t.Fatal(err)
			}
		}
		after := measures(run)
		if math.Abs(before.Value(recipe.ValLoss)-math.Log(13)) > 0.5 || after.Value(recipe.ValLoss) > before.Value(recipe.ValLoss)-0.5 {
			t.Errorf("%s: validation loss went from %.3f to %.3f", name, before.Value(recipe.ValLoss), after.Value(recipe.ValLoss))
		}
		if got, want := after.Value(recipe.BitsPerByte), after.Value(recipe.ValLoss)/math.Ln2; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v bits a byte, want %v at a byte a token", name, got, want)
		}
		if run.Tokens() != 60*8*16 || run.Training <= 0 {
			t.Errorf("%s: trained on %d tokens in %v", name, run.Tokens(), run.Training)
		}
	}
}

// A step after the first allocates nothing on the Go heap, in either form and
// with either optimizer.
func TestStepAllocatesNothing(t *testing.T) {
	for _, name := range []string{"nanogpt-cpu", "quick", "speedrun"} {
		run := begin(t, brief(name))
		step := func() {
			if err := run.Step(); err != nil {
				t.Fatal(err)
			}
		}
		step()
		if n := testing.AllocsPerRun(20, step); n != 0 {
			t.Errorf("%s: a step allocates %v times", name, n)
		}
	}
}

func TestSameSeedSameBits(t *testing.T) {
	end := func(seed uint64) []float32 {
		r := brief("quick")
		r.Seed, r.Steps = seed, 10
		run := begin(t, r)
		for i := range 10 {
			if err := run.Step(); err != nil {
				t.Fatal(err)
			}
			if i == 4 {
				measures(run) // must not disturb the training
			}
		}
		return run.Model.Parameters[3].Numbers()
	}
	if !slices.Equal(end(1), end(1)) {
		t.Error("the same seed gave two models")
	}
	if slices.Equal(end(1), end(2)) {
		t.Error("two seeds gave the same model")
	}
}

func TestEvaluationsCanBeCompared(t *testing.T) {
	run := begin(t, brief("nanogpt-cpu"))
	calls := 0
	first, _ := run.Evaluate(func() bool { calls++; return true })
	if second := measures(run); !slices.Equal(first.Measures, second) {
		t.Errorf("the same model has losses %v and %v", first, second)
	}
	if calls != 2*run.Recipe.EvalBatches {
		t.Errorf("between was called %d times, want %d", calls, 2*run.Recipe.EvalBatches)
	}
	calls = 0
	if _, whole := run.Evaluate(func() bool { calls++; return false }); whole || calls != 1 {
		t.Errorf("an evaluation that was to end went on for %d batches", calls)
	}
}

// poison makes a number of p none.
func poison(p *tensor.Tensor) { p.Storage.Upload(p.Offset, []float32{float32(math.NaN())}) }

// A run that goes off the rails ends with weights that still predict.
func TestDivergenceKeepsTheLastGoodWeights(t *testing.T) {
	run := begin(t, brief("nanogpt-cpu"))
	for range 3 {
		if err := run.Step(); err != nil {
			t.Fatal(err)
		}
	}
	poison(run.Model.Parameters[2])
	var err error
	for range keepEvery {
		if err = run.Step(); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrDiverged) {
		t.Fatalf("steps with a weight that is no number gave %v", err)
	}
	for _, p := range run.Model.Parameters {
		for _, w := range p.Numbers() {
			if !finite(float64(w)) {
				t.Fatalf("%s still holds %v", p.Name, w)
			}
		}
	}
	if l := measures(run); !finite(l.Value(recipe.ValLoss)) {
		t.Errorf("the kept weights have a loss of %v", l.Value(recipe.ValLoss))
	}
}

func TestWhatCannotBegin(t *testing.T) {
	r := brief("quick")
	if _, err := New(r, text(60)); !errors.Is(err, ErrTooShort) {
		t.Errorf("60 tokens for a context of 16 gave %v", err)
	}
	r.Model.Heads = 0
	var wrong *recipe.Wrong
	if _, err := New(r, text(5000)); !errors.As(err, &wrong) || wrong.Key != "heads" {
		t.Errorf("no heads gave %v", err)
	}
}

func TestBench(t *testing.T) {
	r := brief("nanogpt-cpu")
	timing, err := Bench(begin(t, r), 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	if timing.Min <= 0 || timing.Min > timing.Median || timing.Median > timing.Max {
		t.Errorf("times are out of order: %+v", timing)
	}
	if timing.GFLOPS <= 0 || timing.LossLast == timing.LossFirst {
		t.Errorf("measured %+v", timing)
	}
}
