package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format/gguf"
	"hornbook/tokenizer"
)

var update = flag.Bool("update", false, "write testdata/bad anew")

// maker makes the bad files: each is a good one that was spoiled.
type maker struct {
	t          *testing.T
	hf, folder fstest.MapFS // good ones
	gguf, zip  []byte
	bad        map[string]fstest.MapFS
}

// spoilt is the run whose files become bad ones.
func spoilt(t testing.TB) checkpoint.Run {
	t.Helper()
	tok, err := tokenizer.NewChars([]byte("abcdefgh"))
	if err != nil {
		t.Fatal(err)
	}
	shape := checkpointtest.Forms["llama"]
	shape.Layers, shape.Channels, shape.Hidden = 1, 8, 8
	return checkpointtest.Fresh(t, shape, tok)
}

// makeBad makes the folders of testdata/bad, by name.
func makeBad(t *testing.T) map[string]fstest.MapFS {
	run := spoilt(t)
	hf, whole := checkpointtest.Files{}, checkpointtest.Files{}
	for name, export := range map[string]checkpointtest.Files{"hf f32": hf, "gguf f32": whole, "zip": whole} {
		if err := exports[name].write(export, run); err != nil {
			t.Fatal(err)
		}
	}
	m := &maker{t, fstest.MapFS(hf), checkpointtest.InMemory(t, run), whole["a.gguf"].Data, whole["a.zip"].Data, map[string]fstest.MapFS{}}
	m.weights()
	m.texts()
	m.ggufs()
	m.zips()
	m.adapters()
	m.runs()
	m.deepSeeks()
	return m.bad
}

// add adds a folder with files changed; nil takes a file away.
func (m *maker) add(name string, from fstest.MapFS, changes map[string][]byte) {
	files := fstest.MapFS{}
	for file, f := range from {
		files[file] = f
	}
	delete(files, cardFile)
	delete(files, layout.TokenizerConfigFile) // nothing reads it
	for file, data := range changes {
		if files[file] = (&fstest.MapFile{Data: data}); data == nil {
			delete(files, file)
		}
	}
	m.bad[name] = files
}

// replaced is a good file with one text for another.
func (m *maker) replaced(from fstest.MapFS, file, old, new string) []byte {
	text := from[file].Data
	if !bytes.Contains(text, []byte(old)) {
		m.t.Fatalf("%s has no %q", file, old)
	}
	return bytes.Replace(text, []byte(old), []byte(new), 1)
}

// safetensorsOf puts a header and data together.
func safetensorsOf(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

const deep = 10001 // one more than encoding/json goes

func nested(open, end string) string { return strings.Repeat(open, deep) + strings.Repeat(end, deep) }

func (m *maker) weights() {
	good := m.hf[layout.WeightsFile].Data
	nan := slices.Clone(good)
	binary.LittleEndian.PutUint32(nan[len(nan)-4:], math.Float32bits(float32(math.NaN())))
	binary.LittleEndian.PutUint32(nan[len(nan)-8:], math.Float32bits(float32(math.Inf(1))))
	huge := slices.Clone(good)
	binary.LittleEndian.PutUint64(huge, 1<<62)
	tensor := func(rest string) string { return `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},` + rest + `}` }
	for name, data := range map[string][]byte{
		"weights-cut-off":            good[:len(good)/2],
		"weights-empty":              {},
		"weights-nan":                nan,
		"weights-huge-header":        huge,
		"weights-overlap":            safetensorsOf(tensor(`"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}`), 12),
		"weights-overflow":           safetensorsOf(tensor(`"b":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[8,9223372036854775807]}`), 8),
		"weights-negative":           safetensorsOf(tensor(`"b":{"dtype":"F32","shape":[2],"data_offsets":[8,-1]}`), 8),
		"weights-twice":              safetensorsOf(tensor(`"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`), 8),
		"weights-do-not-multiply":    safetensorsOf(`{"a":{"dtype":"F32","shape":[3,5],"data_offsets":[0,8]}}`, 8),
		"weights-deep":               safetensorsOf(`{"a":`+nested("[", "]")+`}`, 0),
		"weights-integers":           m.replaced(m.hf, layout.WeightsFile, `{"dtype":"F32"`, `{"dtype":"I32"`),
		"weights-unknown-type":       m.replaced(m.hf, layout.WeightsFile, `{"dtype":"F32"`, `{"dtype":"X32"`),
		"weights-missing-tensor":     m.replaced(m.hf, layout.WeightsFile, `"model.norm.weight"`, `"model.torm.weight"`),
		"weights-of-another-shape":   m.replaced(m.hf, layout.WeightsFile, `"shape":[4,8]`, `"shape":[8,4]`),
		"weights-are-something-else": []byte("<!DOCTYPE html><html>Not found</html>"),
	} {
		m.add(name, m.hf, map[string][]byte{layout.WeightsFile: data})
	}
	m.add("pickle", m.hf, map[string][]byte{layout.WeightsFile: nil, "pytorch_model.bin": []byte("PK\x03\x04")})
	m.add("shard-missing", m.hf, map[string][]byte{indexFile: []byte(`{"weight_map":{"a":"model-00001-of-00002.safetensors"}}`), layout.WeightsFile: nil, "x.safetensors": good})
	m.add("shard-missing-without-index", m.hf, map[string][]byte{layout.WeightsFile: nil, "model-00001-of-00002.safetensors": good})
	m.add("shard-outside", m.hf, map[string][]byte{indexFile: []byte(`{"weight_map":{"a":"../model.safetensors"}}`)})
	m.add("shard-without-its-tensor", m.hf, map[string][]byte{indexFile: []byte(`{"weight_map":{"a":"model.safetensors"}}`)})
	m.add("shards-without-index", m.hf, map[string][]byte{layout.WeightsFile: nil, "some.safetensors": good, "more.safetensors": good})
	m.add("weights-of-another-layout", m.hf, map[string][]byte{layout.WeightsFile: m.replaced(m.hf, layout.WeightsFile, `"model.embed_tokens.weight"`, `"model.tok_embeddings.wght"`)})
	m.standIns()
}

// standIns are files that are whole, and something else than their names say.
func (m *maker) standIns() {
	zeros := func(s string, n int) []byte { return append([]byte(s), make([]byte, n)...) }
	numbers := func(n ...int32) (b []byte) {
		for _, x := range n {
			b = binary.LittleEndian.AppendUint32(b, uint32(x))
		}
		return b
	}
	lfs := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("ab", 32) + "\nsize 538090408\n"
	for name, data := range map[string][]byte{
		"stand-in-git-lfs":    []byte(lfs),
		"stand-in-answer":     []byte("Entry not found"),
		"stand-in-pickle":     zeros("\x80\x02\x8a\x0a", 40),
		"stand-in-torch":      zeros("PK\x03\x04\x00\x00\x08\x08archive/data.pkl", 40),
		"stand-in-gguf":       []byte(m.gguf[:64]),
		"stand-in-picture":    zeros("\x89PNG\r\n\x1a\n", 40),
		"stand-in-sound":      zeros("RIFF\x24\x00\x00\x00WAVEfmt ", 40),
		"stand-in-film":       zeros("\x00\x00\x00\x20ftypisom", 40),
		"stand-in-document":   zeros("%PDF-1.7\n", 40),
		"stand-in-packed":     zeros("\x1f\x8b\x08", 40),
		"stand-in-keras":      zeros("\x89HDF\r\n\x1a\n", 40),
		"stand-in-numpy":      zeros("\x93NUMPY\x01\x00", 40),
		"stand-in-tflite":     zeros("\x1c\x00\x00\x00TFL3", 40),
		"stand-in-ggml":       zeros("tjgg\x03\x00\x00\x00", 40),
		"stand-in-llm.c":      append(numbers(20240326, 3, 64, 8), make([]byte, 40)...),
		"stand-in-llm.c-none": append(numbers(20240327, 1, 0, 0), make([]byte, 40)...),
	} {
		m.add(name, m.hf, map[string][]byte{layout.WeightsFile: data})
	}
	m.add("stand-in-config", m.hf, map[string][]byte{layout.ConfigFile: []byte(lfs)})
	m.add("stand-in-tokenizer", m.hf, map[string][]byte{layout.TokenizerFile: []byte("<!doctype html>\n<html>")})
	m.bad["stand-in-gguf-file"] = fstest.MapFS{"model.gguf": {Data: []byte("<html><head>")}}
	m.bad["stand-in-bin"] = fstest.MapFS{"gpt2_124M.bin": {Data: append(numbers(20240326, 3, 64, 8), make([]byte, 40)...)}}
	m.bad["stand-in-tfjs"] = fstest.MapFS{"model.json": {Data: []byte(`{"format":"layers-model","modelTopology":{},"weightsManifest":[]}`)}, "group1-shard1of1.bin": {Data: make([]byte, 40)}}
	m.bad["stand-in-onnx"] = fstest.MapFS{"model.onnx": {Data: zeros("\x08\x07\x12\x07pytorch", 40)}}
}

func (m *maker) texts() {
	config := func(old, new string) []byte { return m.replaced(m.hf, layout.ConfigFile, old, new) }
	for name, data := range map[string][]byte{
		"config-cut-off":           m.hf[layout.ConfigFile].Data[:40],
		"config-deep":              []byte(`{"a":` + nested("[", "]") + `}`),
		"config-another-kind":      config("LlamaForCausalLM", "MambaForCausalLM"),
		"config-no-heads":          config(`"num_attention_heads": 4`, `"num_attention_heads": 0`),
		"config-negative":          config(`"hidden_size": 8`, `"hidden_size": -8`),
		"config-many-layers":       config(`"num_hidden_layers": 1`, `"num_hidden_layers": 1000000000`),
		"config-wide":              config(`"hidden_size": 8`, `"hidden_size": 4096`),
		"config-rope-scaling":      config(`"rope_scaling": null`, `"rope_scaling": {"rope_type": "yarn", "factor": 8.0}`),
		"config-pruned":            config(`"rope_scaling": null`, `"pruned_heads": {"0": [1]}`),
		"config-read-infinity":     config(`"rms_norm_eps": 0.00001`, `"rms_norm_eps": Infinity`),
		"config-scaling-zero":      config(`"rope_scaling": null`, `"rope_scaling": {"type": "linear", "factor": 0}`),
		"config-partly-turning":    config(`"rope_scaling": null`, `"partial_rotary_factor": 0.5`),
		"config-activation":        config(`"silu"`, `"gelu"`),
		"config-quantized":         config(`"rope_scaling": null`, `"quantization_config": {"bits": 4}`),
		"config-of-another-tokens": config(`"vocab_size": 8`, `"vocab_size": 7`),
		"config-missing":           nil,
	} {
		m.add(name, m.hf, map[string][]byte{layout.ConfigFile: data})
	}
	tok := func(old, new string) []byte { return m.replaced(m.hf, layout.TokenizerFile, old, new) }
	for name, data := range map[string][]byte{
		"tokenizer-missing":        nil,
		"tokenizer-deep":           []byte(`{"version":"1.0","model":` + nested("[", "]") + `}`),
		"tokenizer-unknown-merges": m.unknownMerges(),
		"tokenizer-another-kind":   tok(`"BPE"`, `"Unigram"`),
		"tokenizer-gap":            tok(`"h": 7`, `"h": 70`),
	} {
		m.add(name, m.hf, map[string][]byte{layout.TokenizerFile: data})
	}
	for name, data := range strangeTokenizers {
		m.add(name, m.hf, map[string][]byte{layout.TokenizerFile: []byte(data)})
	}
	for name, file := range map[string]string{"tokenizer-sentencepiece": "tokenizer.model", "tokenizer-vocab-txt": "vocab.txt", "tokenizer-vocab-alone": "vocab.json"} {
		m.add(name, m.hf, map[string][]byte{layout.TokenizerFile: nil, file: []byte("{}")})
	}
	m.add("run-deep", m.folder, map[string][]byte{checkpoint.RunFile: []byte(nested("[", "]"))})
	m.add("run-of-another", m.folder, map[string][]byte{layout.WeightsFile: append(slices.Clone(m.folder[layout.WeightsFile].Data), 0)})
	m.add("run-outside", m.folder, map[string][]byte{checkpoint.RunFile: m.replaced(m.folder, checkpoint.RunFile, `"log.jsonl"`, `"../log.jsonl"`)})
	m.add("run-many-layers", m.folder, map[string][]byte{checkpoint.RunFile: m.replaced(m.folder, checkpoint.RunFile, `"layers": 1`, `"layers": 64`)})
	m.add("nothing", nil, map[string][]byte{"notes.txt": []byte("hello")})
}

// unknownMerges is a tokenizer.json one of whose merges names no token.
func (m *maker) unknownMerges() []byte {
	bpe, err := tokenizer.TrainBPE([]byte("the theatre there, the then"), 258)
	if err != nil {
		m.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tokenizer.WriteJSON(&b, bpe); err != nil {
		m.t.Fatal(err)
	}
	return m.replaced(fstest.MapFS{"a": {Data: b.Bytes()}}, "a", `"h e"`, `"h zz"`)
}

func (m *maker) ggufs() {
	good := m.gguf
	swap := func(old, new string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			m.t.Fatalf("the GGUF file has no %q", old)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	number := func(at int, n uint64) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint64(b[at:], n)
		return b
	}
	tensors := func(pairs []gguf.Pair) []byte {
		var b bytes.Buffer
		if err := gguf.Write(&b, pairs, nil); err != nil {
			m.t.Fatal(err)
		}
		return b.Bytes()
	}
	nan := slices.Clone(good)
	at := len(nan) - 96 // in the head, before the row that was added and its padding
	binary.LittleEndian.PutUint32(nan[at:], math.Float32bits(float32(math.NaN())))
	for name, data := range map[string][]byte{
		"gguf-cut-off":            good[:len(good)-100],
		"gguf-cut-off-early":      good[:100],
		"gguf-absurd-tensors":     number(8, 1<<60),
		"gguf-absurd-keys":        number(16, 1<<60),
		"gguf-absurd-text":        number(24, 1<<62),
		"gguf-another-version":    number(4, 1|uint64(len("x"))<<32),
		"gguf-another-kind":       swap("llama", "mamba"),
		"gguf-heads-missing":      swap("llama.attention.head_count\x04", "llama.attention.head_kount\x04"),
		"gguf-twice":              swap("llama.block_count", "general.file_type"),
		"gguf-missing-tensor":     swap("blk.0.ffn_up.weight", "blk.0.ffn_zp.weight"),
		"gguf-another-split-rule": swap("gpt-2", "gpt-9"),
		"gguf-nan":                nan,
		"gguf-without-tokens":     tensors([]gguf.Pair{{Key: "general.architecture", Value: "llama"}}),
	} {
		m.bad[name] = fstest.MapFS{"model.gguf": {Data: data}}
	}
	m.bad["gguf-two"] = fstest.MapFS{"a.gguf": {Data: good[:64]}, "b.gguf": {Data: good[:64]}}
}

// zipOf makes a zip of entries.
func (m *maker) zipOf(write func(z *zip.Writer)) fstest.MapFS {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	write(z)
	if err := z.Close(); err != nil {
		m.t.Fatal(err)
	}
	return fstest.MapFS{"model.zip": {Data: b.Bytes()}}
}

// entry adds one file to a zip.
func (m *maker) entry(z *zip.Writer, name string, data []byte) {
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *maker) zips() {
	for name, file := range map[string]string{
		"zip-dots": "../run.json", "zip-dots-inside": "a/../../run.json", "zip-absolute": "/etc/run.json", "zip-drive": `C:\run.json`, "zip-backslash": `..\run.json`,
	} {
		m.bad[name] = m.zipOf(func(z *zip.Writer) { m.entry(z, file, []byte("{}")) })
	}
	m.bad["zip-twice"] = m.zipOf(func(z *zip.Writer) { m.entry(z, "run.json", []byte("{}")); m.entry(z, "run.json", []byte("{}")) })
	m.bad["zip-bomb"] = m.zipOf(func(z *zip.Writer) { m.entry(z, layout.WeightsFile, make([]byte, 8<<20)) })
	m.bad["zip-in-zip"] = m.zipOf(func(z *zip.Writer) { m.entry(z, "a.zip", []byte("PK")) })
	m.bad["zip-encrypted"] = m.zipOf(func(z *zip.Writer) {
		w, err := z.CreateRaw(&zip.FileHeader{Name: "run.json", Flags: 1, CompressedSize64: 2, UncompressedSize64: 2})
		if err == nil {
			_, err = io.WriteString(w, "{}")
		}
		if err != nil {
			m.t.Fatal(err)
		}
	})
	m.bad["zip-cut-off"] = fstest.MapFS{"model.zip": {Data: m.zip[:len(m.zip)-30]}}
	changed := bytes.Replace(m.zip, []byte("model.embed_tokens"), []byte("model.embad_tokens"), 1)
	m.bad["zip-changed"] = fstest.MapFS{"model.zip": {Data: changed}}
	m.bad["zip-overlap"] = m.overlapping()
	m.bad["zip-lies"] = m.lying()
}

// directory finds the n-th record of a zip's central directory.
func directory(z []byte, n int) int {
	at := 0
	for range n + 1 {
		at += bytes.Index(z[at+1:], []byte("PK\x01\x02")) + 1
	}
	return at
}

// overlapping is a zip of two entries of which the second names the place of
// the first.
func (m *maker) overlapping() fstest.MapFS {
	z := m.zipOf(func(z *zip.Writer) { m.entry(z, "run.json", []byte("{}")); m.entry(z, "ran.json", []byte("{}")) })
	data := z["model.zip"].Data
	binary.LittleEndian.PutUint32(data[directory(data, 1)+42:], 0)
	return z
}

// lying is a zip whose entry becomes longer than it says.
func (m *maker) lying() fstest.MapFS {
	z := m.zipOf(func(z *zip.Writer) { m.entry(z, "run.json", bytes.Repeat([]byte(" "), 5<<20)) })
	data := z["model.zip"].Data
	binary.LittleEndian.PutUint32(data[directory(data, 0)+24:], 100)
	return z
}

// TestBadFilesAreMade: testdata/bad is what makeBad makes. With -update it
// becomes that.
func TestBadFilesAreMade(t *testing.T) {
	made := makeBad(t)
	if *update {
		if err := os.RemoveAll("testdata/bad"); err != nil {
			t.Fatal(err)
		}
	}
	for name, files := range made {
		for file, f := range files {
			path := filepath.Join("testdata/bad", name, file)
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, f.Data) {
				t.Errorf("%s is not what is made (%v); go test -run BadFilesAreMade -update", path, err)
			}
		}
	}
}
