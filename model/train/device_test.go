package train

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hornbook/model/backendtest"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// fragile is a device to the CPU's bits that fails after some products, or steps wrongly.
type fragile struct {
	tensor.Backend
	tensor.Experts
	*fate
}

type fate struct {
	products int // until it fails; negative: it does not
	made     int
	wrong    bool
}

func newFragile(products int) fragile {
	b := backendtest.NewShadow()
	return fragile{b, b, &fate{products: products}}
}

func (f fragile) Beside(steady bool) tensor.Backend {
	b := f.Backend.Beside(steady)
	return fragile{b, b.(tensor.Experts), f.fate}
}

func (f fragile) Linear(y, x, w, b *tensor.Tensor) {
	if f.made++; f.made == f.products {
		panic(tensor.Lost{Why: "it was pulled out"})
	}
	f.Backend.Linear(y, x, w, b)
}

func (f fragile) AdamW(w, g, m, v *tensor.Tensor, s tensor.AdamW) {
	if f.wrong {
		s.LR *= 1.5
	}
	f.Backend.AdamW(w, g, m, v, s)
}

func (f fragile) Muon(w, g, m *tensor.Tensor, s tensor.Muon) {
	if f.wrong {
		s.LR *= 1.5
	}
	f.Backend.Muon(w, g, m, s)
}

// devised are runs of every kind: those of lessons, and plain ones. No variant of our
// kernels changes how a device is dealt with.
func devised(t *testing.T) map[string]func() *Run {
	if testing.Short() {
		t.Skip("devices are tested natively")
	}
	all := posttrained(t)
	all["lm"] = func() *Run {
		r := brief("quick")
		r.Steps, r.EvalEvery = 40, 10
		run, err := New(r, text(2000))
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	return all
}

// ended loops a run to its end, and gives its weights and at which steps it was measured.
func ended(t *testing.T, run *Run) (weights []float32, measured []int) {
	t.Helper()
	at := map[int]bool{}
	model := run.Model
	if run.device != nil {
		model = run.device.host.Model
	}
	outcome, err := run.Loop(Hooks{Measured: func(m recipe.Measurement) { at[m.Step] = true }})
	if err != nil || outcome != Finished {
		t.Fatalf("%v, %v at step %d", outcome, err, run.Done)
	}
	return model.Weights.Numbers(), slices.Sorted(maps.Keys(at))
}

// Whenever a device fails, the run ends as one that had none; and as one whose device holds.
func TestDeviceFails(t *testing.T) {
	for name, begin := range devised(t) {
		t.Run(name, func(t *testing.T) {
			want, at := ended(t, begin())
			holds := newFragile(-1)
			run := begin()
			if err := run.Use(holds, func(why string) { t.Errorf("it failed: %s", why) }); err != nil || run.Device() != "shadow" {
				t.Fatal(err)
			}
			if got, measured := ended(t, run); !slices.Equal(got, want) || !slices.Equal(measured, at) {
				t.Error("on a device that holds it ends otherwise")
			}
			rng := rand.New(rand.NewPCG(1, uint64(len(name))))
			for range 4 {
				products, fell := 1+rng.IntN(holds.made), 0
				run := begin()
				if err := run.Use(newFragile(products), func(string) { fell++ }); err != nil {
					t.Fatal(err)
				}
				got, measured := ended(t, run)
				if !slices.Equal(got, want) || !slices.Equal(measured, at) || fell != 1 || run.Device() != "cpu" {
					t.Errorf("failing at product %d of %d, told %d times, it ends otherwise", products, holds.made, fell)
				}
			}
		})
	}
}

// A device that computes wrongly, from its first step or later, is left, and nothing of
// what it did stays.
func TestDeviceIsWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("devices are tested natively")
	}
	r := brief("quick")
	r.Optimizer, r.Steps, r.EvalEvery = "adamw", 3*compareEvery, compareEvery
	begin := func() *Run {
		run, err := New(r, text(2000))
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	want, _ := ended(t, begin())
	for _, from := range []int{0, 10, compareEvery + 5} {
		run, bad, fell := begin(), newFragile(-1), 0
		if err := run.Use(bad, func(string) { fell++ }); err != nil {
			t.Fatal(err)
		}
		model := run.device.host.Model
		bad.wrong = from == 0
		paused := false
		hooks := Hooks{Stepped: func() { bad.wrong = bad.wrong || run.Done == from }, Wish: func() Wish {
			if !paused && run.Done == compareEvery+1 {
				paused = true
				return Hold
			}
			return GoOn
		}}
		for outcome := Held; outcome == Held; {
			var err error
			if outcome, err = run.Loop(hooks); err != nil {
				t.Fatal(err)
			}
		}
		if got := model.Weights.Numbers(); fell != 1 || !slices.Equal(got, want) {
			t.Errorf("wrong from step %d on: told %d times, and it ends otherwise", from, fell)
		}
	}
}

// Three steps are tried without a trace; a device that steps wrongly, or fails, is told.
func TestTry(t *testing.T) {
	for name, begin := range devised(t) {
		t.Run(name, func(t *testing.T) {
			run, was := begin(), begin().Model.Weights.Numbers()
			trial, err := run.Try(newFragile(-1), nil)
			if err != nil || trial.Device <= 0 || trial.Host <= 0 || run.Done != 0 || !slices.Equal(run.Model.Weights.Numbers(), was) || run.Device() != "cpu" {
				t.Errorf("%+v, %v, at step %d on %s", trial, err, run.Done, run.Device())
			}
			bad := newFragile(-1)
			bad.wrong = true
			if _, err := run.Try(bad, nil); err == nil {
				t.Error("what steps wrongly is trusted")
			}
			if _, err := run.Try(newFragile(5), nil); err == nil {
				t.Error("what fails is trusted")
			}
		})
	}
}

// plain knows no experts.
type plain struct{ tensor.Backend }

func (p plain) Beside(steady bool) tensor.Backend { return plain{p.Backend.Beside(steady)} }

// A device that knows no experts is not trusted with them, and says why.
func TestDeviceWithoutExperts(t *testing.T) {
	run := begin(t, deep())
	var lost tensor.Lost
	if _, err := run.Try(plain{backendtest.NewShadow()}, nil); !errors.As(err, &lost) || !strings.Contains(lost.Why, "experts") || run.Device() != "cpu" {
		t.Errorf("%v, on %s", err, run.Device())
	}
}
