package handoff_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/handoff"
	"hornbook/model/data"
	"hornbook/model/optim"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/model/train"
)

// Of every form, with an adapter and without, PyTorch gives the same logits, and
// without a step everything comes back bit for bit.
func TestThereAndBack(t *testing.T) {
	python(t)
	runs, folders := map[string]checkpoint.Run{"all": checkpointtest.Full(t)}, map[string]string{}
	for name, shape := range checkpointtest.Forms {
		run := checkpointtest.Fresh(t, shape, checkpointtest.Chars(t))
		run.State, run.Recipe.EvalEvery = "paused", 5
		if shape.Experts.Count > 0 { // weights that lie otherwise than in the model's own file
			run.Best = &checkpoint.Best{Step: 3, Loss: 1.5, Weights: run.Model.Weights.Numbers()}
		}
		runs[name] = withMoments(run)
	}
	low := checkpointtest.Fresh(t, checkpointtest.Forms["gpt2"], checkpointtest.Chars(t))
	low.Recipe.SetMethod(recipe.Lora)
	low.Recipe.Tuning.LoRA = recipe.LoRA{Rank: 3, Alpha: 5, Targets: "query,value,up,down"}
	low.Model.Adapt(low.Recipe.Tuning.LoRA)
	low.Model.InitAdapter(3)
	for _, p := range low.Model.Parameters[len(low.Model.Base()):] {
		x := p.Numbers()
		for i := range x {
			x[i] += 0.01 * float32(i%5)
		}
		p.Upload(x)
	}
	low.State = "paused"
	runs["adapter"] = withMoments(low)
	ids := checkpointtest.Chars(t).Encode([]byte(checkpointtest.Text))
	text, _ := json.Marshal(ids[:12])
	var work jobs
	for name, run := range runs {
		learned := data.Corpus{IDs: slices.Repeat(ids, 8), Bytes: 300}
		folders[name] = folder(t, handoff.Run{Run: run, Data: train.Data{Text: learned}})
		work = append(work, []string{"logits", folders[name], string(text)}, []string{"go", folders[name], "--stop-at", "0"})
	}
	several(t, 1, work)
	for name, run := range runs {
		sameLogits(t, name, folders[name], checkpointtest.Logits(run))
		sameRun(t, name, back(t, folders[name]), run)
	}
}

// withMoments is run with moments that are all different.
func withMoments(run checkpoint.Run) checkpoint.Run {
	run.Model.Train(run.Recipe)
	o := optim.New(run.Model.Backend, run.Recipe, run.Model.Trained)
	for i, m := range o.Moments() {
		x := m.Numbers()
		for j := range x {
			x[j] = float32(i+1)*0.125 + float32(j)*1e-3
		}
		m.Upload(x)
	}
	run.Moments = o.Moments()
	run.Log = []checkpoint.Entry{{Step: 3, Loss: 2.0625}, {Step: 5, Tokens: 99, Seconds: 0.1, Measures: recipe.Measures{{Name: recipe.ValLoss, Value: 1.1}}}}
	return run
}

func sameLogits(t *testing.T, name, dir string, want []float32) {
	text, err := os.ReadFile(filepath.Join(dir, "logits.json"))
	var got []float64
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil || len(got) != len(want) {
		t.Fatalf("%s: %d logits, want %d (%v)", name, len(got), len(want), err)
	}
	for i := range got {
		if !(math.Abs(got[i]-float64(want[i])) <= tolerance) {
			t.Errorf("%s: logit %d is %v, want %v", name, i, got[i], want[i])
			return
		}
	}
}

// sameRun compares all that a folder holds.
func sameRun(t *testing.T, name string, got, want checkpoint.Run) {
	t.Helper()
	if !slices.Equal(got.Model.Weights.Numbers(), want.Model.Weights.Numbers()) {
		t.Errorf("%s: the weights are others", name)
	}
	if !reflect.DeepEqual(numbersOf(got.Moments), numbersOf(want.Moments)) {
		t.Errorf("%s: the moments are others", name)
	}
	got.Model, got.Moments, got.Tokenizer = want.Model, want.Moments, want.Tokenizer
	got.Papers = want.Papers
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: came back as\n%+v\nwant\n%+v", name, got, want)
	}
}

func numbersOf(list []*tensor.Tensor) map[string][]float32 {
	all := map[string][]float32{}
	for _, x := range list {
		all[x.Name] = x.Numbers()
	}
	return all
}

// A larger model begins by the same recipe and data, and Hornbook opens it.
func TestGrows(t *testing.T) {
	python(t)
	hand := cases["lm, AdamW, GPT-2"](t).kept(nil)
	dir := folder(t, hand)
	deep := folder(t, cases["lm, DeepSeek's form"](t).kept(nil))
	several(t, 1, jobs{
		{"go", dir, "--layers", "3", "--channels", "32", "--stop-at", "6"},
		{"go", dir, "--stop-at", "12"},
		{"go", deep, "--layers", "3", "--channels", "32", "--stop-at", "2"},
	})
	m := back(t, deep).Recipe.Model
	if m.Layers != 3 || m.Channels != 32 || m.Heads != 4 || m.Latent.Rank != 16 || m.Latent.Plain != 6 || m.Experts.Hidden != 16 || m.Experts.Count != 5 {
		t.Errorf("DeepSeek's form is grown to %+v", m)
	}
	run := back(t, dir)
	rates := grownRates(t, dir)
	m = run.Recipe.Model
	if m.Layers != 3 || m.Channels != 32 || m.Heads != 4 || m.Hidden != 48 || run.Step != 12 || run.State != "paused" {
		t.Errorf("grown to %+v, step %d, %s", m, run.Step, run.State)
	}
	if last, first := run.MeasuredAt(8).Value(recipe.ValLoss), run.MeasuredAt(0).Value(recipe.ValLoss); !(last < first-0.1) {
		t.Errorf("nothing is learned: %v, then %v", first, last)
	}
	if rates["blocks.2.mlp.down.weight"] != 0.5 || rates["blocks.0.attention.query.weight"] != 0.5 || rates["tokens.weight"] != 0 {
		t.Errorf("AdamW's rates are multiplied by %v", rates)
	}
}

func grownRates(t *testing.T, dir string) map[string]float64 {
	var grown struct{ Rates map[string]float64 }
	text, err := os.ReadFile(filepath.Join(dir, "continued", "grown.json"))
	if err == nil {
		err = json.Unmarshal(text, &grown)
	}
	if err != nil {
		t.Fatal(err)
	}
	return grown.Rates
}
