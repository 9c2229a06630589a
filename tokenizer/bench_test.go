//go:build !js

package tokenizer

import (
	"bytes"
	"os"
	"testing"
)

// benchText is Tiny Shakespeare where it lies beside the repository, else the
// training text of testdata, repeated: about 1.1 MB.
func benchText(b *testing.B) []byte {
	if text, err := os.ReadFile("../../shared/data/tinyshakespeare.txt"); err == nil {
		return text
	}
	return bytes.Repeat(readFile(b, "testdata/train.txt"), 33)
}

func BenchmarkTrainBPE(b *testing.B) {
	text := benchText(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := TrainBPE(text, 256+1024); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	text := benchText(b)
	bpe, err := TrainBPE(text, 256+1024)
	if err != nil {
		b.Fatal(err)
	}
	chars, err := NewChars(text)
	if err != nil {
		b.Fatal(err)
	}
	for _, tok := range []Tokenizer{chars, NewBytes(), bpe} {
		b.Run(string(tok.Kind()), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				tok.Encode(text)
			}
		})
	}
	b.Run("gpt2", func(b *testing.B) {
		gpt2 := readGPT2(b)
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			gpt2.Encode(text)
		}
	})
}

// BenchmarkEncodeRandom is the worst case: no pre-token comes again.
func BenchmarkEncodeRandom(b *testing.B) {
	bpe := trained(b)
	text := randomBytes(1, 1<<20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		bpe.Encode(text)
	}
}

// BenchmarkEncodeLong is one pre-token of a megabyte.
func BenchmarkEncodeLong(b *testing.B) {
	bpe := trained(b)
	text := bytes.Repeat([]byte("aea"), 1<<20/3)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		bpe.Encode(text)
	}
}

// BenchmarkEncodeReal is a megabyte of Shakespeare, and one of all scripts mixed,
// by the tokenizers of large models.
func BenchmarkEncodeReal(b *testing.B) {
	for _, name := range realNames {
		tok := readReal(b, name)
		for kind, text := range map[string][]byte{"english": benchText(b), "mixed": []byte(mixed(1 << 20))} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					tok.Encode(text)
				}
			})
		}
	}
}

// BenchmarkReadReal is how long it takes until such a tokenizer can be used.
func BenchmarkReadReal(b *testing.B) {
	for _, name := range realNames {
		data := readFile(b, realFile(name))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ReadJSON(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
