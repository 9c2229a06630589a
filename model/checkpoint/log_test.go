package checkpoint_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/recipe"
)

// best is the evaluation with the lowest loss in the tests' long log.
const best = 11_111

// long is the log of a run of many steps, each of them evaluated, in order.
func long(steps int, note func(checkpoint.Entry)) {
	for step := range steps {
		note(checkpoint.Entry{Step: step, Loss: 1 + 1/float64(step+1)})
		note(checkpoint.Evaluation(recipe.Measurement{Step: step, Best: step%100 == 0 && step < best || step == best, Measures: recipe.Measures{{Name: recipe.ValLoss, Value: 2}}}))
	}
}

// However long a run takes its log stays short, and keeps the first, the best
// and the last of its evaluations, and others about as far from one another.
func TestLogIsBounded(t *testing.T) {
	var log []checkpoint.Entry
	most, step := 0, 0
	long(25_000, func(e checkpoint.Entry) {
		log = checkpoint.Noted(log, e)
		most, step = max(most, len(log)), e.Step
		if last := log[len(log)-1]; !reflect.DeepEqual(last, e) {
			t.Fatalf("the latest entry of step %d is not the log's last", step)
		}
	})
	if most > 512+600 {
		t.Errorf("it has up to %d entries", most)
	}
	var evaluations []int
	lastBest := -1
	for i, e := range log {
		if i > 0 && e.Step < log[i-1].Step {
			t.Fatal("it is not in order")
		}
		if e.Evaluated() {
			evaluations = append(evaluations, e.Step)
			if e.Best {
				lastBest = e.Step
			}
		}
	}
	if evaluations[0] != 0 || lastBest != best || step != 24_999 {
		t.Errorf("the first is of step %d, the best of %d", evaluations[0], lastBest)
	}
	for i := 1; i < len(evaluations); i++ {
		if gap := evaluations[i] - evaluations[i-1]; gap > 2*25_000/256 {
			t.Errorf("between steps %d and %d nothing is left", evaluations[i-1], evaluations[i])
		}
	}
	if len(evaluations) < 128 {
		t.Errorf("%d are left", len(evaluations))
	}
	run := checkpoint.Run{Log: log}
	if run.MeasuredAt(best) == nil || run.MeasuredAt(best+1) != nil {
		t.Error("not what was measured at the best step")
	}
}

// A short log is kept as it is.
func TestShortLogIsKept(t *testing.T) {
	var log, all []checkpoint.Entry
	long(500, func(e checkpoint.Entry) {
		log, all = checkpoint.Noted(log, e), append(all, e)
	})
	if !reflect.DeepEqual(log, all) {
		t.Errorf("of %d entries %d were kept", len(all), len(log))
	}
}

// The long log of an older Hornbook, whose losses were no measures, becomes the
// one that a run of today would have kept; and that is read as it was written.
func TestLongLogIsThinned(t *testing.T) {
	folder := checkpointtest.InMemory(t, checkpointtest.Full(t))
	var text bytes.Buffer
	var want []checkpoint.Entry
	long(25_000, func(e checkpoint.Entry) {
		want = checkpoint.Noted(want, e)
		if !e.Evaluated() {
			fmt.Fprintf(&text, "{\"step\":%d,\"loss\":%v}\n", e.Step, e.Loss)
			return
		}
		fmt.Fprintf(&text, "{\"step\":%d,\"val_loss\":2,\"best\":%v}\n", e.Step, e.Best)
	})
	folder[checkpoint.LogFile] = &fstest.MapFile{Data: text.Bytes()}
	run, err := checkpoint.Describe(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(run.Log, want) {
		t.Errorf("it was read as %d entries, want %d", len(run.Log), len(want))
	}
	full := checkpointtest.Full(t)
	full.Log = run.Log
	again, err := checkpoint.Read(checkpointtest.InMemory(t, full))
	if err != nil || !reflect.DeepEqual(again.Log, want) {
		t.Errorf("it was read again as %d entries (%v)", len(again.Log), err)
	}
}
