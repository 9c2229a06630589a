package session

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// An adapter is switched off and on, taken along, laid on its model again and
// merged.
func TestAdapter(t *testing.T) {
	d, id := learned(t, folder(t))
	bare := d.weights()
	d.commands <- &protocol.Adapt{On: false}
	d.problem(protocol.AdapterNone)
	d.give(rhyme)
	d.commands <- &protocol.Train{Recipe: tuning(recipe.Lora)}
	d.state("done")
	merged := d.weights()
	if bytes.Equal(merged, bare) {
		t.Fatal("taken along, the adapter is not in the weights")
	}
	likely := func() float64 {
		d.commands <- &protocol.Predict{Request: as(9), Prompt: "A rose is a "}
		return next[*protocol.Prediction](d).Choices[0].Probability
	}
	with := likely()
	d.commands <- &protocol.Adapt{On: false}
	if a := next[*protocol.Adapted](d); !a.Has || a.On || likely() == with {
		t.Errorf("switched off: %+v, still %v", a, with)
	}
	d.commands <- &protocol.Adapt{On: true}
	if a := next[*protocol.Adapted](d); !a.On || likely() != with {
		t.Errorf("switched on again: %+v", a)
	}
	d.commands <- &protocol.Export{Format: "peft", DType: "f32"}
	adapter := next[*protocol.File](d)
	d.commands <- &protocol.Open{ModelID: id}
	d.state("idle")
	d.commands <- &protocol.Import{Names: []string{adapter.Name}, Files: zipped(adapter)}
	for m := next[*protocol.Model](d); m.Recipe.Method() != recipe.Lora; m = next[*protocol.Model](d) {
	}
	if got := d.weights(); !bytes.Equal(got, merged) {
		t.Error("the adapter that came in again makes other weights")
	}
	d.commands <- &protocol.Merge{}
	for m := next[*protocol.Model](d); m.Recipe.Method() != recipe.Full; m = next[*protocol.Model](d) {
	}
	if got := d.weights(); !bytes.Equal(got, merged) {
		t.Error("merged for good it has other weights")
	}
}

func zipped(f *protocol.File) fs.FS { return fstest.MapFS{f.Name: {Data: f.Data}} }

// What is taken along comes in again as it was.
func TestThereAndBack(t *testing.T) {
	d, _ := learned(t, folder(t))
	want := d.weights()
	for _, c := range []struct{ format, dtype string }{{"zip", "f32"}, {"hf", "f32"}, {"gguf", "f32"}} {
		d.commands <- &protocol.Export{Format: c.format, DType: c.dtype}
		file := next[*protocol.File](d)
		if file.Size != int64(len(file.Data)) || !strings.HasPrefix(file.Name, "own-txt") {
			t.Errorf("%s is told as %+v", c.format, file)
		}
		d.commands <- &protocol.Import{Names: []string{file.Name}, Files: zipped(file)}
		d.state("idle")
		if got := d.weights(); !bytes.Equal(got, want) {
			t.Errorf("%s came back with other weights", c.format)
		}
	}
	d.commands <- &protocol.Export{Format: "gguf", DType: "q4_0"}
	d.problem(protocol.BadMessage)
}

// What cannot come in leaves what is open and kept alone.
func TestBadImports(t *testing.T) {
	d, id := learned(t, folder(t))
	before := d.weights()
	for what, files := range map[string]fstest.MapFS{
		"nothing":   {},
		"a picture": {"photo.png": {Data: []byte("\x89PNG")}},
		"half":      {"config.json": {Data: []byte(`{"architectures":["LlamaForCausalLM"]}`)}},
		"no zip":    {"model.zip": {Data: []byte("PK not really")}},
	} {
		d.commands <- &protocol.Import{Files: files}
		p := next[*protocol.Problem](d)
		if !slices.Contains([]protocol.Code{protocol.ModelNone, protocol.ModelDamaged, protocol.ModelIncomplete, protocol.ModelUnsupported}, p.Code) {
			t.Errorf("%s is refused with %+v", what, p)
		}
	}
	if !bytes.Equal(d.weights(), before) {
		t.Error("the open model has changed")
	}
	d.commands <- &protocol.Rename{ModelID: id, Name: "still there"}
	if s := next[*protocol.Shelf](d); len(s.Cards) != 1 {
		for len(s.Cards) != 1 {
			s = next[*protocol.Shelf](d)
		}
	}
}

// A model that does not say its name is called as its folder or its weights,
// and never as one of the files that every model has.
func TestNameOf(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{
		{nil, "Brought in"},
		{[]string{"config.json", "model.safetensors", "tokenizer.json"}, "Brought in"},
		{[]string{"config.json", "model-00001-of-00002.safetensors"}, "Brought in"},
		{[]string{"adapter_config.json", "adapter_model.safetensors"}, "Brought in"},
		{[]string{"config.json", "fables.safetensors", "tokenizer.json"}, "fables"},
		{[]string{"fables-Q8_0.GGUF"}, "fables-Q8_0"},
		{[]string{"my.fables.zip"}, "my.fables"},
		{[]string{"fables/config.json", "fables/model.safetensors"}, "fables"},
	} {
		if got := nameOf(&protocol.Import{Name: "Brought in", Names: c.names}); got != c.want {
			t.Errorf("%q is called %q, want %q", c.names, got, c.want)
		}
	}
}
