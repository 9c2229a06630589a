package exchange

import (
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// formsTable are the rows of README's table of forms, by the folders that PyTorch
// wrote; whether llama.cpp has the form too.
var formsTable = map[string]bool{
	"llama": true, "smollm2": true, "llama3-scaled": true, "llama-linear": true, "mistral": true, "mistral-window": false, "qwen2": true, "qwen2-window": false,
	"qwen3": true, "gpt2": true, "gpt-neo": false, "pythia": true, "gpt-neox-serial": true, "deepseek": true,
}

// inMemory are the files of a folder of testdata, with an end named.
func inMemory(t *testing.T, name string) fstest.MapFS {
	t.Helper()
	files, dir := fstest.MapFS{}, os.DirFS("testdata/pytorch/"+name)
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if e.Name() == layout.ConfigFile {
			var fields map[string]any
			if err := json.Unmarshal(text, &fields); err != nil {
				t.Fatal(err)
			}
			fields["eos_token_id"], fields["bos_token_id"] = 2, 1
			text = asJSON(t, fields)
		}
		files[e.Name()] = &fstest.MapFile{Data: text}
	}
	return files
}

// Each cell of README's table: a model of each form opens, gives the logits that
// PyTorch gives, learns by all weights, the last layer and an adapter, is written for
// others and comes back as it is, and says where writing stops.
func TestForms(t *testing.T) {
	for name, llamaCpp := range formsTable {
		files := inMemory(t, name)
		run, notes, err := Import(files, generous)
		t.Run(name+"/opens", func(t *testing.T) {
			if err != nil || len(notes) > 0 {
				t.Fatal(err, notes)
			}
		})
		if err != nil {
			continue
		}
		t.Run(name+"/logits", func(t *testing.T) {
			var want struct {
				IDs    []int32
				Logits []float64
			}
			if err := json.Unmarshal(files["logits.json"].Data, &want); err != nil {
				t.Fatal(err)
			}
			sameLogits(t, "imported", run, want.IDs, want.Logits)
		})
		for _, method := range []string{recipe.Full, recipe.Last, recipe.Lora} {
			t.Run(name+"/learns by "+method, func(t *testing.T) {
				learned := learns(t, run, method)
				for _, to := range exportsOf(llamaCpp) {
					compareBack(t, to, learned)
				}
			})
		}
		t.Run(name+"/stops", func(t *testing.T) {
			for _, to := range exportsOf(llamaCpp) {
				back := compareBack(t, to, run)
				if m := back.Manner(); !slices.Equal(m.Ends, []int32{2}) || m.Begin != 1 {
					t.Errorf("%s: it begins and ends with %+v", to, m)
				}
			}
			out := checkpointtest.Files{}
			if err := WriteHF(out, run, format.F32); err != nil {
				t.Fatal(err)
			}
			delete(files, "logits.json")
			same(t, name, fstest.MapFS(out), files)
		})
	}
}

func exportsOf(llamaCpp bool) []string {
	if llamaCpp {
		return []string{"folder", "hf f32", "gguf f32"}
	}
	return []string{"folder", "hf f32"}
}

// compareBack is run as it comes back from an export, which must compute the same.
func compareBack(t *testing.T, to string, run checkpoint.Run) checkpoint.Run {
	t.Helper()
	files := checkpointtest.Files{}
	if err := exports[to].write(files, run); err != nil {
		t.Fatal(to, err)
	}
	back, _, err := Import(fstest.MapFS(files), generous)
	if err != nil {
		t.Fatal(to, err)
	}
	if _, has := run.Model.Adapter(); has && to != "folder" { // of which it is part of the weights
		run.Model = run.Model.Clone()
		run.Model.Merge()
	}
	logits := func(run checkpoint.Run) []float32 {
		tape := tensor.NewTape(run.Model.Backend)
		tape.Reset(false)
		return run.Model.Forward(model.Whole(tape, []int32{3, 1, 4, 1, 5, 9, 2, 6}, []int{8})).Numbers()
	}
	if off := largestOff(logits(back), logits(run)); off > 1e-6 {
		t.Errorf("%s: logits are off by %.2g of the largest", to, off)
	}
	return back
}

// learns is run after some steps on a few tokens, of which it must know more then.
func learns(t *testing.T, run checkpoint.Run, method string) checkpoint.Run {
	t.Helper()
	run.Model = run.Model.Clone()
	run.Recipe = recipe.FineTune(run.Recipe, method, 1000)
	run.Recipe.Tuning.LastLayers = 1
	if method == recipe.Lora {
		run.Model.Adapt(run.Recipe.Tuning.LoRA)
		run.Model.InitAdapter(1)
	}
	run.Model.Train(run.Recipe)
	tape := tensor.NewTape(run.Model.Backend)
	ids := []int32{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3}
	batch := data.Even(ids[:15], ids[1:], 1)
	first := run.Model.Grad(tape, batch).Number()
	for range 60 {
		run.Model.Grad(tape, batch)
		weights, gradients := run.Model.TrainedWeights(), run.Model.Gradients.Numbers()
		x := weights.Numbers()
		for i, g := range gradients {
			x[i] -= 0.05 * g
		}
		weights.Upload(x)
	}
	if last := run.Model.Grad(tape, batch).Number(); !(last < 0.9*first) {
		t.Errorf("the loss goes from %.3f to %.3f", first, last)
	}
	run.Model.Freeze()
	return run
}
