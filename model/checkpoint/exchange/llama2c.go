package exchange

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// The files of Karpathy's llama2.c (https://github.com/karpathy/llama2.c, export.py and
// run.c): a header of seven numbers and the weights of a Llama in f32, all layers of
// one kind together, whose heads turn row 2i with row 2i+1; and beside them
// tokenizer.bin, SentencePiece's tokens with their scores.

const (
	llama2cMagic  = 0x616b3432 // "ak42", of versions from 1 on
	llama2cHeader = 256        // bytes, of those
	llama2cTokens = "tokenizer.bin"
)

// llama2c is a file of weights that was looked at.
type llama2c struct {
	recipe.Model
	at, size int64 // of the weights, from the beginning of the file; of the file
	old      bool  // the version without a number, which has tables of RoPE besides
	untied   bool
}

// llama2cOf reads the header of a file; is is false if it is none of llama2.c's.
func llama2cOf(head []byte, size int64) (f llama2c, is bool, err error) {
	if len(head) < 28 {
		return f, false, nil
	}
	numbers := head
	f.size, f.old = size, binary.LittleEndian.Uint32(head) != llama2cMagic
	if !f.old {
		if version := binary.LittleEndian.Uint32(head[4:]); version != 1 || len(head) < llama2cHeader {
			return f, true, format.Wrong(format.Unsupported, "", "it holds weights of llama2.c in its version %d, which are quantized and cannot be opened; export the model as version 0 or 1", version)
		}
		numbers = head[8:]
	}
	var n [7]int64
	for i := range n {
		n[i] = int64(int32(binary.LittleEndian.Uint32(numbers[4*i:])))
	}
	if f.at = 28; f.old {
		f.untied, n[5] = n[5] < 0, max(n[5], -n[5])
	} else {
		f.at, f.untied = llama2cHeader, numbers[28] == 0
	}
	small := !slices.ContainsFunc(n[:], func(x int64) bool { return x < 1 || x > 1<<20 })
	if !small || n[0]%(2*n[3]) != 0 || n[3]%n[4] != 0 || n[2] > 1<<10 || n[0]/n[3] > 1<<10 {
		if f.old {
			return f, false, nil // hardly any seven numbers of another file pass this
		}
		return f, true, format.Wrong(format.Damaged, "", "it describes a model of llama2.c that is impossible (%v); get it again", n)
	}
	f.Model = recipe.Model{Channels: int(n[0]), Hidden: int(n[1]), Layers: int(n[2]), Heads: int(n[3]), KVHeads: int(n[4]), Vocab: int(n[5]), Context: int(n[6]),
		Norm: "rmsnorm", NormEps: 1e-5, Position: "rope", RoPEBase: 10000, MLP: "swiglu", Tied: !f.untied}
	return f, true, nil
}

// end is the byte that follows the last weight.
func (f llama2c) end() int64 {
	at := float64(f.at)
	for _, p := range f.parts() {
		at += 4 * float64(p.layers) * float64(p.rows) * float64(p.cols)
	}
	return int64(min(at, math.MaxInt64/2))
}

// llama2cPart is a kind of tensor, of all layers together; its name is llama.cpp's,
// "" for one that is not needed.
type llama2cPart struct {
	name               string
	layers, rows, cols int
}

// parts are the file's, in its order.
func (f llama2c) parts() []llama2cPart {
	c, l, kv := f.Channels, f.Layers, f.Channels/f.Heads*f.KVHeads
	norms := []llama2cPart{{"blk.%d.attn_norm.weight", l, c, 1}, {"blk.%d.ffn_norm.weight", l, c, 1}}
	table, last := llama2cPart{"token_embd.weight", 1, f.Vocab, c}, llama2cPart{"output_norm.weight", 1, c, 1}
	attention := []llama2cPart{{"blk.%d.attn_q.weight", l, c, c}, {"blk.%d.attn_k.weight", l, kv, c}, {"blk.%d.attn_v.weight", l, kv, c}, {"blk.%d.attn_output.weight", l, c, c}}
	mlp := []llama2cPart{{"blk.%d.ffn_gate.weight", l, f.Hidden, c}, {"blk.%d.ffn_down.weight", l, c, f.Hidden}, {"blk.%d.ffn_up.weight", l, f.Hidden, c}}
	var head []llama2cPart
	if f.untied {
		head = []llama2cPart{{"output.weight", 1, f.Vocab, c}}
	}
	if f.old {
		angles := llama2cPart{"", 1, f.Context, c / f.Heads / 2}
		return slices.Concat([]llama2cPart{table, norms[0]}, attention, norms[1:], mlp, []llama2cPart{last, angles, angles}, head)
	}
	return slices.Concat(norms, []llama2cPart{last, table}, attention, mlp, head)
}

// openLlama2c looks at weights of llama2.c; it gives nil if the file holds none.
func openLlama2c(fsys fs.FS, name string, names []string) (_ *checkpoint.Opening, err error) {
	b, err := format.Open(fsys, name)
	if err != nil {
		return nil, err
	}
	head := make([]byte, min(llama2cHeader, max(0, b.Size)))
	n, _ := b.ReadAt(head, 0)
	f, is, err := llama2cOf(head[:n], b.Size)
	if !is || err != nil {
		b.Close()
		if p, wrong := err.(*format.Problem); wrong {
			p.File = name
		}
		return nil, err
	}
	o := &checkpoint.Opening{File: name}
	o.Keep(b)
	defer func() {
		if err != nil {
			o.Close()
		}
	}()
	if !slices.Contains(names, llama2cTokens) {
		return nil, format.Wrong(format.Incomplete, llama2cTokens, "it is missing: %s holds weights of llama2.c, which say nothing of their tokens; give the %s that it was made with too", name, llama2cTokens)
	}
	if end := f.end(); end != f.size && (f.old || end > f.size) {
		return nil, format.Wrong(format.Damaged, name, "by what it says of itself it should have %d bytes, and has %d: it was cut off, or is something else", end, f.size)
	}
	if o.Run.Tokenizer, err = llama2cTokenizer(fsys, f.Vocab); err != nil {
		return nil, err
	}
	at := f.at
	for _, p := range f.parts() {
		for layer := range p.layers {
			from, shape := at, []int{p.rows, p.cols}
			if at += 4 * int64(p.rows) * int64(p.cols); p.name == "" {
				continue
			}
			if p.cols == 1 {
				shape = shape[:1]
			}
			o.Tensors[strings.Replace(p.name, "%d", fmt.Sprint(layer), 1)] = layout.Stored{File: name, DType: "F32", Shape: shape, Read: func(dst []float32) error { return readF32(b, from, dst) }}
		}
	}
	o.Layout = func(g *model.GPT) []layout.Slot { return layout.GGUF(g, layout.Llama) }
	return o, settle(o, f.Model, name)
}

// readF32 fills dst from byte at on, a block at a time.
func readF32(r io.ReaderAt, at int64, dst []float32) error {
	raw := make([]byte, 4*min(1<<14, len(dst)))
	for len(dst) > 0 {
		n := min(1<<14, len(dst))
		if got, err := r.ReadAt(raw[:4*n], at); got < 4*n {
			return cmp.Or(err, io.ErrUnexpectedEOF)
		}
		for i := range n {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		dst, at = dst[n:], at+4*int64(n)
	}
	return nil
}

// llama2cTokenizer reads tokenizer.bin of so many tokens. It has spaces where
// SentencePiece has ▁, and line ends around <s> and </s>.
func llama2cTokenizer(fsys fs.FS, size int) (tokenizer.Tokenizer, error) {
	text, err := format.Whole(fsys, llama2cTokens, tokenizer.MaxFile)
	if err != nil {
		return nil, err
	}
	s := tokenizer.SentencePiece{Unknown: 0, Special: []int32{1, 2}, SpaceBefore: true, Before: []int32{1}}
	rest := text[min(4, len(text)):]
	for len(s.Tokens) < size {
		if len(rest) < 8 || int64(binary.LittleEndian.Uint32(rest[4:])) > int64(len(rest)-8) {
			return nil, format.Wrong(format.Damaged, llama2cTokens, "it has %d tokens, but the model %d; they do not belong together, or it was cut off", len(s.Tokens), size)
		}
		n := 8 + int(binary.LittleEndian.Uint32(rest[4:]))
		s.Scores = append(s.Scores, math.Float32frombits(binary.LittleEndian.Uint32(rest)))
		s.Tokens = append(s.Tokens, strings.ReplaceAll(string(rest[8:n]), " ", "▁"))
		rest = rest[n:]
	}
	if len(s.Tokens) < 3 {
		return nil, format.Wrong(format.Damaged, llama2cTokens, "it has %d tokens; those of a begin and an end are missing", len(s.Tokens))
	}
	copy(s.Tokens, []string{"<unk>", "<s>", "</s>"})
	tok, err := tokenizer.NewSentencePiece(s)
	if err != nil {
		return nil, &format.Problem{Kind: format.Unsupported, File: llama2cTokens, What: "this tokenizer cannot be used", Err: err}
	}
	return tok, nil
}
