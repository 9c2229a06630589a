package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// inOrder is a file system whose files can be read in order only, as those of
// a zip that were compressed.
type inOrder struct{ fs.FS }

func (o inOrder) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return f, err
	}
	return struct{ fs.File }{f}, nil
}

// A model is found wherever a person puts it.
func TestWhereModelsLie(t *testing.T) {
	run := checkpointtest.Full(t)
	folder := checkpointtest.InMemory(t, run)
	moved := func(to string) fstest.MapFS {
		files := fstest.MapFS{}
		for name, f := range folder {
			files[path.Join(to, name)] = f
		}
		return files
	}
	packed := func(files fstest.MapFS) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if err := z.AddFS(files); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	beside := moved("mine")
	beside[".DS_Store"], beside["__MACOSX/x"] = &fstest.MapFile{}, &fstest.MapFile{}
	for name, fsys := range map[string]fs.FS{
		"a folder":                folder,
		"read in order":           inOrder{folder},
		"a folder in a folder":    moved("mine"),
		"two folders deep":        moved("my/models"),
		"what systems add":        beside,
		"a zip":                   fstest.MapFS{"a.zip": {Data: packed(folder)}},
		"a zip read in order":     inOrder{fstest.MapFS{"a.ZIP": {Data: packed(folder)}}},
		"a folder in a zip":       fstest.MapFS{"a.zip": {Data: packed(moved("mine"))}},
		"a zip in a folder":       fstest.MapFS{"mine/a.zip": {Data: packed(folder)}},
		"a zip of what was added": fstest.MapFS{"a.zip": {Data: packed(beside)}},
	} {
		t.Run(name, func(t *testing.T) {
			got, notes, err := Import(fsys, generous)
			if err != nil || len(notes) > 0 {
				t.Fatal(err, notes)
			}
			checkpointtest.Equal(t, got, run)
		})
	}
}

// Need is known before anything large is read, and holds.
func TestNeed(t *testing.T) {
	shape := checkpointtest.Forms["llama"]
	shape.Channels, shape.Hidden = 256, 1024
	run := checkpointtest.Fresh(t, shape, checkpointtest.Chars(t))
	dir := t.TempDir()
	if err := WriteHF(format.Dir(dir), run, format.F32); err != nil {
		t.Fatal(err)
	}
	fsys := os.DirFS(dir)
	var before, between, after runtime.MemStats
	runtime.ReadMemStats(&before)
	need, err := Need(fsys)
	runtime.ReadMemStats(&between)
	if err != nil || need.Parameters != run.Recipe.Model.Parameters() {
		t.Fatalf("it needs %+v (%v), of %d parameters", need, err, run.Recipe.Model.Parameters())
	}
	if took := between.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("to know it took %d bytes", took)
	}
	if _, _, err := Import(fsys, need.Bytes); err != nil {
		t.Errorf("what Need says is not enough: %v", err)
	}
	runtime.ReadMemStats(&after)
	const besides = 2 << 20 // headers, tokenizer, tables
	if took := float64(after.TotalAlloc - between.TotalAlloc); took > need.Bytes+besides {
		t.Errorf("it took %.0f bytes, and Need says %.0f", took, need.Bytes)
	}
	var large *checkpoint.TooLarge
	if _, _, err := Import(fsys, need.Bytes-1); !errors.As(err, &large) || large.Needs != need || large.Limit != need.Bytes-1 {
		t.Errorf("with less it gave %v", err)
	}
	again, err := Need(inOrder{fsys})
	if err != nil || again.Bytes <= need.Bytes {
		t.Errorf("where files are read whole it needs %v (%v), not more than %v", again.Bytes, err, need.Bytes)
	}
}

// variant is the files of a Hugging Face folder with one tensor list changed.
func variant(t *testing.T, run checkpoint.Run, change func([]safetensors.Tensor) []safetensors.Tensor) fstest.MapFS {
	t.Helper()
	m := checkpointtest.Files{}
	if err := WriteHF(m, run, format.F32); err != nil {
		t.Fatal(err)
	}
	data := m[layout.WeightsFile].Data
	tensors, metadata, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, change(tensors), metadata); err != nil {
		t.Fatal(err)
	}
	m[layout.WeightsFile] = &fstest.MapFile{Data: b.Bytes()}
	return fstest.MapFS(m)
}

// Files as some versions of transformers write them.
func TestVariantsOfHuggingFace(t *testing.T) {
	for _, c := range []struct {
		name, form string
		notes      []string
		change     func([]safetensors.Tensor) []safetensors.Tensor
	}{
		{"without the prefix", "gpt2", nil, func(all []safetensors.Tensor) []safetensors.Tensor {
			for i := range all {
				all[i].Name = all[i].Name[len("transformer."):]
			}
			return all
		}},
		{"with masks", "gpt2", nil, func(all []safetensors.Tensor) []safetensors.Tensor {
			return append(all, safetensors.Tensor{Name: "transformer.h.0.attn.bias", Shape: []int{1}, Data: []float32{1}},
				safetensors.Tensor{Name: "transformer.h.1.attn.masked_bias", Shape: []int{1}, Data: []float32{1}})
		}},
		{"with a copy of the head", "gpt2", nil, func(all []safetensors.Tensor) []safetensors.Tensor {
			return append(all, safetensors.Tensor{Name: "lm_head.weight", Shape: all[0].Shape, Data: all[0].Data})
		}},
		{"with frequencies", "llama", nil, func(all []safetensors.Tensor) []safetensors.Tensor {
			return append(all, safetensors.Tensor{Name: "model.layers.0.self_attn.rotary_emb.inv_freq", Shape: []int{1}, Data: []float32{1}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := checkpointtest.Fresh(t, checkpointtest.Forms[c.form], checkpointtest.Chars(t))
			got, notes, err := Import(variant(t, run, c.change), generous)
			if err != nil || !slices.Equal(notes, c.notes) {
				t.Fatal(err, notes)
			}
			if !reflect.DeepEqual(checkpointtest.Logits(got), checkpointtest.Logits(run)) {
				t.Error("the logits differ")
			}
		})
	}
}

// A model with more rows than its tokenizer has tokens loses the others.
func TestMoreRowsThanTokens(t *testing.T) {
	larger, err := tokenizer.NewChars([]byte(checkpointtest.Text + "\U0001F600\U0001F680"))
	if err != nil {
		t.Fatal(err)
	}
	run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], larger)
	m := checkpointtest.Files{}
	if err := WriteHF(m, run, format.F32); err != nil {
		t.Fatal(err)
	}
	var tok bytes.Buffer
	smaller, err := tokenizer.NewChars([]byte(checkpointtest.Text))
	if err == nil {
		err = tokenizer.WriteJSON(&tok, smaller)
	}
	if err != nil {
		t.Fatal(err)
	}
	m[layout.TokenizerFile] = &fstest.MapFile{Data: tok.Bytes()}
	got, notes, err := Import(fstest.MapFS(m), generous)
	if err != nil || !slices.Equal(notes, []string{NoteVocabulary}) {
		t.Fatal(err, notes)
	}
	if n := smaller.Size(); got.Model.Vocab != n || !slices.Equal(got.Model.Weights.Slice(0, n*32).Numbers(), run.Model.Weights.Slice(0, n*32).Numbers()) {
		t.Errorf("it has %d rows", got.Model.Vocab)
	}
}

// A missing head means a tied one, whatever the configuration says.
func TestMissingHead(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t))
	got, _, err := Import(variant(t, run, func(all []safetensors.Tensor) []safetensors.Tensor {
		return slices.DeleteFunc(all, func(x safetensors.Tensor) bool { return x.Name == "lm_head.weight" })
	}), generous)
	if err != nil || !got.Recipe.Model.Tied {
		t.Errorf("tied: %v (%v)", got.Recipe.Model.Tied, err)
	}
}

// The shape of an imported model is one that can be trained.
func TestImportedRecipe(t *testing.T) {
	m := checkpointtest.Files{}
	if err := writtenGGUF(m, checkpointtest.Fresh(t, checkpointtest.Forms["qwen3"], tokenizer.NewBytes()), format.F32); err != nil {
		t.Fatal(err)
	}
	got, _, err := Import(fstest.MapFS(m), generous)
	if err != nil {
		t.Fatal(err)
	}
	want := checkpointtest.Forms["qwen3"]
	want.Vocab = 256
	r := got.Recipe
	if r.Model != want || r.Preset != "imported" || r.Tokenizer != "bytes" || got.Step != 0 || got.Name != "A tiny one" {
		t.Errorf("it is %+v", got)
	}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	var wrong *recipe.Wrong
	r.Model.Layers = 0
	if err := checkpoint.CheckRecipe(r); !errors.As(err, &wrong) {
		t.Errorf("no layers gave %v", err)
	}
}
