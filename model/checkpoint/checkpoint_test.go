package checkpoint_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/cpu"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

func TestFolder(t *testing.T) {
	for name, shape := range checkpointtest.Forms {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			want := checkpointtest.Fresh(t, shape, checkpointtest.Chars(t))
			if err := checkpoint.Save(dir, want); err != nil {
				t.Fatal(err)
			}
			got, err := checkpoint.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			checkpointtest.Equal(t, got, want)
			if foreign := format.Exists(os.DirFS(dir), layout.ConfigFile); foreign == strings.HasPrefix(name, "no one's") {
				t.Errorf("there is a config.json: %v", foreign)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*"+checkpoint.NewSuffix)); len(left) > 0 {
				t.Errorf("left %v behind", left)
			}
		})
	}
}

func TestFolderHoldsAll(t *testing.T) {
	dir, want := t.TempDir(), checkpointtest.Full(t)
	if err := checkpoint.Save(dir, want); err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	checkpointtest.Equal(t, got, want)
	// The next save has neither moments nor best weights: their files go.
	want.Moments, want.Best, want.State = nil, nil, "done"
	if err := checkpoint.Save(dir, want); err != nil {
		t.Fatal(err)
	}
	if got, err = checkpoint.Load(dir); err != nil {
		t.Fatal(err)
	}
	checkpointtest.Equal(t, got, want)
	if format.Exists(os.DirFS(dir), checkpoint.OptimizerFile) || format.Exists(os.DirFS(dir), checkpoint.BestFile) {
		t.Error("files of the save before are still there")
	}
}

// A loss that is not finite must not keep a run from being saved.
func TestLossesThatAreNotFinite(t *testing.T) {
	run := checkpointtest.Full(t)
	inf := math.Inf(1)
	run.Measures, run.Best.Loss = recipe.Measures{{Name: recipe.TrainLoss, Value: inf}, {Name: recipe.ValLoss, Value: inf - inf}}, inf
	run.Log = append(run.Log, checkpoint.Entry{Step: 11, Loss: inf - inf})
	dir := t.TempDir()
	if err := checkpoint.Save(dir, run); err != nil {
		t.Fatal(err)
	}
	if got, err := checkpoint.Load(dir); err != nil || len(got.Measures) > 0 || !reflect.DeepEqual(got.Log[2], checkpoint.Entry{Step: 11}) {
		t.Errorf("came back as %v, %v (%v)", got.Measures, got.Log, err)
	}
}

// A folder that the first version saved can be read, and saved anew.
func TestVersion1(t *testing.T) {
	run, err := checkpoint.Read(os.DirFS("testdata/version1"))
	if err != nil {
		t.Fatal(err)
	}
	if run.Step != 12 || run.Tokens != 3456 || run.Measures.Value(recipe.TrainLoss) != 1.25 || run.Measures.Value(recipe.ValLoss) != 1.5 || run.Model.Vocab != run.Tokenizer.Size() {
		t.Errorf("it is %+v", run)
	}
	m := model.New(cpu.New(), run.Recipe.Model)
	m.Init("gpt2", 7)
	if !reflect.DeepEqual(run.Model.Weights, m.Weights) {
		t.Error("the weights are not those that it was saved with")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/version1")); err != nil {
		t.Fatal(err)
	}
	if err := checkpoint.Save(dir, run); err != nil {
		t.Fatal(err)
	}
	again, err := checkpoint.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	checkpointtest.Equal(t, again, run)
}

// Losses that stand in run.json where measures stand today are read as those.
func TestLossesBecomeMeasures(t *testing.T) {
	want := checkpointtest.Full(t)
	folder := checkpointtest.InMemory(t, want)
	text := string(folder[checkpoint.RunFile].Data)
	begin := strings.Index(text, `"measures": {`)
	end := begin + strings.Index(text[begin:], "}") + 1
	folder[checkpoint.RunFile].Data = []byte(text[:begin] + `"train_loss": 1.25, "val_loss": 1.5` + text[end:])
	got, err := checkpoint.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	checkpointtest.Equal(t, got, want)
}

func TestWhatCannotBeLoaded(t *testing.T) {
	edit := func(name, old, new string) func(t *testing.T, dir fstest.MapFS) {
		return func(t *testing.T, dir fstest.MapFS) {
			text := dir[name].Data
			if !bytes.Contains(text, []byte(old)) {
				t.Fatalf("%s has no %q", name, old)
			}
			dir[name] = &fstest.MapFile{Data: bytes.Replace(text, []byte(old), []byte(new), 1)}
		}
	}
	remove := func(name string) func(t *testing.T, dir fstest.MapFS) {
		return func(t *testing.T, dir fstest.MapFS) { delete(dir, name) }
	}
	vocab := strconv.Itoa(checkpointtest.Chars(t).Size())
	for _, c := range []struct {
		name  string
		kind  format.Kind
		says  string
		spoil func(t *testing.T, dir fstest.MapFS)
	}{
		{"nothing saved", format.NotModel, "no saved model", remove(checkpoint.RunFile)},
		{"weights missing", format.Incomplete, layout.WeightsFile, remove(layout.WeightsFile)},
		{"tokenizer missing", format.Incomplete, layout.TokenizerFile, remove(layout.TokenizerFile)},
		{"log missing", format.Incomplete, checkpoint.LogFile, remove(checkpoint.LogFile)},
		{"weights of another run", format.Damaged, "not the one that was saved", edit(layout.WeightsFile, "pt", "xx")},
		{"tokenizer changed", format.Damaged, "not the one that was saved", edit(layout.TokenizerFile, "1.0\"", "1.0\" ")},
		{"not JSON", format.Damaged, "cannot be read", edit(checkpoint.RunFile, "{", "[")},
		{"a newer version", format.Unsupported, "version 6", edit(checkpoint.RunFile, `"version": 4`, `"version": 6`)},
		{"an unknown field", format.Damaged, "surprise", edit(checkpoint.RunFile, `"step"`, `"surprise": 1, "step"`)},
		{"an impossible recipe", format.Damaged, "layers", edit(checkpoint.RunFile, `"layers": 2`, `"layers": 2000`)},
		{"no vocabulary", format.Damaged, "vocabulary", edit(checkpoint.RunFile, `"vocab": `+vocab, `"vocab": 0`)},
		{"another vocabulary", format.Damaged, "tokens", edit(checkpoint.RunFile, `"vocab": `, `"vocab": 1`)},
		{"a larger model", format.Damaged, "missing", edit(checkpoint.RunFile, `"layers": 2`, `"layers": 3`)},
		{"a much larger model", format.Damaged, "weights", edit(checkpoint.RunFile, `"layers": 2`, `"layers": 64`)},
		{"a smaller model", format.Unsupported, "no place", edit(checkpoint.RunFile, `"layers": 2`, `"layers": 1`)},
		{"another shape", format.Damaged, "needs", edit(checkpoint.RunFile, `"hidden": 24`, `"hidden": 25`)},
		{"a form without names", format.Damaged, "tensors", edit(checkpoint.RunFile, `"lookback": 0`, `"lookback": 1`)},
		{"a file elsewhere", format.UnsafeName, "outside", edit(checkpoint.RunFile, `"log.jsonl"`, `"../log.jsonl"`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := checkpointtest.InMemory(t, checkpointtest.Full(t))
			c.spoil(t, dir)
			_, err := checkpoint.Read(dir)
			var p *format.Problem
			if !errors.As(err, &p) || p.Kind != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error of the kind %q with %q", err, c.kind, c.says)
			}
		})
	}
}

func TestSaveWhereAFileStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := checkpoint.Save(path, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t))); err == nil {
		t.Error("saved into a file")
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Error("the file that stood there was changed")
	}
}

// A folder of another program's model is not saved over.
func TestSaveOverAnotherModel(t *testing.T) {
	dir, run := t.TempDir(), checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t))
	config, weights := checkpoint.FilesOf(run, format.F16)[0], checkpoint.FilesOf(run, format.F16)[1]
	if err := format.CreateAll(format.Dir(dir), []format.Written{config, weights}); err != nil {
		t.Fatal(err)
	}
	if err := checkpoint.Save(dir, run); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("saved over it: %v", err)
	}
	if files, _ := fs.Glob(os.DirFS(dir), "*"); len(files) != 2 {
		t.Errorf("the folder holds %v", files)
	}
}

// A folder that a newer Hornbook saved is not saved over.
func TestSaveOverANewerOne(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, checkpoint.RunFile), []byte(`{"version": 99}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := checkpoint.Save(dir, checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t))); err == nil || !strings.Contains(err.Error(), "version 99") {
		t.Errorf("saved over it: %v", err)
	}
	if files, _ := fs.Glob(os.DirFS(dir), "*"); len(files) != 1 {
		t.Errorf("the folder holds %v", files)
	}
}
