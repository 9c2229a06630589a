package train

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hornbook/model/recipe"
)

// told is what the hooks of a loop were told, in order.
type told struct {
	steps, measured, samples []int
	saves                    int
}

func (a *told) hooks(run *Run, wish func() Wish) Hooks {
	return Hooks{
		Wish:     wish,
		Stepped:  func() { a.steps = append(a.steps, run.Done) },
		Measured: func(m recipe.Measurement) { a.measured = append(a.measured, m.Step) },
		Sampled:  func(ids []int32) { a.samples = append(a.samples, run.Done) },
		Save:     func() { a.saves++ },
	}
}

func looped(t *testing.T, run *Run, h Hooks, want Outcome) {
	t.Helper()
	if got, err := run.Loop(h); got != want || err != nil {
		t.Fatalf("the loop ends with %v, %v; want %v", got, err, want)
	}
}

func TestLoop(t *testing.T) {
	r := brief("quick")
	r.Steps, r.EvalEvery, r.SampleEvery = 7, 3, 5
	began := time.Now()
	run, all := begin(t, r), new(told)
	looped(t, run, all.hooks(run, nil), Finished)
	if !slices.Equal(all.steps, []int{1, 2, 3, 4, 5, 6, 7}) || !slices.Equal(all.measured, []int{0, 3, 6, 7}) || !slices.Equal(all.samples, []int{5, 7}) {
		t.Errorf("told of %+v", *all)
	}
	if took := time.Since(began); all.saves > int(took/time.Second) {
		t.Errorf("saved %d times in %v", all.saves, took)
	}
}

// A run is saved a second after the last time or later, an eighth of its training
// later where it is long, and at most one part in thirty of the time. Nothing here
// waits: the moments are an hour away.
func TestDue(t *testing.T) {
	const hour = time.Hour
	for _, c := range []struct {
		saved, training, saving time.Duration // since the last save, in all, of the last save
		due                     bool
	}{
		{hour, 0, 0, true}, {-hour, 0, 0, false},
		{hour, 100 * hour, 0, true}, // an eighth would be longer than saveEvery
		{hour, 0, hour / 15, false}, {hour, 0, hour / 60, true},
	} {
		r := &Run{saved: time.Now().Add(-c.saved), saving: c.saving}
		r.Training = c.training
		if r.due() != c.due {
			t.Errorf("%+v: due is %t", c, !c.due)
		}
	}
}

// However often a run is held, at a step, while it is measured or while it
// writes a sample, it does the same as one that is not.
func TestHeldLoop(t *testing.T) {
	r := brief("quick")
	r.Steps, r.EvalEvery, r.SampleEvery = 9, 3, 0
	whole, all := begin(t, r), new(told)
	looped(t, whole, all.hooks(whole, nil), Finished)
	for every := 1; every < 9; every++ {
		run, some := begin(t, r), new(told)
		asked := 0
		h := some.hooks(run, func() Wish {
			if asked++; asked%every == 0 {
				return Hold
			}
			return GoOn
		})
		outcome, err := Held, error(nil)
		for range 200 {
			if outcome, err = run.Loop(h); outcome != Held || err != nil {
				break
			}
			h.Wish = func() Wish { // goes on for a while
				if asked++; asked%(every+1) == 0 {
					return Hold
				}
				return GoOn
			}
		}
		if outcome != Finished || err != nil {
			t.Fatalf("held every %d: %v, %v", every, outcome, err)
		}
		if !slices.Equal(some.steps, all.steps) || !slices.Equal(some.measured, all.measured) {
			t.Errorf("held every %d: told of %+v, want %+v", every, *some, *all)
		}
		if !slices.Equal(run.Model.Weights.Numbers(), whole.Model.Weights.Numbers()) {
			t.Errorf("held every %d: other weights", every)
		}
	}
}

// Stop ends a run at once, wherever it is, and with others' help too.
func TestStoppedLoop(t *testing.T) {
	r := brief("quick")
	r.Steps, r.EvalEvery, r.SampleEvery = 6, 2, 2
	for size := 1; size <= 2; size++ {
		for after := 1; after < 40; after += 3 {
			run, asked := shared(t, r, size, Goroutines), 0
			h := new(told).hooks(run, func() Wish {
				if asked++; asked >= after {
					return Stop
				}
				return GoOn
			})
			looped(t, run, h, Stopped)
			if asked > after+1 {
				t.Errorf("stopped at question %d, asked %d times", after, asked)
			}
		}
	}
}

// Patience that is at its end ends the loop with the best weights.
func TestExhaustedLoop(t *testing.T) {
	r := tuned()[recipe.Full]
	r.Steps, r.EvalEvery, r.SampleEvery, r.Tuning.Patience, r.LearningRate = 40, 1, 0, 1, 1
	run := on(t, r)
	before := run.Model.Weights.Numbers()
	looped(t, run, Hooks{}, Exhausted)
	if run.Best.Step == 0 && !slices.Equal(run.Model.Weights.Numbers(), before) {
		t.Error("the best weights, those before, are not the model's")
	}
	if run.Done >= r.Steps {
		t.Errorf("took all %d steps", run.Done)
	}
}

func TestDivergedLoop(t *testing.T) {
	run := begin(t, brief("quick"))
	bad := Hooks{Stepped: func() {
		if run.Done == 3 {
			poison(run.Model.Parameters[2])
		}
	}}
	if outcome, err := run.Loop(bad); outcome != Diverged || !errors.Is(err, ErrDiverged) {
		t.Fatalf("ends with %v, %v", outcome, err)
	}
	if !measures(run).Finite() {
		t.Error("the weights that are left predict nothing")
	}
}

// A sample of what learns to answer ends where its answer does.
func TestSampleEnds(t *testing.T) {
	r := brief("quick")
	r.Objective, r.Steps, r.EvalEvery, r.SampleEvery = recipe.SFT, 60, 60, 60
	run, err := New(r, conversations(60))
	if err != nil {
		t.Fatal(err)
	}
	var sample []int32
	looped(t, run, Hooks{Sampled: func(ids []int32) { sample = ids }}, Finished)
	ends := run.plan.stop
	at := slices.IndexFunc(sample[len(run.Opening()):], func(id int32) bool { return slices.Contains(ends, id) })
	if at < 0 || len(run.Opening())+at != len(sample)-1 {
		t.Errorf("of %v, which follows %d tokens, %v ends number %d", sample, len(run.Opening()), ends, at)
	}
}
