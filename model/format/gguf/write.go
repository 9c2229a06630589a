package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"slices"
)

// Lazy is a tensor to be written whose numbers are made when their turn comes.
type Lazy struct {
	Name   string
	Shape  []int // row by row; the file has it the other way round
	Type   Type
	Values func() []float32 // valid until the next call of any Values
}

// Write writes pairs and tensors in the order given.
func Write(w io.Writer, pairs []Pair, tensors []Lazy) error {
	header, sizes, err := header(pairs, tensors)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("gguf: write: %w", err)
	}
	for i, t := range tensors {
		if err := writeTensor(w, t, sizes[i]); err != nil {
			return fmt.Errorf("gguf: write %q: %w", t.Name, err)
		}
	}
	return nil
}

// writeTensor writes the numbers of t, a block at a time, padded.
func writeTensor(w io.Writer, t Lazy, size int64) error {
	values := t.Values()
	if b := blocks[t.Type]; int64(len(values)) != size/b.bytes*b.numbers {
		return fmt.Errorf("shape %v came with %d numbers", t.Shape, len(values))
	}
	const block = 1 << 14 // a multiple of a row's blocks
	var buffer []byte
	for len(values) > 0 {
		n := min(block, len(values))
		var err error
		if buffer, err = pack(buffer[:0], values[:n], t.Type); err != nil {
			return err
		}
		if _, err := w.Write(buffer); err != nil {
			return err
		}
		values = values[n:]
	}
	_, err := w.Write(make([]byte, padding(size, alignment)))
	return err
}

// header is all before the first tensor's numbers; sizes are the tensors'.
func header(pairs []Pair, tensors []Lazy) (text []byte, sizes []int64, err error) {
	var b bytes.Buffer
	b.WriteString(magic)
	put(&b, uint32(version))
	put(&b, uint64(len(tensors)))
	put(&b, uint64(len(pairs)))
	for _, p := range pairs {
		putString(&b, p.Key)
		if p.Key == alignmentKey || !putValue(&b, p.Value) {
			return nil, nil, fmt.Errorf("gguf: the key %q with a value of type %T cannot be written", p.Key, p.Value)
		}
	}
	at := int64(0)
	for _, t := range tensors {
		if len(t.Shape) < 1 || len(t.Shape) > maxDims || t.Type == BF16 {
			return nil, nil, fmt.Errorf("gguf: tensor %q of shape %v and type %v cannot be written", t.Name, t.Shape, t.Type)
		}
		n, err := size(t.Shape, t.Type)
		if err != nil {
			return nil, nil, fmt.Errorf("gguf: tensor %q cannot be written: %w", t.Name, err)
		}
		putString(&b, t.Name)
		put(&b, uint32(len(t.Shape)))
		for _, d := range slices.Backward(t.Shape) {
			put(&b, uint64(d))
		}
		put(&b, uint32(t.Type))
		put(&b, uint64(at))
		at += n + padding(n, alignment)
		sizes = append(sizes, n)
	}
	b.Write(make([]byte, padding(int64(b.Len()), alignment)))
	return b.Bytes(), sizes, nil
}

// put writes a number or a bool, or a slice of one.
func put(b *bytes.Buffer, x any) {
	b.Grow(binary.Size(x))
	room, _ := binary.Append(b.AvailableBuffer(), binary.LittleEndian, x) // fails for types without a size only
	b.Write(room)
}

func putString(b *bytes.Buffer, s string) {
	put(b, uint64(len(s)))
	b.WriteString(s)
}

// putValue writes the type of v and v; it fails for a type that GGUF lacks.
func putValue(b *bytes.Buffer, v any) bool {
	if v == nil {
		return false
	}
	t, list := reflect.TypeOf(v), reflect.ValueOf(v)
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	k := kind(slices.Index(goTypes[:], t))
	if t == reflect.TypeFor[[]any]() || int(k) >= len(goTypes) {
		return false
	}
	if list.Kind() == reflect.Slice {
		put(b, uint32(kindArray))
		put(b, uint32(k))
		put(b, uint64(list.Len()))
	} else {
		put(b, uint32(k))
	}
	switch v := v.(type) {
	case string:
		putString(b, v)
	case []string:
		for _, s := range v {
			putString(b, s)
		}
	default:
		put(b, v)
	}
	return true
}
