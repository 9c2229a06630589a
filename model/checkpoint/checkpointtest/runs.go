package checkpointtest

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/cpu"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

// Fresh makes a run of that shape with random weights, biases included.
func Fresh(t testing.TB, shape recipe.Model, tok tokenizer.Tokenizer) checkpoint.Run {
	t.Helper()
	r, m := modelOf(t, shape, tok)
	return checkpoint.Run{Recipe: r, Tokenizer: tok, Model: m, Name: "A tiny one", Step: 12, Tokens: 3456, Seconds: 7.5, Measures: recipe.Measures{{Name: recipe.TrainLoss, Value: 1.25}, {Name: recipe.ValLoss, Value: 1.5}}}
}

// Full is a run with all that a folder can hold.
func Full(t testing.TB) checkpoint.Run {
	run := Fresh(t, Forms["qwen3"], Chars(t))
	run.Text, run.TextSHA256, run.TextBytes = "hamlet.txt", strings.Repeat("ab", 32), 1234
	run.Ranks, run.Backend, run.Fused, run.State = 2, "cpu", true, "paused"
	run.Moments = []*tensor.Tensor{Moment("norm.gain.exp_avg", 1, 2), Moment("norm.gain.exp_avg_sq", 3, 4)}
	run.Best = &checkpoint.Best{Step: 8, Loss: 1.4, Weights: make([]float32, run.Model.Weights.Len())}
	for i := range run.Best.Weights {
		run.Best.Weights[i] = float32(i)
	}
	run.Log = []checkpoint.Entry{{Step: 1, Loss: 3.5}, {Step: 10, Tokens: 100, Seconds: 1.5, Measures: recipe.Measures{{Name: recipe.ValLoss, Value: 2.5}, {Name: recipe.OldLoss, Value: 1}}}}
	run.From, run.Teacher, run.Written = &checkpoint.Origin{Name: "base", ID: "0123"}, &checkpoint.Origin{Name: "a larger one", ID: "4567"}, 777
	run.Questions, run.Tally = []recipe.Question{{Prompt: "2 + 3?", Answer: "5"}}, []float64{1, 2.5}
	run.Log[1].Replies = []recipe.Replied{{Text: "5", Right: true}}
	run.Frozen = make([]float32, run.Model.Weights.Len())
	run.Frozen[1] = 2
	return run
}

// Moment is a vector as an optimizer has it.
func Moment(name string, x ...float32) *tensor.Tensor {
	m := tensor.From(cpu.New(), x, len(x))
	m.Name = name
	return m
}

// Equal compares all but the models' pointers.
func Equal(t testing.TB, got, want checkpoint.Run) {
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

// Files is a format.Sink of files in memory.
type Files fstest.MapFS

// Create makes a file, which is there when it is closed.
func (m Files) Create(name string) (io.WriteCloser, error) {
	return &file{m: m, name: name}, nil
}

type file struct {
	bytes.Buffer
	m    Files
	name string
}

func (f *file) Close() error {
	f.m[f.name] = &fstest.MapFile{Data: bytes.Clone(f.Bytes()), Mode: 0o666}
	return nil
}

// InMemory is run's folder.
func InMemory(t testing.TB, run checkpoint.Run) fstest.MapFS {
	t.Helper()
	m := Files{}
	if err := checkpoint.Write(m, run); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS(m)
}
