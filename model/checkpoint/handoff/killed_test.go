package handoff_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"hornbook/model/checkpoint"
)

// Killed at whatever moment, the run goes on from what it saved, as if it had never
// stopped.
func TestKilled(t *testing.T) {
	python(t)
	b := cases["lm, Muon, looks back"](t)
	b.Recipe.Steps, b.Recipe.EvalEvery = 5000, 5000
	dir, whole := folder(t, b.kept(nil)), folder(t, b.kept(nil))
	cmd := exec.CommandContext(t.Context(), python(t), filepath.Join(dir, "continue.py"), "--save-every", "0")
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	saved := 0
	for begin := time.Now(); saved < 20 && time.Since(begin) < patience; time.Sleep(10 * time.Millisecond) {
		if kept, err := checkpoint.Describe(os.DirFS(filepath.Join(dir, "continued"))); err == nil {
			saved = kept.Step
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	kept := back(t, dir)
	if kept.Step < 20 || kept.State != "paused" {
		t.Fatalf("killed after a save at step %d, %s", kept.Step, kept.State)
	}
	end := strconv.Itoa(kept.Step + 20)
	several(t, 1, jobs{{"go", dir, "--stop-at", end}, {"go", whole, "--stop-at", end}})
	got, want := back(t, dir), back(t, whole)
	if !reflect.DeepEqual(got.Model.Weights.Numbers(), want.Model.Weights.Numbers()) || !reflect.DeepEqual(numbersOf(got.Moments), numbersOf(want.Moments)) {
		t.Errorf("from step %d on it went another way", kept.Step)
	}
	for i := range want.Log {
		want.Log[i].Seconds, got.Log[i].Seconds = 0, 0
	}
	if !reflect.DeepEqual(got.Log, want.Log) || got.Step != kept.Step+20 || got.Tokens != want.Tokens {
		t.Errorf("after %d steps and %d tokens, want %d; the histories are the same: %v", got.Step, got.Tokens, want.Tokens, reflect.DeepEqual(got.Log, want.Log))
	}
}
