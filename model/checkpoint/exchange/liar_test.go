package exchange

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// said is the bytes that an entry says it has. What it has besides its
// beginning is noise, so that the zip is not refused for what it would become.
const (
	said  = 410 << 20
	noise = 3 << 20
)

// liar is a zip of the files; the one called name is cut off after its beginning
// and some noise, and said to go on.
func liar(t *testing.T, files map[string][]byte, name string, size uint64) fstest.MapFS {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for file, data := range files {
		if file != name {
			w, err := z.Create(file)
			if err == nil {
				_, err = w.Write(data)
			}
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		random := make([]byte, noise)
		rand.NewChaCha8([32]byte{1}).Read(random)
		if file == layout.TokenizerFile {
			random = bytes.ReplaceAll(random, []byte{'"'}, []byte{'x'}) // one long text
		}
		var packed bytes.Buffer
		deflate, _ := flate.NewWriter(&packed, flate.BestSpeed)
		deflate.Write(append(data, random...))
		deflate.Close()
		w, err := z.CreateRaw(&zip.FileHeader{Name: file, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(data),
			CompressedSize64: uint64(packed.Len()), UncompressedSize64: size})
		if err == nil {
			_, err = w.Write(packed.Bytes())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"a.zip": {Data: b.Bytes()}}
}

// wide is a Hugging Face model whose weights would fill an entry of said bytes:
// its configuration, and how its weights begin.
func wide(t *testing.T, files map[string][]byte) (size uint64) {
	run := spoilt(t)
	shape := run.Recipe.Model
	shape.Channels, shape.Hidden = 2048, 12288
	if got := 4 * shape.Parameters(); got < said*8/10 {
		t.Fatalf("%d bytes of weights", got)
	}
	var config map[string]any
	if err := json.Unmarshal(files[layout.ConfigFile], &config); err != nil {
		t.Fatal(err)
	}
	config["hidden_size"], config["intermediate_size"], config["head_dim"] = shape.Channels, shape.Hidden, shape.Channels/shape.Heads
	files[layout.ConfigFile], _ = json.Marshal(config)
	lines, at := map[string]any{}, 0
	for name, dims := range namesAndShapes(t, shape) {
		n := 4
		for _, d := range dims {
			n *= d
		}
		lines[name] = map[string]any{"dtype": "F32", "shape": dims, "data_offsets": []int{at, at + n}}
		at += n
	}
	header, _ := json.Marshal(lines)
	files[layout.WeightsFile] = safetensorsOf(string(header), 0)
	return uint64(8 + len(header) + at)
}

// namesAndShapes are the tensors of shape's form in a Hugging Face folder.
func namesAndShapes(t *testing.T, shape recipe.Model) map[string][]int {
	v, c, h, kv := shape.Vocab, shape.Channels, shape.Hidden, shape.Channels*shape.KVHeads/shape.Heads
	layer := "model.layers.0."
	return map[string][]int{"model.embed_tokens.weight": {v, c}, "model.norm.weight": {c}, "lm_head.weight": {v, c},
		layer + "input_layernorm.weight": {c}, layer + "post_attention_layernorm.weight": {c},
		layer + "self_attn.q_proj.weight": {c, c}, layer + "self_attn.k_proj.weight": {kv, c}, layer + "self_attn.v_proj.weight": {kv, c},
		layer + "self_attn.o_proj.weight": {c, c}, layer + "mlp.gate_proj.weight": {h, c}, layer + "mlp.up_proj.weight": {h, c}, layer + "mlp.down_proj.weight": {c, h}}
}

// ggufBegin is how a GGUF file begins whose first key is a list of n things of
// a kind.
func ggufBegin(kind uint32, n uint64) []byte {
	b := append([]byte("GGUF"), 3, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, 1) // tensors
	b = binary.LittleEndian.AppendUint64(b, 1) // keys
	b = binary.LittleEndian.AppendUint64(b, 1)
	b = append(b, 'k', 9, 0, 0, 0) // a list
	b = binary.LittleEndian.AppendUint32(b, kind)
	return binary.LittleEndian.AppendUint64(b, n)
}

// An entry of a zip that says that it is long takes what it has, not what it
// says.
func TestLyingSizes(t *testing.T) {
	good := func() map[string][]byte {
		hf := checkpointtest.Files{}
		if err := exports["hf f32"].write(hf, spoilt(t)); err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{}
		for name, f := range hf {
			files[name] = f.Data
		}
		return files
	}
	weights, tokens := good(), good()
	size := wide(t, weights)
	tokens[layout.TokenizerFile] = []byte(`{"version":"`)
	text := append(ggufBegin(8, 1), binary.LittleEndian.AppendUint64(nil, 1<<24)...)
	for what, zipped := range map[string]fstest.MapFS{
		"weights":               liar(t, weights, layout.WeightsFile, size),
		"tokenizer":             liar(t, tokens, layout.TokenizerFile, 32<<20),
		"numbers of a GGUF":     liar(t, map[string][]byte{"a.gguf": ggufBegin(10, 1<<22)}, "a.gguf", said),
		"texts of a GGUF":       liar(t, map[string][]byte{"a.gguf": ggufBegin(8, 1<<22)}, "a.gguf", said),
		"a long text of a GGUF": liar(t, map[string][]byte{"a.gguf": text}, "a.gguf", said),
	} {
		t.Run(what, func(t *testing.T) {
			most, err := peak(func() error {
				_, _, err := Import(zipped, 4<<30)
				return err
			})
			var p *format.Problem
			if !errors.As(err, &p) || p.Kind != format.Damaged && p.Kind != format.Unsupported {
				t.Errorf("got %v, want a damaged file", err)
			}
			if most > 4*noise+4<<20 {
				t.Errorf("of %d bytes it took %d (%v)", noise, most, err)
			}
		})
	}
}

// A stored entry that says that it is longer than what the zip holds of it.
func TestStoredLies(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "a.gguf", Method: zip.Store, CompressedSize64: said, UncompressedSize64: said})
	if err == nil {
		_, err = w.Write(ggufBegin(8, 1<<22))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	most, err := peak(func() error {
		_, _, err := Import(fstest.MapFS{"a.zip": {Data: b.Bytes()}}, 4<<30)
		return err
	})
	var p *format.Problem
	if !errors.As(err, &p) || p.Kind != format.Damaged || most > 4<<20 {
		t.Errorf("got %v after %d bytes", err, most)
	}
}

// peak is the bytes that do allocates, of which garbage is a part.
func peak(do func() error) (uint64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := do()
	runtime.ReadMemStats(&after)
	if err == nil {
		err = fmt.Errorf("no error")
	}
	return after.TotalAlloc - before.TotalAlloc, err
}
