package exchange

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/cpu"
	"hornbook/model/format"
	"hornbook/model/tensor"
)

// torchTolerance is for logits of order 1 to 10 that both sides compute in
// float32, in another order.
const torchTolerance = 1e-4

// Checkpoints that PyTorch wrote (testdata/pytorch.py, which knows nothing of
// Hornbook) give PyTorch's logits here, and so does what we write of them.
func TestPyTorch(t *testing.T) {
	for name, notes := range map[string]int{"llama": 0, "llama-tied-biases": 0, "llama-f16-sharded": 0, "llama-bf16": 1, "qwen3": 0, "gpt2": 0,
		"qwen2": 0, "qwen2-window": 0, "mistral": 0, "mistral-window": 0, "smollm2": 0, "llama3-scaled": 0, "llama-linear": 0, "gpt-neo": 0, "pythia": 0, "gpt-neox-serial": 0} {
		t.Run(name, func(t *testing.T) {
			dir := os.DirFS("testdata/pytorch/" + name)
			run, said, err := Import(dir, generous)
			if err != nil || len(said) != notes {
				t.Fatal(err, said)
			}
			text, err := fs.ReadFile(dir, "logits.json")
			if err != nil {
				t.Fatal(err)
			}
			var want struct {
				IDs    []int32
				Logits []float64
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			sameLogits(t, "imported", run, want.IDs, want.Logits)
			for _, e := range []string{"folder", "hf f32", "gguf f32"} {
				m := checkpointtest.Files{}
				err := exports[e].write(m, run)
				if e == "gguf f32" && withoutGGUF[name] {
					var p *format.Problem
					if !errors.As(err, &p) || p.Kind != format.Unsupported {
						t.Errorf("it is written as GGUF: %v", err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				again, _, err := Import(fstest.MapFS(m), generous)
				if err != nil {
					t.Fatal(err)
				}
				sameLogits(t, e, again, want.IDs, want.Logits)
			}
		})
	}
}

// withoutGGUF are forms that llama.cpp does not compute.
var withoutGGUF = map[string]bool{"gpt-neo": true, "mistral-window": true, "qwen2-window": true}

func sameLogits(t *testing.T, what string, run checkpoint.Run, ids []int32, want []float64) {
	t.Helper()
	tape := tensor.NewTape(cpu.New())
	tape.Reset(false)
	got := run.Model.Forward(model.Whole(tape, ids, []int{len(ids)})).Numbers()
	if len(got) != len(want) {
		t.Fatalf("%s: %d logits, want %d", what, len(got), len(want))
	}
	worst := 0.0
	for i := range want {
		worst = max(worst, math.Abs(float64(got[i])-want[i]))
	}
	if !(worst <= torchTolerance) {
		t.Errorf("%s: logits are off by %.2g, more than %g", what, worst, torchTolerance)
	}
	t.Logf("%s: logits within %.2g of PyTorch's", what, worst)
}
