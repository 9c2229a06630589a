package gguf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
)

// headerReader reads a header from its beginning. After the first error it
// reads zeros; err keeps that error.
type headerReader struct {
	r        io.ReaderAt
	buffer   *bufio.Reader
	at, left int64 // bytes read, and those of the file that follow
	err      error
}

func (h *headerReader) fail(format string, args ...any) {
	if h.err == nil {
		h.err = fmt.Errorf(format, args...)
	}
}

// bytes are the next n, which must be at most limit and in the file.
func (h *headerReader) bytes(n uint64, limit int64) []byte {
	if h.buffer == nil {
		h.buffer = bufio.NewReader(io.NewSectionReader(h.r, 0, h.left))
	}
	switch {
	case h.err != nil:
		return nil
	case n > uint64(limit):
		h.fail("something in the header is %d bytes long, more than the %d that are allowed", n, limit)
		return nil
	case n > uint64(h.left):
		h.fail("the header goes on after the file ends: it was cut off")
		return nil
	}
	var b []byte
	for len(b) < int(n) { // a piece at a time: the file may be shorter than it says
		at, end := len(b), min(len(b)+maxAtOnce, int(n))
		b = slices.Grow(b, end-at)[:end]
		if _, err := io.ReadFull(h.buffer, b[at:]); err != nil {
			h.fail("read the header: %w", err)
			return nil
		}
	}
	h.at, h.left = h.at+int64(n), h.left-int64(n)
	return b
}

// into reads the number that p points to.
func (h *headerReader) into(p any) {
	n := binary.Size(p)
	b := h.bytes(uint64(n), 8)
	if h.err == nil {
		_, h.err = binary.Decode(b, binary.LittleEndian, p)
	}
}

func (h *headerReader) uint32() (x uint32) { h.into(&x); return x }
func (h *headerReader) uint64() (x uint64) { h.into(&x); return x }

// count reads a number of things, each of which takes at least size bytes.
func (h *headerReader) count(limit int, size int64, what string) int {
	n := h.uint64()
	if n > uint64(limit) {
		h.fail("it says that it has %d %s, more than the %d that are allowed", n, what, limit)
	} else if int64(n)*size > h.left {
		h.fail("it says that it has %d %s, more than the file has room for: it was cut off", n, what)
	}
	if h.err != nil {
		return 0
	}
	return int(n)
}

func (h *headerReader) string(limit int64) string {
	return string(h.bytes(h.uint64(), limit))
}

// pairs reads n keys with their values into f.
func (h *headerReader) pairs(f *File, n int) {
	seen := map[string]bool{}
	for range n {
		key := h.string(maxKey)
		if seen[key] {
			h.fail("the key %q stands twice", key)
		}
		seen[key] = true
		value := h.value(kind(h.uint32()))
		if h.err != nil {
			h.err = fmt.Errorf("key %q: %w", key, h.err)
			return
		}
		f.Pairs = append(f.Pairs, Pair{key, value})
	}
}

// value reads a value of kind k.
func (h *headerReader) value(k kind) any {
	switch {
	case int(k) >= len(goTypes):
		h.fail("its type %d is unknown", k)
	case k == kindString:
		return h.string(maxString)
	case k == kindArray:
		return h.array(kind(h.uint32()), 1)
	default:
		p := reflect.New(goTypes[k])
		h.into(p.Interface())
		return p.Elem().Interface()
	}
	return nil
}

// array reads a list of items of kind k, in an array of that depth.
func (h *headerReader) array(k kind, depth int) any {
	switch {
	case int(k) >= len(goTypes):
		h.fail("its type %d is unknown", k)
		return nil
	case k == kindArray && depth == maxNested:
		h.fail("it has more than %d arrays, one in the other", maxNested)
		return nil
	case k == kindArray:
		for range h.count(maxArray, 12, "arrays") {
			if h.err == nil {
				h.array(kind(h.uint32()), depth+1)
			}
		}
		return Nested{}
	}
	size := int64(8) // of a string's length
	if k != kindString {
		size = int64(goTypes[k].Size())
	}
	n := h.count(maxArray, size, "items")
	if k == kindString {
		list := []string{}
		for range n {
			if h.err == nil {
				list = append(list, h.string(maxString))
			}
		}
		return list
	}
	b := h.bytes(uint64(n)*uint64(size), maxArray*8)
	if h.err != nil {
		return nil
	}
	list := reflect.MakeSlice(reflect.SliceOf(goTypes[k]), n, n).Interface()
	if n > 0 {
		_, h.err = binary.Decode(b, binary.LittleEndian, list)
	}
	return list
}

// tensors reads the names, shapes and places of n tensors into f.
func (h *headerReader) tensors(f *File, n int) {
	seen := map[string]bool{}
	var unknown error // reported last: a damaged file is damaged first of all
	for range n {
		t := Tensor{Name: h.string(maxKey)}
		if seen[t.Name] {
			h.fail("the tensor %q stands twice", t.Name)
		}
		seen[t.Name] = true
		t.Shape = h.shape()
		t.Type = Type(h.uint32())
		at := h.uint64()
		if h.err == nil && at > math.MaxInt64/2 {
			h.fail("tensor %q begins at byte %d, outside of any file", t.Name, at)
		}
		if h.err != nil {
			return
		}
		t.at = int64(at)
		var err error
		if t.size, err = size(t.Shape, t.Type); errors.Is(err, ErrType) {
			unknown = fmt.Errorf("tensor %q: %w", t.Name, err)
		} else if err != nil {
			h.fail("tensor %q: %w", t.Name, err)
		}
		f.Tensors = append(f.Tensors, t)
	}
	if h.err == nil {
		h.err = unknown
	}
}

// shape reads the dimensions of a tensor, the last one first.
func (h *headerReader) shape() []int {
	n := h.uint32()
	if h.err == nil && (n < 1 || n > maxDims) {
		h.fail("a tensor has %d dimensions; 1 to %d are possible", n, maxDims)
	}
	if h.err != nil {
		return nil
	}
	shape := make([]int, n)
	for i := range shape {
		d := h.uint64()
		if d > math.MaxInt32 {
			h.fail("a dimension of %d is impossible", d)
			return nil
		}
		shape[i] = int(d)
	}
	slices.Reverse(shape)
	return shape
}
