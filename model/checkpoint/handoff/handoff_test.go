package handoff_test

import (
	"maps"
	"math"
	"slices"
	"testing"
)

// tolerance is what is asked of each loss and measure of twenty steps, in nats.
const tolerance = 1e-4

// handedAt is the step at which the tests' runs are handed off.
const handedAt = 4

// Every objective goes on with the tab's own losses and measures, by one process and
// by two.
func TestGoesOn(t *testing.T) {
	python(t)
	folders, want := map[string]map[int]string{}, map[string]*told{}
	work := map[int]jobs{}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		b, heard := cases[name](t), listening()
		b.upTo(t, handedAt, heard)
		hand := b.kept(heard.log)
		folders[name] = map[int]string{1: folder(t, hand), 2: folder(t, hand)}
		want[name] = listening()
		b.upTo(t, b.Recipe.Steps, want[name])
		for n, dir := range folders[name] {
			work[n] = append(work[n], []string{"go", dir, "--steps", "24"})
			if n > 1 && name[:2] != "lm" { // in several pieces each
				work[n][len(work[n])-1] = append(work[n][len(work[n])-1], "--micro", "2")
			}
		}
	}
	for n := 1; n <= 2; n++ {
		said := several(t, n, work[n])
		for name := range cases {
			compare(t, name, n, folders[name][n], want[name])
		}
		if t.Failed() {
			t.Log(said)
		}
	}
}

// compare compares what continue.py noted with what Hornbook did.
func compare(t *testing.T, name string, processes int, dir string, want *told) {
	run, seen, furthest := back(t, dir), 0, 0.0
	off := func(what string, step int, got, want float64) {
		d := math.Abs(got - want)
		furthest = max(furthest, d)
		if !(d <= tolerance*max(1, math.Abs(want))) {
			t.Errorf("%s on %d: %s at step %d is %v, want %v", name, processes, what, step, got, want)
		}
	}
	for _, e := range run.Log {
		switch {
		case e.Step <= handedAt:
		case !e.Evaluated():
			seen++
			off("the loss", e.Step, e.Loss, want.losses[e.Step])
		default:
			for _, m := range want.measures[e.Step] {
				if m.Name != "exact" && (m.Name != "questions" || e.Measures.Value("pass@1") > 0) {
					off(m.Name, e.Step, e.Measures.Value(m.Name), m.Value)
				}
			}
		}
	}
	if seen != len(want.losses) || seen < 20 || run.State != "done" || run.Step != 24 {
		t.Errorf("%s on %d: %d losses of %d, %s after %d steps", name, processes, seen, len(want.losses), run.State, run.Step)
	}
	if name == "grpo" && !(run.MeasuredAt(24).Value("reward") > run.MeasuredAt(16).Value("reward")+0.1) {
		t.Errorf("rewards do not rise: %v, then %v", run.MeasuredAt(16), run.MeasuredAt(24))
	}
	t.Logf("%s on %d: within %.1e", name, processes, furthest)
}
