package exchange

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/checkpointtest"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/tokenizer"
)

// remade is a GGUF file of run whose keys and tensors change has looked at.
func remade(t testing.TB, run checkpoint.Run, change func(f *gguf.File)) []byte {
	t.Helper()
	m := checkpointtest.Files{}
	if err := exports["gguf f32"].write(m, run); err != nil {
		t.Fatal(err)
	}
	data := m["a.gguf"].Data
	f, err := gguf.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	var out bytes.Buffer
	if err := gguf.Write(&out, f.Pairs, lazily(t, f)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// lazily are f's tensors, to be written as F32.
func lazily(t testing.TB, f *gguf.File) (out []gguf.Lazy) {
	for _, x := range f.Tensors {
		out = append(out, gguf.Lazy{Name: x.Name, Shape: x.Shape, Type: gguf.F32, Values: func() []float32 {
			values := make([]float32, x.Len())
			if err := f.Read(x, values); err != nil {
				t.Fatal(err)
			}
			return values
		}})
	}
	return out
}

// set gives a key another value; nil takes it away.
func set(f *gguf.File, key string, value any) {
	f.Pairs = slices.DeleteFunc(f.Pairs, func(p gguf.Pair) bool { return p.Key == key })
	if value != nil {
		f.Pairs = append(f.Pairs, gguf.Pair{Key: key, Value: value})
	}
}

// withPair is a file with one more key before the others, its value in the bytes
// of the format. The key is made so long that all else stays where it is aligned.
func withPair(file, value []byte) []byte {
	key := strings.Repeat("k", 1+(64-(9+len(value))%32)%32)
	var b bytes.Buffer
	b.Write(file[:16])
	b.Write(binary.LittleEndian.AppendUint64(nil, binary.LittleEndian.Uint64(file[16:])+1))
	b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(key))))
	b.WriteString(key)
	b.Write(value)
	b.Write(file[24:])
	return b.Bytes()
}

// widened makes every whole number one of 64 bits, signed or not, and lists too.
func widened(f *gguf.File, signed bool) {
	for i, p := range f.Pairs {
		if n, is := gguf.Whole(p.Value); is {
			if f.Pairs[i].Value = any(uint64(n)); signed {
				f.Pairs[i].Value = n
			}
		} else if list, is := gguf.Wholes(p.Value); is {
			f.Pairs[i].Value = list
		} else if x, is := p.Value.(float32); is {
			f.Pairs[i].Value = float64(x)
		}
	}
}

// GGUF files of other times and makers open as what they are.
func TestStrangeGGUF(t *testing.T) {
	bpe, err := tokenizer.TrainBPE([]byte(strings.Repeat(checkpointtest.Text, 9)), 280, tokenizer.WithSpecials(layout.EndOfText))
	if err != nil {
		t.Fatal(err)
	}
	run := checkpointtest.Fresh(t, checkpointtest.Forms["qwen3"], bpe)
	plain := remade(t, run, func(*gguf.File) {})
	version2 := slices.Clone(plain)
	version2[4] = 2
	nested := slices.Concat(u32(9), u32(9), u64(2), u32(4), u64(2), u32(1), u32(2), u32(8), u64(1), u64(1), []byte("x"))
	for name, c := range map[string]struct {
		file []byte
		note string
	}{
		"version 2":       {version2, ""},
		"signed integers": {remade(t, run, func(f *gguf.File) { widened(f, true) }), ""},
		"wide integers":   {remade(t, run, func(f *gguf.File) { widened(f, false) }), ""},
		"a list of equal numbers": {remade(t, run, func(f *gguf.File) {
			set(f, "qwen3.attention.head_count_kv", []uint16{2, 2})
			set(f, "qwen3.context_length", int16(16))
		}), ""},
		"arrays of arrays":   {withPair(plain, nested), ""},
		"causal, as it says": {remade(t, run, func(f *gguf.File) { set(f, "qwen3.attention.causal", true) }), ""},
		"a broken text":      {withPair(plain, slices.Concat(u32(8), u64(3), []byte("a\xff\xfe"))), ""},
		"broken texts":       {withPair(plain, slices.Concat(u32(9), u32(8), u64(1), u64(1), []byte{0xC3})), ""},
		"without pre":        {remade(t, run, func(f *gguf.File) { set(f, "tokenizer.ggml.pre", nil) }), NoteSplitRule},
		"bytes as types": {remade(t, run, func(f *gguf.File) {
			types, _ := gguf.Wholes(f.Value("tokenizer.ggml.token_type"))
			narrow := make([]uint8, len(types))
			for i := range types {
				narrow[i] = uint8(types[i])
			}
			set(f, "tokenizer.ggml.token_type", narrow)
		}), ""},
	} {
		got, notes, err := Import(fstest.MapFS{"a.gguf": {Data: c.file}}, generous)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if said := strings.Join(notes, "\n"); said != c.note {
			t.Errorf("%s: it says %q, want %q", name, said, c.note)
		}
		if !slices.Equal(checkpointtest.Logits(got), checkpointtest.Logits(run)) {
			t.Errorf("%s: its logits are others", name)
		}
	}
}

func u32(x uint32) []byte { return binary.LittleEndian.AppendUint32(nil, x) }
func u64(x uint64) []byte { return binary.LittleEndian.AppendUint64(nil, x) }

// split are the parts of a GGUF file that llama.cpp's gguf-split would make.
func split(t testing.TB, run checkpoint.Run, parts int) fstest.MapFS {
	files := fstest.MapFS{}
	for i := range parts {
		files[fmt.Sprintf("m-%05d-of-%05d.gguf", i+1, parts)] = &fstest.MapFile{Data: remade(t, run, func(f *gguf.File) {
			n := len(f.Tensors)
			f.Tensors = f.Tensors[i*n/parts : (i+1)*n/parts]
			if i > 0 {
				f.Pairs = nil
			}
			set(f, "split.no", uint16(i))
			set(f, "split.count", uint16(parts))
			set(f, "split.tensors.count", int32(n))
		})}
	}
	return files
}

// A model that was split opens from all of its parts, and from nothing less.
func TestSplitGGUF(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t))
	parts := split(t, run, 3)
	got, notes, err := Import(parts, generous)
	if err != nil || len(notes) > 0 || !slices.Equal(checkpointtest.Logits(got), checkpointtest.Logits(run)) {
		t.Fatal(err, notes)
	}
	first, second := "m-00001-of-00003.gguf", "m-00002-of-00003.gguf"
	for name, c := range map[string]struct {
		files fstest.MapFS
		says  string
	}{
		"one is missing":    {fstest.MapFS{first: parts[first], "m-00003-of-00003.gguf": parts["m-00003-of-00003.gguf"]}, second + ": it is missing"},
		"one alone":         {fstest.MapFS{second: parts[second]}, first + ": it is missing"},
		"one renamed":       {fstest.MapFS{"a.gguf": parts[first]}, "part 1 of 3"},
		"one twice":         {fstest.MapFS{first: parts[first], second: parts[first], "m-00003-of-00003.gguf": parts[first]}, "part 1 of 3"},
		"another model":     {fstest.MapFS{first: parts[first], second: parts[second], "m-00003-of-00003.gguf": parts["m-00003-of-00003.gguf"], "b.gguf": parts[first]}, "one at a time"},
		"one of another":    {fstest.MapFS{first: parts[first], second: {Data: remade(t, run, func(*gguf.File) {})}, "m-00003-of-00003.gguf": parts[first]}, "it is no part of"},
		"one without parts": {fstest.MapFS{"m-00001-of-99999.gguf": parts[first]}, "split into 99999 files"},
	} {
		_, _, err := Import(c.files, generous)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// What lies in a GGUF file and is no model is named.
func TestOtherGGUF(t *testing.T) {
	run := checkpointtest.Fresh(t, checkpointtest.Forms["llama"], checkpointtest.Chars(t))
	for says, change := range map[string]func(f *gguf.File){
		"a vocabulary alone":                    func(f *gguf.File) { f.Tensors = nil },
		"an adapter alone, in llama.cpp's":      func(f *gguf.File) { set(f, "general.type", "adapter") },
		"no language model":                     func(f *gguf.File) { set(f, "general.type", "mmproj") },
		"its layers differ":                     func(f *gguf.File) { set(f, "llama.attention.head_count", []uint32{4, 2}) },
		"\"llama.block_count\" is no whole":     func(f *gguf.File) { set(f, "llama.block_count", "two") },
		"\"llama.rope.freq_base\" is no number": func(f *gguf.File) { set(f, "llama.rope.freq_base", "x") },
		"it is no model that writes":            func(f *gguf.File) { set(f, "llama.attention.causal", false) },
		"is not a text of UTF-8":                func(f *gguf.File) { set(f, "general.architecture", "\xff") },
		"token 3 is not a text of UTF-8": func(f *gguf.File) {
			f.Value("tokenizer.ggml.tokens").([]string)[3] = "\xff"
		},
	} {
		_, _, err := Import(fstest.MapFS{"a.gguf": {Data: remade(t, run, change)}}, generous)
		var p *format.Problem
		if !errors.As(err, &p) || p.File == "" || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}
