package checkpoint

import (
	"bytes"
	"errors"
	"io"
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
	"hornbook/model/cpu"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

// forms are small models of every form that can be saved.
var forms = map[string]recipe.Model{
	"qwen3":           {Context: 16, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, Channels: 16, Hidden: 24, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true},
	"llama":           {Context: 16, Layers: 2, Heads: 4, KVHeads: 2, Channels: 32, Hidden: 64, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 500000, MLP: "swiglu"},
	"llama, biases":   {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Bias: true, Tied: true},
	"gpt2":            {Context: 16, Layers: 2, Heads: 2, KVHeads: 2, Channels: 32, Hidden: 40, Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu_tanh", Bias: true, Tied: true},
	"gpt2, bare":      {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "layernorm", NormEps: 1e-5, Position: "learned", RoPEBase: 10000, MLP: "gelu"},
	"no one's: relu2": {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "relu2"},
	"no one's: lookback": {Context: 16, Layers: 1, Heads: 2, KVHeads: 2, Channels: 16, Hidden: 20, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000,
		MLP: "swiglu", Lookback: 1, Trigrams: 8},
}

const someText = "to be or not to be, é, 日本 and 🙂"

// fresh makes a run of that shape with random weights, biases included.
func fresh(t testing.TB, shape recipe.Model, tok tokenizer.Tokenizer) Run {
	t.Helper()
	r, _ := recipe.ByName("tiny")
	r.Model, r.Tokenizer = shape, string(tok.Kind())
	r.Model.Vocab = tok.Size()
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	m := model.New(r.Model)
	m.Init("gpt2", 7)
	for i := range m.Weights { // so that no two are equal, and none is zero
		m.Weights[i] += float32(i%17-8)*0.003 + 0.0001
	}
	return Run{Recipe: r, Tokenizer: tok, Model: m, Name: "A tiny one", Step: 12, Tokens: 3456, Seconds: 7.5, TrainLoss: 1.25, ValLoss: 1.5}
}

func chars(t testing.TB) tokenizer.Tokenizer {
	t.Helper()
	tok, err := tokenizer.NewChars([]byte(someText))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// logits are those after each of the first tokens of someText.
func logits(run Run) []float32 {
	tape := tensor.NewTape(cpu.New())
	tape.Reset(false)
	ids := run.Tokenizer.Encode([]byte(someText))[:12]
	return run.Model.Forward(model.Whole(tape, ids, []int{len(ids)})).Data
}

// full is a run with all that a folder can hold.
func full(t testing.TB) Run {
	run := fresh(t, forms["qwen3"], chars(t))
	run.Text, run.TextSHA256, run.TextBytes = "hamlet.txt", strings.Repeat("ab", 32), 1234
	run.Ranks, run.Backend, run.Fused, run.State = 2, "cpu", true, "paused"
	run.Moments = []safetensors.Tensor{{Name: "norm.gain.exp_avg", Shape: []int{2}, Data: []float32{1, 2}}, {Name: "norm.gain.exp_avg_sq", Shape: []int{2}, Data: []float32{3, 4}}}
	run.Best = &Best{Step: 8, Loss: 1.4, Weights: make([]float32, len(run.Model.Weights))}
	for i := range run.Best.Weights {
		run.Best.Weights[i] = float32(i)
	}
	run.Log = []Entry{{Step: 1, Loss: 3.5}, {Step: 10, TrainLoss: 2, ValLoss: 2.5, OldLoss: 1, Tokens: 100, Seconds: 1.5}}
	run.From = &Origin{Name: "base", ID: "0123"}
	return run
}

// equal compares all but the models' pointers.
func equal(t *testing.T, got, want Run) {
	t.Helper()
	if !reflect.DeepEqual(got.Model.Weights, want.Model.Weights) {
		t.Error("the weights came back changed")
	}
	if !reflect.DeepEqual(got.Tokenizer, want.Tokenizer) {
		t.Error("the tokenizer came back changed")
	}
	got.Model, want.Model, got.Tokenizer, want.Tokenizer = nil, nil, nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("came back as\n%+v, want\n%+v", got, want)
	}
}

func TestFolder(t *testing.T) {
	for name, shape := range forms {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			want := fresh(t, shape, chars(t))
			if err := Save(dir, want); err != nil {
				t.Fatal(err)
			}
			got, err := Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, got, want)
			if foreign := exists(os.DirFS(dir), configFile); foreign == strings.HasPrefix(name, "no one's") {
				t.Errorf("there is a config.json: %v", foreign)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*"+newSuffix)); len(left) > 0 {
				t.Errorf("left %v behind", left)
			}
		})
	}
}

func TestFolderHoldsAll(t *testing.T) {
	dir, want := t.TempDir(), full(t)
	if err := Save(dir, want); err != nil {
		t.Fatal(err)
	}
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, want)
	// The next save has neither moments nor best weights: their files go.
	want.Moments, want.Best, want.State = nil, nil, "done"
	if err := Save(dir, want); err != nil {
		t.Fatal(err)
	}
	if got, err = Load(dir); err != nil {
		t.Fatal(err)
	}
	equal(t, got, want)
	if exists(os.DirFS(dir), optimizerFile) || exists(os.DirFS(dir), bestFile) {
		t.Error("files of the save before are still there")
	}
}

// A loss that is not finite must not keep a run from being saved.
func TestLossesThatAreNotFinite(t *testing.T) {
	run := full(t)
	inf := math.Inf(1)
	run.TrainLoss, run.ValLoss, run.Best.Loss = inf, inf-inf, inf
	run.Log = append(run.Log, Entry{Step: 11, Loss: inf - inf})
	dir := t.TempDir()
	if err := Save(dir, run); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(dir); err != nil || got.TrainLoss != 0 || got.Log[2] != (Entry{Step: 11}) {
		t.Errorf("came back as %v, %v (%v)", got.TrainLoss, got.Log, err)
	}
}

// A folder that the first version saved can be read, and saved anew.
func TestVersion1(t *testing.T) {
	run, err := Read(os.DirFS("testdata/version1"))
	if err != nil {
		t.Fatal(err)
	}
	if run.Step != 12 || run.Tokens != 3456 || run.TrainLoss != 1.25 || run.ValLoss != 1.5 || run.Model.Vocab != run.Tokenizer.Size() {
		t.Errorf("it is %+v", run)
	}
	m := model.New(run.Recipe.Model)
	m.Init("gpt2", 7)
	if !reflect.DeepEqual(run.Model.Weights, m.Weights) {
		t.Error("the weights are not those that it was saved with")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/version1")); err != nil {
		t.Fatal(err)
	}
	if err := Save(dir, run); err != nil {
		t.Fatal(err)
	}
	again, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, again, run)
}

// memory is the folder of a run as files in memory.
type memory fstest.MapFS

func (m memory) Create(name string) (io.WriteCloser, error) {
	return &memoryFile{m: m, name: name}, nil
}

// memoryFile becomes a file when it is closed.
type memoryFile struct {
	bytes.Buffer
	m    memory
	name string
}

func (f *memoryFile) Close() error {
	f.m[f.name] = &fstest.MapFile{Data: bytes.Clone(f.Bytes()), Mode: 0o666}
	return nil
}

// inMemory is run's folder.
func inMemory(t testing.TB, run Run) fstest.MapFS {
	t.Helper()
	m := memory{}
	if err := Write(m, run); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS(m)
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
	vocab := strconv.Itoa(chars(t).Size())
	for _, c := range []struct {
		name  string
		kind  Kind
		says  string
		spoil func(t *testing.T, dir fstest.MapFS)
	}{
		{"nothing saved", NotModel, "no saved model", remove(runFile)},
		{"weights missing", Incomplete, weightsFile, remove(weightsFile)},
		{"tokenizer missing", Incomplete, tokenizerFile, remove(tokenizerFile)},
		{"log missing", Incomplete, logFile, remove(logFile)},
		{"weights of another run", Damaged, "not the one that was saved", edit(weightsFile, "pt", "xx")},
		{"tokenizer changed", Damaged, "not the one that was saved", edit(tokenizerFile, "1.0\"", "1.0\" ")},
		{"not JSON", Damaged, "cannot be read", edit(runFile, "{", "[")},
		{"a newer version", Unsupported, "version 4", edit(runFile, `"version": 3`, `"version": 4`)},
		{"an unknown field", Damaged, "surprise", edit(runFile, `"step"`, `"surprise": 1, "step"`)},
		{"an impossible recipe", Damaged, "layers", edit(runFile, `"layers": 2`, `"layers": 2000`)},
		{"no vocabulary", Damaged, "vocabulary", edit(runFile, `"vocab": `+vocab, `"vocab": 0`)},
		{"another vocabulary", Damaged, "tokens", edit(runFile, `"vocab": `, `"vocab": 1`)},
		{"a larger model", Damaged, "missing", edit(runFile, `"layers": 2`, `"layers": 3`)},
		{"a much larger model", Damaged, "weights", edit(runFile, `"layers": 2`, `"layers": 64`)},
		{"a smaller model", Unsupported, "no place", edit(runFile, `"layers": 2`, `"layers": 1`)},
		{"another shape", Damaged, "needs", edit(runFile, `"hidden": 24`, `"hidden": 25`)},
		{"a form without names", Damaged, "tensors", edit(runFile, `"lookback": 0`, `"lookback": 1`)},
		{"a file elsewhere", UnsafeName, "outside", edit(runFile, `"log.jsonl"`, `"../log.jsonl"`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := inMemory(t, full(t))
			c.spoil(t, dir)
			_, err := Read(dir)
			var p *Problem
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
	if err := Save(path, fresh(t, forms["llama"], chars(t))); err == nil {
		t.Error("saved into a file")
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Error("the file that stood there was changed")
	}
}

// A folder of another program's model is not saved over.
func TestSaveOverAnotherModel(t *testing.T) {
	dir, run := t.TempDir(), fresh(t, forms["llama"], chars(t))
	if err := WriteHF(Dir(dir), run, DTypeF16); err != nil {
		t.Fatal(err)
	}
	if err := Save(dir, run); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("saved over it: %v", err)
	}
	if files, _ := fs.Glob(os.DirFS(dir), "*"); len(files) != 5 {
		t.Errorf("the folder holds %v", files)
	}
}

// A folder that a newer Hornbook saved is not saved over.
func TestSaveOverANewerOne(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, runFile), []byte(`{"version": 99}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Save(dir, fresh(t, forms["llama"], chars(t))); err == nil || !strings.Contains(err.Error(), "version 99") {
		t.Errorf("saved over it: %v", err)
	}
	if files, _ := fs.Glob(os.DirFS(dir), "*"); len(files) != 1 {
		t.Errorf("the folder holds %v", files)
	}
}
