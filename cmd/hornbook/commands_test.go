package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/cpu"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/model/format/safetensors"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// changed is a folder of Hugging Face's in which a file is another.
func changed(t *testing.T, name string, change func(text []byte) []byte) string {
	t.Helper()
	folder := someones(t, -1, nil)
	edit(t, filepath.Join(folder, name), change)
	return folder
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// keys are changes of a file of JSON; a function changes what stands there.
type keys map[string]any

func (k keys) change(text []byte) []byte {
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		panic(err)
	}
	for key, value := range k {
		if change, is := value.(func(any) any); is {
			value = change(fields[key])
		}
		fields[key] = value
	}
	text, _ = json.Marshal(fields)
	return text
}

// tensors changes the tensors of a file of safetensors.
func tensors(change func([]safetensors.Tensor) []safetensors.Tensor) func([]byte) []byte {
	return func(file []byte) []byte {
		list, metadata, err := safetensors.Read(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			panic(err)
		}
		var out bytes.Buffer
		if err := safetensors.Write(&out, change(list), metadata); err != nil {
			panic(err)
		}
		return out.Bytes()
	}
}

// inGGUF is a file of GGUF of a small model, its keys and tensors changed.
func inGGUF(t *testing.T, name string, change func(*gguf.File)) string {
	t.Helper()
	run, err := load(someones(t, -1, nil))
	if err != nil {
		t.Fatal(err)
	}
	var plain, out bytes.Buffer
	if _, err := exchange.WriteGGUF(&plain, run, format.F32); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(bytes.NewReader(plain.Bytes()), int64(plain.Len()))
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	var lazy []gguf.Lazy
	for _, x := range f.Tensors {
		lazy = append(lazy, gguf.Lazy{Name: x.Name, Shape: x.Shape, Type: gguf.F32, Values: func() []float32 {
			values := make([]float32, x.Len())
			if err := f.Read(x, values); err != nil {
				t.Error(err)
			}
			return values
		}})
	}
	if err := gguf.Write(&out, f.Pairs, lazy); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func without(key string) func(*gguf.File) {
	return func(f *gguf.File) {
		f.Pairs = slices.DeleteFunc(f.Pairs, func(p gguf.Pair) bool { return p.Key == key })
	}
}

// part is a part of the tensors of a split file.
func part(i, parts int) func(*gguf.File) {
	return func(f *gguf.File) {
		n := len(f.Tensors)
		f.Tensors = f.Tensors[i*n/parts : (i+1)*n/parts]
		if i > 0 {
			f.Pairs = nil
		}
		f.Pairs = append(f.Pairs, gguf.Pair{Key: "split.no", Value: uint16(i)}, gguf.Pair{Key: "split.count", Value: uint16(parts)}, gguf.Pair{Key: "split.tensors.count", Value: int32(n)})
	}
}

// nested is a list of lists, under a key so long that all else stays where it is aligned.
func nested(file []byte) []byte {
	put := binary.LittleEndian
	value := []byte{9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0}
	key := strings.Repeat("k", 64-8-len(value)%32)
	head := put.AppendUint64(slices.Clone(file[:16]), put.Uint64(file[16:])+1)
	return slices.Concat(head, put.AppendUint64(nil, uint64(len(key))), []byte(key), value, file[24:])
}

// The models that people have, as they are: they open and write, what is dropped or
// added is said, and what cannot be done is named.
func TestModelsOfTheField(t *testing.T) {
	pad := map[string]any{"id": 300, "content": "[PAD]", "special": true}
	for name, c := range map[string]struct {
		files []string
		says  string
		fails bool
	}{
		"truncation that a trainer left": {files: []string{changed(t, "tokenizer.json", keys{"truncation": map[string]any{"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}}.change)}},
		"a pad token that was added without resizing": {files: []string{changed(t, "tokenizer.json", keys{"added_tokens": func(list any) any { return append(list.([]any), pad) }}.change)},
			says: "[PAD]"},
		"only the bytes of its text": {files: []string{changed(t, "tokenizer.json", keys{"model": func(m any) any {
			vocab := m.(map[string]any)["vocab"].(map[string]any)
			for id := range 256 { // what else has its id stays: a model has as many rows as tokens
				if b := byte(id); b >= 0x80 {
					delete(vocab, tokenizer.ByteLevel([]byte{b}))
					vocab[fmt.Sprintf("<unused%d>", id)] = id
				}
			}
			return m
		}}.change)}, says: "only 128 of the 256 bytes"},
		"WordPiece":           {files: []string{changed(t, "tokenizer.json", keys{"model": map[string]any{"type": "WordPiece", "vocab": map[string]int{"a": 0}}}.change)}, says: "WordPiece", fails: true},
		"a form of one's own": {files: []string{changed(t, "tokenizer.json", func([]byte) []byte { return []byte(`{"itos":["a","b"]}`) })}, says: "a form of its own that merely has the name", fails: true},
		"compiled": {files: []string{changed(t, "model.safetensors", tensors(func(list []safetensors.Tensor) []safetensors.Tensor {
			for i := range list {
				list[i].Name = "_orig_mod." + list[i].Name
			}
			return list
		}))}},
		"a value head": {files: []string{changed(t, "model.safetensors", tensors(func(list []safetensors.Tensor) []safetensors.Tensor {
			return append(list, safetensors.Tensor{Name: "v_head.summary.weight", Shape: []int{1, 8}, Data: make([]float32, 8)})
		}))}, says: "left out: v_head.summary.weight"},
		"Infinity in the configuration": {files: []string{changed(t, "config.json", func(text []byte) []byte {
			return bytes.Replace(text, []byte("{"), []byte(`{"time_step_limit": [0.0, Infinity], `), 1)
		})}},
		"GGUF of version 2": {files: []string{func() string {
			path := inGGUF(t, "m.gguf", func(*gguf.File) {})
			edit(t, path, func(file []byte) []byte { file[4] = 2; return file })
			return path
		}()}},
		"GGUF with lists of lists": {files: []string{func() string {
			path := inGGUF(t, "m.gguf", func(*gguf.File) {})
			edit(t, path, nested)
			return path
		}()}},
		"GGUF without a split rule": {files: []string{inGGUF(t, "m.gguf", without("tokenizer.ggml.pre"))}, says: "GPT-2's rule is taken"},
		"GGUF with wide integers": {files: []string{inGGUF(t, "m.gguf", func(f *gguf.File) {
			for i, p := range f.Pairs {
				if n, is := gguf.Whole(p.Value); is {
					f.Pairs[i].Value = n
				}
			}
		})}},
		"GGUF in two files": {files: []string{inGGUF(t, "m-00001-of-00002.gguf", part(0, 2)), inGGUF(t, "m-00002-of-00002.gguf", part(1, 2))}},
		"one of two files":  {files: []string{inGGUF(t, "m-00001-of-00002.gguf", part(0, 2))}, says: "split into 2 files", fails: true},
	} {
		run := filepath.Join(t.TempDir(), "run")
		_, errs, status := call(append(append([]string{"import"}, c.files...), "-o", run)...)
		if (status != 0) != c.fails || !strings.Contains(errs, c.says) || c.says == "" && errs != "" {
			t.Errorf("%s: status %d, it says %q, want %q", name, status, errs, c.says)
		}
		if strings.Contains(errs, "damaged") || strings.Count(errs, "it is missing") > 1 || strings.Count(errs, "tokenizer.json: ") > 1 {
			t.Errorf("%s: it says %q", name, errs)
		}
		if status != 0 {
			continue
		}
		if out, errs, status := call("generate", "-run", run, "-prompt", "the", "-n", "4"); status != 0 || !strings.HasPrefix(out, "the") {
			t.Errorf("%s: writing: status %d, %q %s", name, status, out, errs)
		}
	}
}

// shaped is a folder of Hugging Face's of a model in a form.
func shaped(t *testing.T, shape recipe.Model) string {
	t.Helper()
	tok := tokenizer.NewBytes("<|endoftext|>")
	r, _ := recipe.ByName("tiny")
	shape.Vocab, shape.Context, shape.Layers, shape.Heads, shape.KVHeads, shape.Channels = tok.Size(), 32, 2, 2, 2, 8
	r.Tokenizer, r.Model = string(tok.Kind()), shape
	m := model.New(cpu.New(), shape)
	m.Init("gpt2", 3)
	dir := t.TempDir()
	if err := exchange.WriteHF(format.Dir(dir), checkpoint.Run{Recipe: r, Tokenizer: tok, Model: m}, format.F32); err != nil {
		t.Fatal(err)
	}
	return dir
}

var (
	gpt2  = recipe.Model{Hidden: 32, Norm: "layernorm", NormEps: 1e-5, Position: "learned", MLP: "gelu_tanh", Bias: true, Tied: true}
	qwen3 = recipe.Model{Hidden: 16, Norm: "rmsnorm", NormEps: 1e-6, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true}
)

// peft is a folder of an adapter of rank 2 for modules of 8 numbers in.
func peft(t *testing.T, settings map[string]any, out int, modules ...string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]any{"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 2, "lora_alpha": 4, "lora_dropout": 0.0, "bias": "none"}
	maps.Copy(all, settings)
	rewrite(t, filepath.Join(dir, "adapter_config.json"), all)
	var list []safetensors.Tensor
	for _, name := range modules {
		for end, shape := range map[string][]int{".lora_A.weight": {2, 8}, ".lora_B.weight": {out, 2}} {
			x := safetensors.Tensor{Name: "base_model.model." + name + end, Shape: shape, Data: make([]float32, shape[0]*shape[1])}
			for i := range x.Data {
				x.Data[i] = float32(i%5) - 2
			}
			list = append(list, x)
		}
	}
	var file bytes.Buffer
	if err := safetensors.Write(&file, list, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "adapter_model.safetensors"), file.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Adapters that PEFT makes are laid on their models by import.
func TestAdaptersOfTheField(t *testing.T) {
	old := peft(t, nil, 8)
	if err := os.Remove(filepath.Join(old, "adapter_model.safetensors")); err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, _ := z.Create("adapter_model/data.pkl")
	io.WriteString(w, "\x80\x02")
	z.Close()
	if err := os.WriteFile(filepath.Join(old, "adapter_model.bin"), archive.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		base recipe.Model
		from string
		says string // "" where it is taken
	}{
		"GPT-2's c_attn":      {gpt2, peft(t, map[string]any{"target_modules": []string{"c_attn"}, "fan_in_fan_out": true}, 24, "transformer.h.0.attn.c_attn", "transformer.h.1.attn.c_attn"), ""},
		"the last layer only": {qwen3, peft(t, map[string]any{"target_modules": []string{"q_proj"}, "layers_to_transform": []int{1}, "layers_pattern": "layers"}, 8, "model.layers.1.self_attn.q_proj"), ""},
		"of old, .bin":        {qwen3, old, "PyTorch"},
	} {
		base, run := shaped(t, c.base), filepath.Join(t.TempDir(), "run")
		_, errs, status := call("import", c.from, "-onto", base, "-o", run)
		if (status == 0) != (c.says == "") || !strings.Contains(errs, c.says) || strings.Contains(errs, "damaged") {
			t.Errorf("%s: status %d, %q, want %q", name, status, errs, c.says)
		}
		if status != 0 {
			continue
		}
		was, err := load(base)
		if err != nil {
			t.Fatal(err)
		}
		now, err := checkpoint.Load(run)
		if err != nil {
			t.Fatal(err)
		}
		ids := []int32{1, 2, 3}
		if a, b := model.NewGenerator(now.Model).Prompt(ids), model.NewGenerator(was.Model).Prompt(ids); slices.Equal(a, b) {
			t.Errorf("%s: it adds nothing", name)
		}
	}
}

// A text of more kinds of characters than a model of characters can hold is told how
// to be cut otherwise, by a flag that there is.
func TestManyKindsOfCharacters(t *testing.T) {
	var text strings.Builder
	for i := range 11000 {
		text.WriteRune(rune(0x4E00 + i%5000))
	}
	data := textFile(t, []byte(text.String()))
	_, errs, status := call("train", "-data", data, "-preset", "tiny", "-steps", "1")
	if status != 1 || !strings.Contains(errs, "5,000 different characters") || !strings.Contains(errs, "-set tokenizer=bytes") {
		t.Errorf("status %d, %q", status, errs)
	}
	done(t, "train", "-data", data, "-preset", "tiny", "-steps", "1", "-set", "tokenizer=bytes")
}
