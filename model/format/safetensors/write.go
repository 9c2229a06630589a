package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"hornbook/model/format/half"
)

// Lazy is a tensor to be written whose numbers are made when their turn comes,
// so that the whole file need not be in memory.
type Lazy struct {
	Name   string
	Shape  []int
	DType  string           // F32 or F16
	Values func() []float32 // as many as Shape says; valid until the next call of any Values
}

// Write writes tensors in the order given, as F32.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	lazy := make([]Lazy, len(tensors))
	for i, t := range tensors {
		lazy[i] = Lazy{t.Name, t.Shape, F32, func() []float32 { return t.Data }}
		if n, err := elements(t.Shape); err != nil || n != int64(len(t.Data)) {
			return fmt.Errorf("safetensors: tensor %q of shape %v with %d numbers cannot be written", t.Name, t.Shape, len(t.Data))
		}
	}
	return WriteLazy(w, lazy, metadata)
}

// WriteLazy writes tensors in the order given. A number that F16 cannot hold
// is an error.
func WriteLazy(w io.Writer, tensors []Lazy, metadata map[string]string) error {
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
	for _, t := range tensors {
		values := t.Values()
		if n, _ := elements(t.Shape); n != int64(len(values)) {
			return fmt.Errorf("safetensors: tensor %q of shape %v came with %d numbers", t.Name, t.Shape, len(values))
		}
		if err := writeNumbers(w, values, t.DType); err != nil {
			return fmt.Errorf("safetensors: write %q: %w", t.Name, err)
		}
	}
	return nil
}

// writeNumbers writes values a block at a time.
func writeNumbers(w io.Writer, values []float32, dtype string) error {
	const block = 1 << 14
	buffer := make([]byte, 0, 4*min(block, len(values)))
	for len(values) > 0 {
		buffer = buffer[:0]
		n := min(block, len(values))
		for _, x := range values[:n] {
			switch dtype {
			case F32:
				buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(x))
				continue
			case BF16:
				buffer = binary.LittleEndian.AppendUint16(buffer, half.ToBF16(x))
				continue
			}
			h, fits := half.To(x)
			if !fits {
				return fmt.Errorf("%v is too large for F16; write F32 instead", x)
			}
			buffer = binary.LittleEndian.AppendUint16(buffer, h)
		}
		if _, err := w.Write(buffer); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// header is the JSON header, padded by spaces so that the numbers are aligned
// to eight bytes.
func header(tensors []Lazy, metadata map[string]string) ([]byte, error) {
	lines := map[string]any{}
	if len(metadata) > 0 {
		lines[metadataKey] = metadata
	}
	var at int64
	for _, t := range tensors {
		n, err := elements(t.Shape)
		_, twice := lines[t.Name]
		if err != nil || twice || t.Name == metadataKey || t.DType != F32 && t.DType != F16 && t.DType != BF16 {
			return nil, fmt.Errorf("safetensors: tensor %q of shape %v and type %q cannot be written", t.Name, t.Shape, t.DType)
		}
		shape := t.Shape
		if shape == nil {
			shape = []int{}
		}
		size := n * widths[t.DType]
		lines[t.Name] = entry{t.DType, shape, [2]int64{at, at + size}}
		at += size
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
