// Package safetensors reads and writes the safetensors format: eight bytes of
// header length (little endian), a JSON header that gives each tensor's type,
// shape and place, then the numbers themselves. It knows nothing of models.
//
// Source: https://github.com/huggingface/safetensors, "Format".
package safetensors

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Tensor is a named array of numbers, row by row.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// maxHeader bounds the header, as the reference implementation does.
const maxHeader = 100 << 20

const metadataKey = "__metadata__"

// entry is a tensor's line in the header.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // from the end of the header
}

// widths are the bytes of a number of each type that can be read.
var widths = map[string]int64{"F32": 4, "F16": 2, "BF16": 2}

// Write writes tensors in the order given, as F32.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	header, err := header(tensors, metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))); err != nil {
		return fmt.Errorf("safetensors: write: %w", err)
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("safetensors: write: %w", err)
	}
	var buffer []byte
	for _, t := range tensors {
		buffer = buffer[:0]
		for _, x := range t.Data {
			buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(x))
		}
		if _, err := w.Write(buffer); err != nil {
			return fmt.Errorf("safetensors: write %q: %w", t.Name, err)
		}
	}
	return nil
}

// header is the JSON header, padded by spaces so that the numbers are aligned
// to eight bytes.
func header(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	lines := map[string]any{}
	if len(metadata) > 0 {
		lines[metadataKey] = metadata
	}
	var at int64
	for _, t := range tensors {
		n, err := elements(t.Shape)
		if _, twice := lines[t.Name]; err != nil || twice || t.Name == metadataKey || n != int64(len(t.Data)) {
			return nil, fmt.Errorf("safetensors: tensor %q of shape %v with %d numbers cannot be written", t.Name, t.Shape, len(t.Data))
		}
		shape := t.Shape
		if shape == nil {
			shape = []int{}
		}
		lines[t.Name] = entry{"F32", shape, [2]int64{at, at + 4*n}}
		at += 4 * n
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return nil, fmt.Errorf("safetensors: write the header: %w", err)
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	return text, nil
}

// elements is the product of shape; it fails for negative sizes and overflow.
func elements(shape []int) (int64, error) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt64/8/int64(d) {
			return 0, fmt.Errorf("its shape %v is impossible", shape)
		}
		n *= int64(d)
	}
	return n, nil
}

// Read reads all tensors of a file of size bytes, in the order in which they
// lie. Numbers of F16 and BF16 are widened. What the header says is checked
// against size before memory is taken.
func Read(r io.ReaderAt, size int64) (tensors []Tensor, metadata map[string]string, err error) {
	lines, metadata, start, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	names, err := order(lines, size-start)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		e := lines[name]
		raw := make([]byte, e.Offsets[1]-e.Offsets[0])
		if err := readAt(r, raw, start+e.Offsets[0]); err != nil {
			return nil, nil, fmt.Errorf("safetensors: read tensor %q: %w", name, err)
		}
		tensors = append(tensors, Tensor{name, e.Shape, widen(raw, e.DType)})
	}
	return tensors, metadata, nil
}

func readHeader(r io.ReaderAt, size int64) (lines map[string]entry, metadata map[string]string, start int64, err error) {
	var length [8]byte
	if err := readAt(r, length[:], 0); err != nil {
		return nil, nil, 0, fmt.Errorf("safetensors: the file is too short to hold a header: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, nil, 0, fmt.Errorf("safetensors: the header should be %d bytes long, more than the file has or than is allowed (%d)", n, maxHeader)
	}
	text := make([]byte, n)
	if err := readAt(r, text, 8); err != nil {
		return nil, nil, 0, fmt.Errorf("safetensors: read the header: %w", err)
	}
	lines, metadata, err = parse(text)
	return lines, metadata, 8 + int64(n), err
}

// readAt fills b; a reader may report io.EOF with the last byte.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	return cmp.Or(err, io.ErrUnexpectedEOF)
}

// order returns the names by their place and checks that the tensors fill
// exactly the room bytes after the header.
func order(lines map[string]entry, room int64) ([]string, error) {
	names := make([]string, 0, len(lines))
	for name, e := range lines {
		width, known := widths[e.DType]
		n, err := elements(e.Shape)
		switch {
		case !known:
			return nil, fmt.Errorf("safetensors: tensor %q has numbers of type %q; F32, F16 and BF16 can be read", name, e.DType)
		case err != nil:
			return nil, fmt.Errorf("safetensors: tensor %q: %w", name, err)
		case e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] || e.Offsets[1]-e.Offsets[0] != n*width:
			return nil, fmt.Errorf("safetensors: tensor %q of shape %v cannot lie at bytes %v", name, e.Shape, e.Offsets)
		}
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(lines[a].Offsets[0], lines[b].Offsets[0]),
			cmp.Compare(lines[a].Offsets[1], lines[b].Offsets[1]), cmp.Compare(a, b))
	})
	at := int64(0)
	for _, name := range names {
		if lines[name].Offsets[0] != at {
			return nil, fmt.Errorf("safetensors: tensor %q begins at byte %d, but the one before ends at %d", name, lines[name].Offsets[0], at)
		}
		at = lines[name].Offsets[1]
	}
	if at != room {
		return nil, fmt.Errorf("safetensors: the tensors end at byte %d, the file at %d: it was cut off or has something added", at, room)
	}
	return names, nil
}

// widen turns raw numbers of one of the known types into float32.
func widen(raw []byte, dtype string) []float32 {
	out := make([]float32, int64(len(raw))/widths[dtype])
	for i := range out {
		switch dtype {
		case "F32":
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		case "BF16":
			out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		case "F16":
			out[i] = half(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	}
	return out
}

// half widens an IEEE 754 binary16.
func half(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, int(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // zero or subnormal: fraction · 2⁻²⁴
		x := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(sign | math.Float32bits(x))
	case 31: // infinity or not a number
		return math.Float32frombits(sign | 0x7F800000 | fraction<<13)
	}
	return math.Float32frombits(sign | uint32(exponent+112)<<23 | fraction<<13)
}
