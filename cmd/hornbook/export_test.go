package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
)

// What is exported can be imported, and then writes the same text.
func TestExportThenImport(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	if _, errs, status := call("train", "-data", textFile(t, tales), "-preset", "tiny", "-steps", "20", "-out", run); status != 0 {
		t.Fatal(errs)
	}
	write := func(run string) string {
		out, errs, status := call("generate", "-run", run, "-prompt", "Tom ", "-n", "40", "-temperature", "0")
		if status != 0 {
			t.Fatal(errs)
		}
		return out
	}
	want := write(run)
	for _, format := range []string{"hf", "gguf", "zip"} {
		out, back := filepath.Join(dir, "out."+format), filepath.Join(dir, "back "+format)
		if wrote, errs, status := call("export", "-run", run, "-format", format, "-o", out); status != 0 || !strings.Contains(wrote, out) {
			t.Fatalf("export %s: status %d, %q, %q", format, status, wrote, errs)
		}
		// Flags may stand after the file, and before.
		args := []string{"import", out, "-o", back}
		if format == "gguf" {
			args = []string{"import", "-o", back, out}
		}
		if wrote, errs, status := call(args...); status != 0 || !strings.Contains(wrote, "parameters") {
			t.Fatalf("import %s: status %d, %q, %q", format, status, wrote, errs)
		}
		if got := write(back); got != want {
			t.Errorf("after %s it writes %q, want %q", format, got, want)
		}
	}
	// Files one by one, and weights in f16.
	hf, back := filepath.Join(dir, "half"), filepath.Join(dir, "back half")
	if _, errs, status := call("export", "-run", run, "-format", "hf", "-dtype", "f16", "-o", hf); status != 0 {
		t.Fatal(errs)
	}
	if _, errs, status := call("import", filepath.Join(hf, "config.json"), "-o", back, filepath.Join(hf, "model.safetensors"), filepath.Join(hf, "tokenizer.json")); status != 0 {
		t.Fatal(errs)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".hornbook-*")); len(left) > 0 {
		t.Errorf("left %v behind", left)
	}
}

// An adapter goes along: as a part of the weights, and as PEFT's files.
func TestExportOfAnAdapter(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	do := func(args ...string) string {
		t.Helper()
		out, errs, status := call(args...)
		if status != 0 {
			t.Fatal(errs)
		}
		return out
	}
	text := textFile(t, tales)
	do("train", "-data", text, "-preset", "tiny", "-steps", "5", "-out", at("base"))
	do("train", "-data", text, "-from", at("base"), "-method", "lora", "-steps", "20", "-out", at("taught"))
	weights := map[string][]byte{}
	for _, run := range []string{"base", "taught"} {
		do("export", "-run", at(run), "-format", "safetensors", "-o", at(run+".safetensors"))
		b, err := os.ReadFile(at(run + ".safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		weights[run] = b
	}
	if bytes.Equal(weights["base"], weights["taught"]) {
		t.Error("what the adapter learned is not in the weights")
	}
	write := func(run string) string {
		return do("generate", "-run", at(run), "-prompt", "Tom ", "-n", "40", "-temperature", "0")
	}
	for _, format := range []string{"hf", "gguf"} {
		do("export", "-run", at("taught"), "-format", format, "-o", at("out."+format))
		do("import", at("out."+format), "-o", at("back "+format))
		if got, want := write("back "+format), write("taught"); got != want {
			t.Errorf("after %s it writes %q, want %q", format, got, want)
		}
	}
	do("export", "-run", at("taught"), "-format", "peft", "-o", at("adapter.zip"))
	base, err := checkpoint.Load(at("base"))
	if err != nil {
		t.Fatal(err)
	}
	taught, err := checkpoint.Load(at("taught"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := zip.OpenReader(at("adapter.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got, err := exchange.ReadAdapter(b, base.Model); err != nil || !slices.Equal(got.Weights.Numbers(), taught.Model.Weights.Numbers()) {
		t.Errorf("on the base the adapter makes another model (%v)", err)
	}
	if _, errs, status := call("import", at("adapter.zip"), "-o", at("nothing")); status != 1 || !strings.Contains(errs, "an adapter alone") {
		t.Errorf("an adapter without its model: status %d, %q", status, errs)
	}
	if _, errs, status := call("export", "-run", at("base"), "-format", "peft", "-o", at("nothing")); status != 1 || !strings.Contains(errs, "no adapter") {
		t.Errorf("a model without an adapter: status %d, %q", status, errs)
	}
}

func TestWrongExportsAndImports(t *testing.T) {
	dir := t.TempDir()
	run, taken, nothing := filepath.Join(dir, "run"), filepath.Join(dir, "taken"), filepath.Join(dir, "nothing")
	if _, errs, status := call("train", "-data", textFile(t, tales), "-preset", "speedrun", "-steps", "2", "-out", run); status != 0 {
		t.Fatal(errs)
	}
	if err := os.WriteFile(taken, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status int
		says   string
		args   []string
	}{
		{2, "-run DIR", []string{"export", "-format", "zip", "-o", nothing}},
		{2, "-format", []string{"export", "-run", run, "-o", nothing}},
		{2, `-format "onnx"`, []string{"export", "-run", run, "-format", "onnx", "-o", nothing}},
		{2, "-dtype q4", []string{"export", "-run", run, "-format", "gguf", "-dtype", "q4", "-o", nothing}},
		{2, "q8_0", []string{"export", "-run", run, "-format", "hf", "-dtype", "q8_0", "-o", nothing}},
		{2, "as they are", []string{"export", "-run", run, "-format", "zip", "-dtype", "f16", "-o", nothing}},
		{2, "as they are", []string{"export", "-run", run, "-format", "peft", "-dtype", "f16", "-o", nothing}},
		{2, "-o OUT", []string{"export", "-run", run, "-format", "zip"}},
		{1, "there already", []string{"export", "-run", run, "-format", "zip", "-o", taken}},
		{1, "there already", []string{"export", "-run", run, "-format", "hf", "-o", run}},
		{1, "no saved model", []string{"export", "-run", t.TempDir(), "-format", "zip", "-o", nothing}},
		{1, "lookback", []string{"export", "-run", run, "-format", "gguf", "-o", nothing}},
		{1, "lookback", []string{"export", "-run", run, "-format", "hf", "-o", nothing}},
		{2, "needs a model", []string{"import", "-o", nothing}},
		{2, "-o DIR", []string{"import", taken}},
		{2, "-nonsense", []string{"import", taken, "-nonsense"}},
		{1, "cannot open", []string{"import", nothing, "-o", nothing}},
		{1, "no model here", []string{"import", taken, "-o", nothing}},
		{1, "there already", []string{"import", run, "-o", taken}},
		{2, "is a folder", []string{"import", run, taken, "-o", nothing}},
		{2, "two files", []string{"import", taken, taken, "-o", nothing}},
	} {
		out, errs, status := call(c.args...)
		if status != c.status || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("%q: status %d (want %d), wrote %q and %q (want %q)", c.args, status, c.status, out, errs, c.says)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("something was left in %v", entries)
	}
	if text, _ := os.ReadFile(taken); string(text) != "mine" {
		t.Error("a file that stood there was changed")
	}
}

// No bad file leaves anything behind, whatever is wrong with it.
func TestBadFilesWriteNothing(t *testing.T) {
	const folder = "../../model/checkpoint/exchange/testdata/bad"
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 50 {
		t.Fatalf("there are %d bad files (%v)", len(entries), err)
	}
	dir := t.TempDir()
	for _, e := range entries {
		out, errs, status := call("import", filepath.Join(folder, e.Name()), "-o", filepath.Join(dir, "out"))
		if status != 1 || out != "" || len(errs) < 40 {
			t.Errorf("%s: status %d, wrote %q and %q", e.Name(), status, out, errs)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Fatalf("%s left %v (%v)", e.Name(), left, err)
		}
	}
}
