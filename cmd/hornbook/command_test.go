package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hornbook/web/protocol"
)

// call runs the command and returns what it wrote and its exit status.
func call(args ...string) (out, errs string, status int) {
	var o, e bytes.Buffer
	status = run(args, &o, &e)
	return o.String(), e.String(), status
}

func textFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text.txt")
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTrainThenGenerate(t *testing.T) {
	dir, data := filepath.Join(t.TempDir(), "run"), textFile(t, tales)
	out, errs, status := call("train", "-data", data, "-preset", "tiny", "-steps", "20", "-seed", "7", "-out", dir, "-json")
	if status != 0 {
		t.Fatalf("train: status %d: %s", status, errs)
	}
	var evals []map[string]any
	for line := range strings.Lines(out) {
		e, err := protocol.DecodeEvent([]byte(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if _, is := e.(*protocol.Eval); is {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatal(err)
			}
			evals = append(evals, fields)
		}
	}
	if len(evals) != 2 {
		t.Fatalf("%d evaluations, want the first and the last", len(evals))
	}
	for _, key := range []string{"event", "step", "train_loss", "val_loss", "tokens", "seconds", "tokens_per_second"} {
		if _, there := evals[1][key]; !there {
			t.Errorf("an evaluation lacks %q", key)
		}
	}
	args := []string{"generate", "-run", dir, "-prompt", "Tom ", "-n", "50", "-seed", "3"}
	first, errs, status := call(args...)
	if again, _, _ := call(args...); status != 0 || first != again || !strings.HasPrefix(first, "Tom ") || len(first) != 4+50+1 {
		t.Errorf("generate: status %d, %q then %q (%s)", status, first, again, errs)
	}
	if _, errs, status := call("generate", "-run", dir, "-prompt", "Tom ☃"); status != 0 || !strings.Contains(errs, "☃") {
		t.Errorf("an unknown character: status %d, %q", status, errs)
	}
}

// Two workers train to the same losses each time; more than the machine has
// cores are told of, and the run goes on with those that it has.
func TestTrainWithRanks(t *testing.T) {
	evals := func(ranks string) (lines []string, errs string) {
		out, errs, status := call("train", "-data", textFile(t, tales), "-preset", "tiny", "-steps", "6", "-ranks", ranks, "-json")
		if status != 0 {
			t.Fatalf("-ranks %s: status %d: %s", ranks, status, errs)
		}
		for line := range strings.Lines(out) {
			if e, err := protocol.DecodeEvent([]byte(line)); err != nil {
				t.Fatal(err)
			} else if e, is := e.(*protocol.Eval); is {
				lines = append(lines, fmt.Sprint(e.Step, e.TrainLoss, e.ValLoss))
			}
		}
		return lines, errs
	}
	first, _ := evals("2")
	if again, _ := evals("2"); !slices.Equal(first, again) || len(first) != 2 {
		t.Errorf("two workers measure %v, then %v", first, again)
	}
	if _, errs := evals("99"); !strings.Contains(errs, "instead of 99") {
		t.Errorf("99 workers are told as %q", errs)
	}
}

func TestWhatIsRefused(t *testing.T) {
	data := textFile(t, tales)
	file := textFile(t, nil)
	for _, c := range []struct {
		status int
		says   string
		args   []string
	}{
		{2, "hornbook train", nil},
		{2, `no command "fly"`, []string{"fly"}},
		{2, "-data FILE", []string{"train"}},
		{2, "no preset", []string{"train", "-data", data, "-preset", "huge"}},
		{2, "-ranks -1", []string{"train", "-data", data, "-ranks", "-1"}},
		{2, "-ranks -1", []string{"bench", "-ranks", "-1"}},
		{2, "-method sft", []string{"train", "-data", data, "-method", "sft"}},
		{2, "-trains some", []string{"train", "-data", data, "-trains", "some"}},
		{2, "-from RUN", []string{"train", "-data", data, "-trains", "adapter"}},
		{2, "give one of them", []string{"train", "-data", data, "-trains", "all", "-method", "full"}},
		{2, "objective", []string{"train", "-data", data, "-objective", "magic"}},
		{2, "-from RUN", []string{"train", "-data", data, "-objective", "sft"}},
		{2, "-objective sft", []string{"train", "-task", "village"}},
		{2, "no such task", []string{"train", "-task", "chess", "-objective", "sft", "-from", "../../static/base/model"}},
		{2, "-task", []string{"eval", "-run", "x"}},
		{2, "-k 0", []string{"eval", "-run", "x", "-task", "sums", "-k", "0"}},
		{1, "none of village", []string{"eval", "-run", "x", "-task", "chess"}},
		{1, "no saved model", []string{"eval", "-run", t.TempDir(), "-task", "sums"}},
		{2, "-run DIR", []string{"chat"}},
		{2, "steps", []string{"train", "-data", data, "-steps", "0"}},
		{2, "-nonsense", []string{"train", "-nonsense"}},
		{2, "flags only", []string{"train", "text.txt"}},
		{1, "cannot read", []string{"train", "-data", data + ".gone"}},
		{1, "is empty", []string{"train", "-data", file}},
		{1, "too short", []string{"train", "-data", textFile(t, []byte("Tom had a ball."))}},
		{1, "not plain text", []string{"train", "-data", textFile(t, bytes.Repeat([]byte{0, 1}, 5000))}},
		{1, "cannot save", []string{"train", "-data", data, "-out", file}},
		{2, "-run DIR", []string{"generate"}},
		{1, "no saved model", []string{"generate", "-run", t.TempDir()}},
		{2, "-temperature", []string{"generate", "-run", "x", "-temperature", "-1"}},
		{2, "-top-p", []string{"generate", "-run", "x", "-top-p", "NaN"}},
		{2, "-n 0", []string{"generate", "-run", "x", "-n", "0"}},
		{2, "-where moon", []string{"bench", "-where", "moon"}},
		{2, "heads", []string{"bench", "-heads", "5"}},
		{2, "batch", []string{"bench", "-batch", "-1"}},
		{2, "-backend webgpu", []string{"bench", "-backend", "webgpu"}},
		{2, "host and a port", []string{"serve", "-addr", "nowhere"}},
	} {
		out, errs, status := call(c.args...)
		if status != c.status || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%q: status %d (want %d), wrote %q and %q (want %q)", c.args, status, c.status, out, errs, c.says)
		}
	}
	if out, _, status := call("help"); status != 0 || !strings.Contains(out, "generate") {
		t.Errorf("help: status %d, %q", status, out)
	}
	if _, errs, status := call("train", "-h"); status != 0 || !strings.Contains(errs, "-preset") {
		t.Errorf("train -h: status %d, %q", status, errs)
	}
}

func TestBenchNative(t *testing.T) {
	out, errs, status := call("bench", "-preset", "tiny", "-steps", "3", "-json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	var b map[string]any
	if err := json.Unmarshal([]byte(out), &b); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"where", "backend", "preset", "ranks", "ms_per_step", "tokens_per_second", "gflops", "peak_gflops", "loss_first", "loss_last",
		"products", "writing_preset", "writing_tokens_per_second", "memory_bytes"} {
		if _, there := b[key]; !there {
			t.Errorf("the result lacks %q: %s", key, out)
		}
	}
	if spread, is := b["ms_per_step"].(map[string]any); !is || spread["median"].(float64) <= 0 {
		t.Errorf("ms_per_step is %v", b["ms_per_step"])
	}
}
