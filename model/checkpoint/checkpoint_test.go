package checkpoint

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// saved makes a run with real weights and saves it.
func saved(t *testing.T) (dir string, run Run) {
	t.Helper()
	r, _ := recipe.ByName("tiny")
	tok, err := tokenizer.NewChars([]byte("to be or not to be, é"))
	if err != nil {
		t.Fatal(err)
	}
	r.Model.Vocab = tok.Size()
	m := model.New(r.Model)
	m.Init("gpt2", 7)
	run = Run{Recipe: r, Tokenizer: tok, Model: m, Step: 12, Tokens: 3456, TrainLoss: 1.25, ValLoss: 1.5}
	dir = filepath.Join(t.TempDir(), "run")
	if err := Save(dir, run); err != nil {
		t.Fatal(err)
	}
	return dir, run
}

func TestRoundTrip(t *testing.T) {
	dir, want := saved(t)
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range want.Model.Parameters {
		q := got.Model.Parameters[i]
		if p.Name != q.Name || !reflect.DeepEqual(p.Data, q.Data) {
			t.Errorf("%s came back changed as %s", p.Name, q.Name)
		}
	}
	if got.Recipe != want.Recipe || got.Step != 12 || got.Tokens != 3456 || got.TrainLoss != 1.25 || got.ValLoss != 1.5 {
		t.Errorf("came back as %+v", got)
	}
	prompt := want.Tokenizer.Encode([]byte("to be"))
	if !reflect.DeepEqual(prompt, got.Tokenizer.Encode([]byte("to be"))) {
		t.Error("the tokenizer came back changed")
	}
	before, after := model.NewGenerator(want.Model, cpu.New()), model.NewGenerator(got.Model, cpu.New())
	if !reflect.DeepEqual(before.Prompt(prompt), after.Prompt(prompt)) {
		t.Error("the loaded model predicts something else")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new")); len(left) > 0 {
		t.Errorf("left %v behind", left)
	}
}

func TestSaveReplacesAnEarlierRun(t *testing.T) {
	dir, run := saved(t)
	run.Step = 99
	run.Model.Parameters[0].Data[0]++
	if err := Save(dir, run); err != nil {
		t.Fatal(err)
	}
	got, err := Load(dir)
	if err != nil || got.Step != 99 || got.Model.Parameters[0].Data[0] != run.Model.Parameters[0].Data[0] {
		t.Errorf("loaded step %d (%v)", got.Step, err)
	}
}

func TestWhatCannotBeLoaded(t *testing.T) {
	edit := func(name, old, new string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(text, []byte(old)) {
				t.Fatalf("%s has no %q (%v)", name, old, err)
			}
			if err := os.WriteFile(path, bytes.Replace(text, []byte(old), []byte(new), 1), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(name string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name, says string
		spoil      func(t *testing.T, dir string)
	}{
		{"nothing saved", "no saved model", remove(runFile)},
		{"weights missing", weightsFile, remove(weightsFile)},
		{"tokenizer missing", tokenizerFile, remove(tokenizerFile)},
		{"weights of another run", "not the one that was saved", edit(weightsFile, "pt", "xx")},
		{"tokenizer changed", "not the one that was saved", edit(tokenizerFile, "t", "T")},
		{"not JSON", "cannot be read", edit(runFile, "{", "[")},
		{"a newer version", "version 2", edit(runFile, `"version": 1`, `"version": 2`)},
		{"an unknown field", "surprise", edit(runFile, `"step"`, `"surprise": 1, "step"`)},
		{"an impossible recipe", "layers", edit(runFile, `"layers": 2`, `"layers": 2000`)},
		{"another vocabulary", "tokens", edit(runFile, `"vocab": `, `"vocab": 1`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := saved(t)
			c.spoil(t, dir)
			if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error with %q", err, c.says)
			}
		})
	}
}

// A model whose recipe was edited must not be filled with tensors that do not
// fit it.
func TestShapesAreChecked(t *testing.T) {
	_, run := saved(t)
	files, err := encode(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []struct {
		says string
		do   func(*recipe.Model)
	}{
		{"missing", func(m *recipe.Model) { m.Layers++ }},
		{"needs", func(m *recipe.Model) { m.Hidden++ }},
		{"but the model has", func(m *recipe.Model) { m.Layers-- }},
	} {
		r := run.Recipe
		change.do(&r.Model)
		if _, err := decode(description{Recipe: r}, files); err == nil || !strings.Contains(err.Error(), change.says) {
			t.Errorf("got %v, want an error with %q", err, change.says)
		}
	}
}

// A saving that is cut off between two files leaves either the run before or
// a folder that says what is wrong, never a mixture.
func TestCutOff(t *testing.T) {
	dir, run := saved(t)
	run.Model.Parameters[0].Data[0]++
	other := t.TempDir()
	if err := Save(other, run); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(other, weightsFile), filepath.Join(dir, weightsFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("a mixture was loaded: %v", err)
	}
}

func TestSaveWhereAFileStands(t *testing.T) {
	_, run := saved(t)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, run); err == nil {
		t.Error("saved into a file")
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Error("the file that stood there was changed")
	}
}
