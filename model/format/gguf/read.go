package gguf

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// File is an opened file: its header has been checked, the numbers of its
// tensors are read when they are asked for.
type File struct {
	Pairs   []Pair   // in the order of the file
	Tensors []Tensor // likewise
	r       io.ReaderAt
}

// Tensor is a tensor of a file.
type Tensor struct {
	Name  string
	Shape []int // row by row: the reverse of what the file has
	Type  Type

	at, size int64 // of its numbers, from the beginning of the file
}

// Len is the number of the tensor's numbers.
func (t Tensor) Len() int { b := blocks[t.Type]; return int(t.size / b.bytes * b.numbers) }

// Value is the value of a key, nil if the file has none.
func (f *File) Value(key string) any {
	for _, p := range f.Pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}

// Open reads the header of a file of size bytes. Nothing that it says is
// believed before it was compared with size. An error wraps
// ErrType or ErrVersion if the file is sound as far as it was read.
func Open(r io.ReaderAt, size int64) (*File, error) {
	h := &headerReader{r: r, left: size}
	if text := h.bytes(4, 4); h.err == nil && string(text) != magic {
		return nil, fmt.Errorf("gguf: the file does not begin with %q: it is another kind of file", magic)
	}
	if v := h.uint32(); h.err == nil && v != version && v != oldVersion {
		return nil, fmt.Errorf("gguf: the file is of version %d: %w", v, ErrVersion)
	}
	tensors, pairs := h.count(maxTensors, 24, "tensors"), h.count(maxPairs, 13, "keys")
	f := &File{r: r}
	h.pairs(f, pairs)
	h.tensors(f, tensors)
	if h.err != nil {
		return nil, fmt.Errorf("gguf: %w", h.err)
	}
	if err := f.place(h.at, size); err != nil {
		return nil, fmt.Errorf("gguf: %w", err)
	}
	return f, nil
}

// place checks where the tensors lie, and makes their places those in the file;
// the header ends at byte end.
func (f *File) place(end, fileSize int64) error {
	align := int64(alignment)
	if v := f.Value(alignmentKey); v != nil {
		a, is := Whole(v)
		if align = a; !is || align < 8 || align > maxAlignment || align&(align-1) != 0 {
			return fmt.Errorf("%s is %v; it must be a power of two from 8 to %d", alignmentKey, v, maxAlignment)
		}
	}
	start := end + padding(end, align)
	byPlace := make([]*Tensor, len(f.Tensors))
	for i := range f.Tensors {
		byPlace[i] = &f.Tensors[i]
	}
	slices.SortStableFunc(byPlace, func(a, b *Tensor) int { return cmp.Compare(a.at, b.at) })
	free := int64(0)
	for _, t := range byPlace {
		switch {
		case t.at%align != 0:
			return fmt.Errorf("tensor %q begins at byte %d, which is no multiple of %d", t.Name, t.at, align)
		case t.at < free:
			return fmt.Errorf("tensor %q begins at byte %d, inside the one before, which ends at %d", t.Name, t.at, free)
		case t.size > fileSize-start-t.at:
			return fmt.Errorf("tensor %q should end at byte %d of the numbers, but the file ends before: it was cut off", t.Name, t.at+t.size)
		}
		free = t.at + t.size
		t.at += start
	}
	return nil
}

// Read fills dst, t.Len() long, with the numbers of t, a block at a time.
func (f *File) Read(t Tensor, dst []float32) error {
	if len(dst) != t.Len() {
		panic("gguf: a tensor is read into memory of another size")
	}
	const block = 1 << 14
	b := blocks[t.Type]
	bytes := func(numbers int) int64 { return int64(numbers) / b.numbers * b.bytes }
	raw := make([]byte, bytes(min(block, len(dst))))
	for at := 0; at < len(dst); at += block {
		part := dst[at:min(at+block, len(dst))]
		if n, err := f.r.ReadAt(raw[:bytes(len(part))], t.at+bytes(at)); n < int(bytes(len(part))) {
			return fmt.Errorf("gguf: read tensor %q: %w", t.Name, cmp.Or(err, io.ErrUnexpectedEOF))
		}
		unpack(part, raw, t.Type)
	}
	return nil
}
