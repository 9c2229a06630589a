package main

import (
	"errors"
	"io"
	"syscall/js"

	"hornbook/wasm/jsrt"
)

const (
	block     = 32 << 10 // bytes that are read at once
	mostParts = 32       // of an object, since a request may ask R2 only so often
)

// object is one of the bucket's, of which a part is read when it is needed.
type object struct {
	objects
	id   string
	size int64
	read []part
}

// part is some of an object.
type part struct {
	at int64
	b  []byte
}

// opened is an object of which both ends are read: its first block, and its last where
// that is another.
func opened(o objects, id string, size int64, ends []byte) *object {
	first := min(block, size)
	return &object{o, id, size, []part{{0, ends[:first]}, {size - int64(len(ends)) + first, ends[first:]}}}
}

// ReadAt reads from the parts that it needs.
func (o *object) ReadAt(b []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("it begins elsewhere")
	}
	for n < len(b) && at < o.size {
		from, err := o.from(at)
		if err != nil {
			return n, err
		}
		copied := copy(b[n:], from)
		n, at = n+copied, at+int64(copied)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// from is what is read of the object from a place on, some bytes at least.
func (o *object) from(at int64) ([]byte, error) {
	for _, p := range o.read {
		if in := at - p.at; in >= 0 && in < int64(len(p.b)) {
			return p.b[in:], nil
		}
	}
	if len(o.read) == mostParts {
		return nil, errors.New("it has too much to look at")
	}
	length := min(block, o.size-at)
	got, err := jsrt.Await(js.Global().Call("part", o.bucket, o.id, at, length))
	switch {
	case err != nil:
		return nil, err
	case got.IsNull():
		return nil, errors.New("it is gone")
	}
	p := part{at, jsrt.CopyIn(got)}
	if int64(len(p.b)) != length {
		return nil, io.ErrUnexpectedEOF
	}
	o.read = append(o.read, p)
	return p.b, nil
}

// Close has nothing to close.
func (*object) Close() error { return nil }
