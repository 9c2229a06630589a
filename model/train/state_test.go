package train

import (
	"fmt"
	"slices"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// tuned are recipes of each method, small; those but the first need a model.
func tuned() map[string]recipe.Recipe {
	all := map[string]recipe.Recipe{"pretrain by muon": brief("quick"), "pretrain by adamw": brief("nanogpt-cpu")}
	for _, method := range recipe.Methods[1:] {
		r := recipe.FineTune(brief("quick"), method, 5000)
		r.Batch, r.Steps, r.EvalBatches, r.LastEvalBatches, r.Tuning.LastLayers = 7, 40, 4, 4, 1
		r.Tuning.LoRA.Dropout = 0.1
		all[method] = r
	}
	return all
}

// on is a run of r from a model of a fixed seed.
func on(t *testing.T, r recipe.Recipe) *Run {
	t.Helper()
	m := blank(cpu.New(), r)
	m.Init("gpt2", 3) // unit's head of zeros would give an adapter nothing to learn
	if r.Trains == recipe.Adapter {
		m.InitAdapter(r.Seed)
	}
	run, err := On(m, r, both())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	return run
}

func copied(m *tensor.Tensor) *tensor.Tensor {
	c := tensor.From(cpu.New(), m.Numbers(), m.Dims...)
	c.Name = m.Name
	return c
}

// keep copies what a checkpoint would hold.
func keep(s State) State {
	kept := s
	kept.Moments = nil
	for _, m := range s.Moments {
		kept.Moments = append(kept.Moments, copied(m))
	}
	if s.Best != nil {
		kept.Best = &Best{s.Best.Step, s.Best.Loss, slices.Clone(s.Best.Weights)}
	}
	return kept
}

// A run that went on from its state has the bits of one that never stopped, by
// every method, with any number of ranks, at any step.
func TestResumedRunHasTheSameBits(t *testing.T) {
	most := 3
	if testing.Short() {
		most = 2
	}
	for name, r := range tuned() {
		for size := 1; size <= most; size++ {
			t.Run(fmt.Sprintf("%s, %d ranks", name, size), func(t *testing.T) {
				begun := func() *Run {
					run := on(t, r)
					if err := run.Share(size, Goroutines); err != nil {
						t.Fatal(err)
					}
					return run
				}
				whole, cut := begun(), begun()
				steps(t, whole, 9)
				whole.State() // disturbs nothing
				wanted := measures(whole)
				last := steps(t, whole, 6)
				steps(t, cut, 9)
				weights, state := cut.Model.Weights.Numbers(), keep(cut.State())
				cut.Close()
				later := on(t, r)
				later.Model.Weights.Upload(weights)
				if err := later.Resume(state); err != nil {
					t.Fatal(err)
				}
				if err := later.Share(size, Goroutines); err != nil {
					t.Fatal(err)
				}
				if got := measures(later); !slices.Equal(got, wanted) {
					t.Errorf("measures %+v, want %+v", got, wanted)
				}
				if got := steps(t, later, 6); !slices.Equal(got, last) {
					t.Errorf("the losses went %v, want %v", got, last)
				}
				if !slices.Equal(later.Model.Weights.Numbers(), whole.Model.Weights.Numbers()) {
					t.Error("the weights are others")
				}
			})
		}
	}
}

// State does not disturb ranks that have laid out their gradients already.
func TestStateWhileShared(t *testing.T) {
	r := brief("quick")
	calm, asked := shared(t, r, 3, Goroutines), shared(t, r, 3, Goroutines)
	for range 8 {
		steps(t, calm, 1)
		steps(t, asked, 1)
		if n := len(asked.State().Moments); n == 0 {
			t.Fatal("no moments")
		}
	}
	if !slices.Equal(calm.Model.Weights.Numbers(), asked.Model.Weights.Numbers()) {
		t.Error("asking for the state changed the run")
	}
}

// A run that was stopped in the middle of an evaluation is kept with the moments that
// it has.
func TestStateOfACutEvaluation(t *testing.T) {
	r := brief("quick")
	for range 5 {
		whole, cut := shared(t, r, 3, Goroutines), shared(t, r, 3, Goroutines)
		steps(t, whole, 4)
		steps(t, cut, 4)
		if _, ended := cut.Evaluate(func() bool { return false }); ended {
			t.Fatal("it was not cut")
		}
		want, got := whole.State().Moments, cut.State().Moments
		for i, m := range want {
			if got[i].Name != m.Name || !slices.Equal(got[i].Numbers(), m.Numbers()) {
				t.Fatalf("the moments %s are others", m.Name)
			}
		}
	}
}

func TestResumeRefusesOthersMoments(t *testing.T) {
	run := on(t, tuned()[recipe.Lora])
	steps(t, run, 2)
	state := keep(run.State())
	state.Moments = state.Moments[1:]
	if err := on(t, tuned()[recipe.Lora]).Resume(state); err == nil {
		t.Error("a missing moment was not missed")
	}
}

// Only what the method names trains; the rest keeps its bits.
func TestWhatTrains(t *testing.T) {
	for _, method := range recipe.Methods[1:] {
		r := tuned()[method]
		run := on(t, r)
		before := run.Model.Weights.Numbers()
		if got := run.Model.Gradients.Len(); got != r.Trained() || len(before) != r.Weights() {
			t.Errorf("%s: %d of %d weights train, the recipe says %d of %d", method, got, len(before), r.Trained(), r.Weights())
		}
		first := measures(run)
		steps(t, run, 25)
		still := len(before) - r.Trained()
		if !slices.Equal(run.Model.Weights.Slice(0, still).Numbers(), before[:still]) {
			t.Errorf("%s: frozen weights moved", method)
		}
		if last := measures(run); last.Value(recipe.ValLoss) >= first.Value(recipe.ValLoss) || last.Value(recipe.OldLoss) == 0 {
			t.Errorf("%s: losses went from %+v to %+v", method, first, last)
		}
	}
}

// The dropout of a step does not depend on how its batch is divided.
func TestDropoutIsTheRecipes(t *testing.T) {
	r := tuned()[recipe.Lora]
	r.Tuning.LoRA.Dropout = 0.5
	alone, two := on(t, r), on(t, r)
	if err := two.Share(2, Goroutines); err != nil {
		t.Fatal(err)
	}
	a, b := steps(t, alone, 1), steps(t, two, 1)
	if d := a[0] - b[0]; d > ranksTolerance || d < -ranksTolerance {
		t.Errorf("alone the loss is %v, with two %v", a, b)
	}
}

// With patience the best weights are kept, and worse ones end the run.
func TestPatience(t *testing.T) {
	r := tuned()[recipe.Full]
	r.Tuning.Patience = 2
	run := on(t, r)
	if m, _ := run.Evaluate(nil); !m.Best {
		t.Error("the first evaluation is not the best so far")
	}
	steps(t, run, 10)
	best, _ := run.Evaluate(nil)
	kept := run.Model.Weights.Numbers()
	if !best.Best || run.Best.Step != 10 || run.Best.Loss != best.Measures.Value(recipe.ValLoss) {
		t.Fatalf("after 10 steps %+v, the best is %+v", best, run.Best)
	}
	worse := make([]float32, len(kept)) // than ever
	for i := range worse {
		worse[i] = float32(i%7) - 3
	}
	run.Model.Weights.Upload(worse)
	for i := range 2 {
		if run.Exhausted() || run.Finished() {
			t.Errorf("patience ended after %d evaluations", i)
		}
		run.Done++
		measures(run)
	}
	if !run.Exhausted() || !run.Finished() {
		t.Error("patience has no end")
	}
	run.TakeBest()
	if !slices.Equal(run.Model.Weights.Numbers(), kept) {
		t.Error("the best weights were not kept")
	}
}

// Merged, an adapter computes the same; switched off, nothing.
func TestAdapterMergesAndSwitches(t *testing.T) {
	r := tuned()[recipe.Lora]
	run := on(t, r)
	without := measures(run)
	steps(t, run, 20)
	with := measures(run)
	if with.Value(recipe.ValLoss) >= without.Value(recipe.ValLoss) {
		t.Fatalf("the adapter learned nothing: %v, then %v", without, with)
	}
	measure := func(m *model.GPT) recipe.Measures {
		plain := r
		plain.SetMethod(recipe.Full)
		other, err := On(m, plain, both())
		if err != nil {
			t.Fatal(err)
		}
		return measures(other)
	}
	run.Model.UseAdapter(false)
	if off := measures(run); off.Value(recipe.ValLoss) != without.Value(recipe.ValLoss) || off.Value(recipe.OldLoss) != without.Value(recipe.OldLoss) {
		t.Errorf("switched off it measures %+v, before it was %+v", off, without)
	}
	run.Model.UseAdapter(true)
	merged := run.Model.Clone()
	merged.Merge()
	if got := measure(merged); max(got.Value(recipe.ValLoss)-with.Value(recipe.ValLoss), with.Value(recipe.ValLoss)-got.Value(recipe.ValLoss)) > ranksTolerance {
		t.Errorf("merged it measures %v, beside the weights %v", got, with)
	}
	bare := run.Model.Clone()
	bare.DropAdapter()
	if got := measure(bare); got.Value(recipe.ValLoss) != without.Value(recipe.ValLoss) {
		t.Errorf("without its adapter it measures %v, before it was %v", got, without)
	}
}
