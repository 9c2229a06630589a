package main

import (
	"encoding/json"
	"math"
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
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// someones is a folder of Hugging Face's of a small model that always says the token
// says, of a vocabulary of bytes with four tokens besides; changes are of config.json.
func someones(t *testing.T, says int, changes map[string]any) string {
	t.Helper()
	tok := tokenizer.NewBytes("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<s>")
	r, _ := recipe.ByName("tiny")
	r.Tokenizer = string(tok.Kind())
	r.Model = recipe.Model{Vocab: tok.Size(), Context: 64, Layers: 2, Heads: 2, KVHeads: 2, Channels: 8, Hidden: 8, Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", QKNorm: true}
	m := model.New(cpu.New(), r.Model)
	m.Init("gpt2", 3)
	if says >= 0 { // the last norm gives ones, and the head's row of the token has the largest numbers
		for _, p := range m.Parameters {
			x := p.Numbers()
			switch p.Name {
			case "tokens.weight":
				for i := range x {
					x[i] = 1
				}
			case "head.weight":
				for i := range x {
					x[i] = 0
				}
				for i := range 8 {
					x[says*8+i] = 5
				}
			default:
				if !strings.HasSuffix(p.Name, "gain") {
					clear(x)
				}
			}
			p.Upload(x)
		}
	}
	dir := filepath.Join(t.TempDir(), "someone's")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := exchange.WriteHF(format.Dir(dir), checkpoint.Run{Recipe: r, Tokenizer: tok, Model: m}, format.F32); err != nil {
		t.Fatal(err)
	}
	rewrite(t, filepath.Join(dir, "config.json"), changes)
	return dir
}

// rewrite changes keys of a JSON file.
func rewrite(t *testing.T, path string, changes map[string]any) {
	t.Helper()
	fields := map[string]any{}
	if text, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range changes {
		fields[key] = value
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// done is what a command that goes well says.
func done(t *testing.T, args ...string) (out, errs string) {
	t.Helper()
	out, errs, status := call(args...)
	if status != 0 {
		t.Fatalf("hornbook %s: %s", strings.Join(args, " "), errs)
	}
	return out, errs
}

// Writing stops at the token that ends a model's texts, which is shown on request only.
func TestWritingStops(t *testing.T) {
	for what, says := range map[string]struct {
		token int
		want  string
	}{"at once": {258, "the\n"}, "never": {'x', "thexxxxxxxx\n"}} {
		folder := someones(t, says.token, map[string]any{"eos_token_id": 258})
		run := filepath.Join(t.TempDir(), "run")
		done(t, "import", folder, "-o", run)
		if out, _ := done(t, "generate", "-run", run, "-prompt", "the", "-n", "8"); out != says.want {
			t.Errorf("%s: it writes %q, want %q", what, out, says.want)
		}
		if out, _ := done(t, "generate", "-run", run, "-prompt", "the", "-n", "8", "-show-end"); says.token == 258 && out != "the<|im_end|>\n" {
			t.Errorf("%s: with its end it writes %q", what, out)
		}
	}
}

// The ends of a model from elsewhere go through import and export, into Hugging Face's
// files and into GGUF, in which no token is added.
func TestEndsGoThrough(t *testing.T) {
	folder := someones(t, -1, map[string]any{"eos_token_id": 258, "bos_token_id": 259, "pad_token_id": 258})
	rewrite(t, filepath.Join(folder, "generation_config.json"), map[string]any{"eos_token_id": []int{258}})
	rewrite(t, filepath.Join(folder, "tokenizer_config.json"), map[string]any{"eos_token": "<|im_end|>", "bos_token": "<s>"})
	at := func(name string) string { return filepath.Join(filepath.Dir(folder), name) }
	done(t, "import", folder, "-o", at("run"))
	done(t, "export", "-run", at("run"), "-format", "hf", "-o", at("hf"))
	for _, name := range []string{"config.json", "generation_config.json", "tokenizer_config.json", "tokenizer.json"} {
		var got, want map[string]any
		for _, f := range []struct {
			dir string
			to  *map[string]any
		}{{at("hf"), &got}, {folder, &want}} {
			text, err := os.ReadFile(filepath.Join(f.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, f.to); err != nil {
				t.Fatal(err)
			}
		}
		a, b := mustJSON(t, got), mustJSON(t, want)
		if a != b {
			t.Errorf("%s is %s, was %s", name, a, b)
		}
	}
	done(t, "export", "-run", at("run"), "-format", "gguf", "-o", at("m.gguf"))
	done(t, "import", at("m.gguf"), "-o", at("again"))
	again, err := checkpoint.Load(at("again"))
	if err != nil || again.Tokenizer.Size() != 260 || !slices.Equal(again.Manner().Ends, []int32{258}) || again.Manner().Begin != 259 {
		t.Errorf("through GGUF it has %d tokens and %+v (%v)", again.Tokenizer.Size(), again.Manner(), err)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What import leaves out it says, and what stands in for a model it names.
func TestImportSays(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, data string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	beside := someones(t, -1, nil)
	if err := os.WriteFile(filepath.Join(beside, "ema.safetensors"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, errs := done(t, "import", beside, "-o", filepath.Join(dir, "run")); !strings.Contains(errs, "ema.safetensors") {
		t.Errorf("it says %q", errs)
	}
	for path, says := range map[string]string{
		put("a/model.gguf", "version https://git-lfs.github.com/spec/v1\nsize 99\n"): "Git LFS's pointer to the file of 99 bytes",
		put("b/model.gguf", "<!DOCTYPE html>"):                                       "a web page",
		put("c/model.bin", "\x80\x02"):                                               "PyTorch's own format",
		put("d/model.bin", "\xc6\xd7\x34\x01\x03\x00\x00\x00"):                       "a model of llm.c",
		put("e/x.bin", "@\x00\x00\x00\xac\x00\x00\x00\x05\x00\x00\x00\x08\x00\x00\x00"+strings.Repeat("\x04\x00\x00\x00", 3)): "tokenizer.bin: it is missing: x.bin holds weights of llama2.c",
	} {
		if _, errs, status := call("import", path, "-o", filepath.Join(dir, "never")); status == 0 || !strings.Contains(errs, says) || strings.Contains(errs, "damaged") {
			t.Errorf("%s: status %d, %q, want %q", path, status, errs, says)
		}
	}
}

// An adapter is laid on its model by import, and named where no model is.
func TestImportOnto(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	done(t, "train", "-data", textFile(t, tales), "-preset", "tiny", "-steps", "10", "-out", at("base"))
	done(t, "train", "-data", textFile(t, tales), "-from", at("base"), "-method", "lora", "-lora-targets", "q_proj,v_proj", "-steps", "4", "-out", at("taught"))
	done(t, "export", "-run", at("taught"), "-format", "peft", "-o", at("adapter.zip"))
	if _, errs, status := call("import", at("adapter.zip"), "-o", at("x")); status == 0 || !strings.Contains(errs, "-onto DIR") {
		t.Errorf("status %d, %q", status, errs)
	}
	if _, errs, status := call("import", at("base"), "-onto", at("base"), "-o", at("x")); status == 0 || !strings.Contains(errs, "this is none") {
		t.Errorf("status %d, %q", status, errs)
	}
	done(t, "import", at("adapter.zip"), "-onto", at("base"), "-o", at("again"))
	want, err := checkpoint.Load(at("taught"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.Load(at("again"))
	if err != nil {
		t.Fatal(err)
	}
	if l, _ := got.Model.Adapter(); l.Targets != "query,value" {
		t.Errorf("it adapts %q", l.Targets)
	}
	off := 0.0
	a, b := model.NewGenerator(got.Model).Prompt([]int32{1, 2, 3}), model.NewGenerator(want.Model).Prompt([]int32{1, 2, 3})
	for i := range a {
		off = max(off, math.Abs(float64(a[i]-b[i])))
	}
	if off > 0 {
		t.Errorf("its logits are off by %g", off)
	}
}
