package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// A test binary that is called so is the command itself, which can be killed.
const asCommand = "HORNBOOK_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// cutOff runs the command, which tells by -json, and cuts it off once it has
// taken a step beyond one.
func cutOff(t *testing.T, beyond int, cut func(*os.Process), args ...string) {
	t.Helper()
	c := exec.Command(os.Args[0], append(args, "-json")...)
	c.Env = append(os.Environ(), asCommand+"=1")
	c.Stderr = t.Output()
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		e, err := protocol.DecodeEvent(lines.Bytes())
		if err != nil {
			t.Errorf("%s: %v", lines.Bytes(), err)
		}
		if s, is := e.(*protocol.Step); is && taken <= beyond && s.Step > beyond {
			cut(c.Process)
			taken = s.Step
		}
	}
	c.Wait() // by a signal
	if taken <= beyond {
		t.Fatalf("%q ended at step %d", args, taken)
	}
}

// weightsOf are the weights of a saved run, bit by bit.
func weightsOf(t *testing.T, dir string) []float32 {
	t.Helper()
	kept, err := checkpoint.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return kept.Model.Weights.Numbers()
}

// A run that is killed again and again, in the middle, as an interrupt is saved
// and after that, and goes on each time, ends with the bits of one that was
// never stopped.
func TestKilledRunGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("a dozen kills are not for -short")
	}
	const steps, most, least = 120, 12, 3
	data := textFile(t, tales)
	args := func(dir string) []string {
		return []string{"train", "-data", data, "-preset", "tiny", "-steps", fmt.Sprint(steps), "-seed", "5", "-ranks", "2", "-out", dir}
	}
	whole, cut := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "cut")
	if _, errs, status := call(args(whole)...); status != 0 {
		t.Fatal(errs)
	}
	rng := rand.New(rand.NewPCG(25, 0))
	kept, kills := 0, 0
	for ; kills < most && kept < steps*2/3; kills++ {
		cutOff(t, kept+rng.IntN(20), func(p *os.Process) {
			if kills%3 > 0 {
				p.Signal(os.Interrupt)
				time.Sleep(time.Duration(rng.IntN(100)) * time.Millisecond)
			}
			if kills%3 < 2 {
				p.Kill()
			}
		}, append(args(cut), "-resume")...)
		now, err := checkpoint.Load(cut)
		switch {
		case err != nil && kept == 0: // before the first save
		case err != nil:
			t.Fatalf("after kill %d: %v", kills+1, err)
		case now.Step < kept:
			t.Fatalf("after kill %d the run is at step %d, it was at %d", kills+1, now.Step, kept)
		default:
			kept = now.Step
		}
	}
	t.Logf("killed %d times, at last at step %d", kills, kept)
	if kills < least || kept == 0 {
		t.Errorf("killed only %d times, up to step %d", kills, kept)
	}
	if _, errs, status := call(append(args(cut), "-resume")...); status != 0 {
		t.Fatal(errs)
	}
	a, b := weightsOf(t, whole), weightsOf(t, cut)
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("weight %d is %v, of the run never stopped %v", i, b[i], a[i])
		}
	}
	if out, _, status := call(append(args(cut), "-resume")...); status != 0 || out != "" {
		t.Errorf("going on with a run that is over: status %d, %q", status, out)
	}
	if _, errs, status := call(append(args(cut), "-resume", "-steps", "1300")...); status != 2 || !strings.Contains(errs, fmt.Sprint(steps)) {
		t.Errorf("going on as another run: status %d, %q", status, errs)
	}
}

// A model is trained further by every method; the log tells what was learned
// and what was forgotten.
func TestTrainFrom(t *testing.T) {
	base, data := filepath.Join(t.TempDir(), "base"), textFile(t, tales)
	if _, errs, status := call("train", "-data", data, "-preset", "tiny", "-steps", "20", "-set", "last_eval_batches=4", "-out", base); status != 0 {
		t.Fatal(errs)
	}
	other := textFile(t, bytes.Repeat([]byte("a rose is a rose is a rose. "), 700))
	for _, c := range [][]string{{"full"}, {"last", "-last-layers", "1"}, {"lora", "-lora-rank", "2"}} {
		dir := filepath.Join(t.TempDir(), c[0])
		args := append([]string{"train", "-from", base, "-data", other, "-steps", "40", "-set", "last_eval_batches=4", "-out", dir, "-json", "-method"}, c...)
		out, errs, status := call(args...)
		if status != 0 {
			t.Fatalf("%q: %s", args, errs)
		}
		var evals []*protocol.Eval
		for line := range strings.Lines(out) {
			if e, err := protocol.DecodeEvent([]byte(line)); err != nil {
				t.Fatalf("%s: %v", line, err)
			} else if e, is := e.(*protocol.Eval); is {
				evals = append(evals, e)
			}
		}
		first, last := evals[0], evals[len(evals)-1]
		if last.ValLoss > first.ValLoss-0.3 || last.Measures.Value(recipe.OldLoss) <= 0 || last.Measures.Value(recipe.OldLoss) == first.Measures.Value(recipe.OldLoss) {
			t.Errorf("%s: from %+v to %+v", c[0], first, last)
		}
		if text, errs, status := call("generate", "-run", dir, "-prompt", "a ro", "-n", "20", "-temperature", "0"); status != 0 || len(text) < 20 {
			t.Errorf("%s: generate: %d, %q, %s", c[0], status, text, errs)
		}
		if _, err := os.Stat(filepath.Join(dir, "adapter_config.json")); (err == nil) != (c[0] == "lora") {
			t.Errorf("%s: its adapter: %v", c[0], err)
		}
	}
}

// The options of training further that make no sense are refused.
func TestTrainFromRefuses(t *testing.T) {
	base, data := filepath.Join(t.TempDir(), "base"), textFile(t, tales)
	if _, errs, status := call("train", "-data", data, "-preset", "tiny", "-steps", "2", "-out", base); status != 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct {
		status int
		says   string
		args   []string
	}{
		{1, "no", []string{"-from", base + "-gone"}},
		{2, "-method magic", []string{"-from", base, "-method", "magic"}},
		{2, "-last-layers is 99", []string{"-from", base, "-method", "last", "-last-layers", "99"}},
		{2, "-lora-rank is 0", []string{"-from", base, "-method", "lora", "-lora-rank", "0"}},
		{2, "-lora-targets is everything", []string{"-from", base, "-method", "lora", "-lora-targets", "everything"}},
		{2, "-from RUN", []string{"-method", "lora"}},
		{2, "-out DIR", []string{"-resume"}},
		{2, "same folder", []string{"-from", base, "-out", base}},
		{2, "-lora-rank", []string{"-lora-rank", "3"}},
		{2, "-muon-rate is for", []string{"-muon-rate", "0.01"}},
		{2, "-muon-rate is Muon's", []string{"-from", base, "-muon-rate", "0.01"}},
		{2, "-preset", []string{"-from", base, "-preset", "tiny"}},
	} {
		_, errs, status := call(append([]string{"train", "-data", data}, c.args...)...)
		if status != c.status || !strings.Contains(errs, c.says) {
			t.Errorf("%q: status %d, %q, want %d and %q", c.args, status, errs, c.status, c.says)
		}
	}
}

// An interrupt leaves a run that can go on, and nothing takes its place unasked.
func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("a run that is interrupted is not for -short")
	}
	dir, data := filepath.Join(t.TempDir(), "run"), textFile(t, tales)
	args := []string{"train", "-data", data, "-preset", "tiny", "-steps", "100000", "-out", dir}
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asCommand+"=1")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if !wait(func() bool {
		kept, err := checkpoint.Load(dir)
		return err == nil && kept.Step > 0
	}) {
		t.Fatal("nothing was saved")
	}
	c.Process.Signal(syscall.SIGTERM) // as good as Ctrl-C, which TestKilledRunGoesOn sends
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	kept, err := checkpoint.Load(dir)
	if err != nil || kept.State != "paused" || kept.Step == 0 || kept.Moments == nil {
		t.Errorf("saved at step %d as %q (%v)", kept.Step, kept.State, err)
	}
	if _, errs, status := call(args...); status != 1 || !strings.Contains(errs, "-resume") {
		t.Errorf("a new run in its place: status %d, %q", status, errs)
	}
	if _, errs, status := call("train", "-data", textFile(t, newTales), "-out", dir, "-resume"); status != 1 || !strings.Contains(errs, "not the text") {
		t.Errorf("another text: status %d, %q", status, errs)
	}
}

var newTales = bytes.Repeat([]byte("A rose is a rose. "), 500)
