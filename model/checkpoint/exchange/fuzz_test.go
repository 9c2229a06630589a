package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
)

// fuzzLimit is the memory that a fuzzed model may take, in bytes.
const fuzzLimit = 64 << 20

// FuzzImport: whatever lies in a zip or in a single file, Import gives a run
// that can be saved and read, or an error of the kinds that are told apart.
func FuzzImport(f *testing.F) {
	run := checkpointtest.Fresh(f, checkpointtest.Forms["gpt2"], checkpointtest.Chars(f))
	for _, e := range []string{"zip", "hf zip", "gguf q8_0"} {
		m := checkpointtest.Files{}
		if err := exports[e].write(m, run); err != nil {
			f.Fatal(err)
		}
		for _, file := range m {
			f.Add(file.Data)
		}
	}
	bad, err := filepath.Glob("testdata/bad/*/model.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range bad {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		name := "model.gguf"
		if bytes.HasPrefix(data, []byte("PK")) {
			name = "model.zip"
		}
		tryImport(t, fstest.MapFS{name: {Data: data}})
	})
}

// FuzzReadRun: whatever the small files of a run's folder hold, the same.
func FuzzReadRun(f *testing.F) {
	folder := checkpointtest.InMemory(f, checkpointtest.Full(f))
	hf := checkpointtest.Files{}
	if err := WriteHF(hf, checkpointtest.Fresh(f, checkpointtest.Forms["llama"], checkpointtest.Chars(f)), format.F32); err != nil {
		f.Fatal(err)
	}
	for _, from := range []fstest.MapFS{folder, fstest.MapFS(hf)} {
		for _, name := range []string{checkpoint.RunFile, layout.ConfigFile, layout.TokenizerFile, "log.jsonl"} {
			if file := from[name]; file != nil {
				f.Add(name, file.Data, from[checkpoint.RunFile] != nil)
			}
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte, ours bool) {
		files := fstest.MapFS{}
		from := fstest.MapFS(hf)
		if ours {
			from = folder
		}
		for file, f := range from {
			files[file] = f
		}
		if files[name] == nil {
			return
		}
		files[name] = &fstest.MapFile{Data: data}
		tryImport(t, files)
	})
}

// FuzzReadAdapter: whatever an adapter's two files hold, ReadAdapter gives a
// model whose adapter can be written and read again, or a *Problem.
func FuzzReadAdapter(f *testing.F) {
	run := adapted(f, checkpointtest.Forms["qwen3"], "query,up")
	good := checkpointtest.Files{}
	if err := WriteAdapter(good, run); err != nil {
		f.Fatal(err)
	}
	f.Add(good[layout.AdapterConfigFile].Data, good[layout.AdapterFile].Data)
	bad, err := filepath.Glob("testdata/bad/adapter-*")
	if err != nil || len(bad) == 0 {
		f.Fatalf("there are %d bad adapters (%v)", len(bad), err)
	}
	for _, dir := range bad {
		config, err := os.ReadFile(filepath.Join(dir, layout.AdapterConfigFile))
		weights, err2 := os.ReadFile(filepath.Join(dir, layout.AdapterFile))
		if err := errors.Join(err, err2); err != nil {
			f.Fatal(err)
		}
		f.Add(config, weights)
	}
	f.Fuzz(func(t *testing.T, config, weights []byte) {
		got, err := ReadAdapter(fstest.MapFS{layout.AdapterConfigFile: {Data: config}, layout.AdapterFile: {Data: weights}}, run.Model)
		var p *format.Problem
		if errors.As(err, &p) {
			return
		}
		if err != nil {
			t.Fatalf("an error of no kind: %v", err)
		}
		again := run
		again.Model = got
		files := checkpointtest.Files{}
		if err := WriteAdapter(files, again); err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		if back, err := ReadAdapter(fstest.MapFS(files), run.Model); err != nil || !slices.Equal(back.Weights.Numbers(), got.Weights.Numbers()) {
			t.Fatalf("written but not read, or with other weights: %v", err)
		}
	})
}

func tryImport(t *testing.T, fsys fstest.MapFS) {
	run, _, err := Import(fsys, fuzzLimit)
	var p *format.Problem
	var large *checkpoint.TooLarge
	if errors.As(err, &p) || errors.As(err, &large) {
		return
	}
	if err != nil {
		t.Fatalf("an error of no kind: %v", err)
	}
	var out bytes.Buffer
	if err := WriteZip(&out, run); err != nil {
		t.Fatalf("imported but not saved: %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Import(z, generous); err != nil {
		t.Fatalf("saved but not read: %v", err)
	}
}
