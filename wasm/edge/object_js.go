package main

import (
	"errors"
	"io"

	"hornbook/wasm/jsrt"
)

const (
	block      = 32 << 10 // bytes that are read at once
	mostBlocks = 32       // of an object, since a request may ask R2 only so often
)

// object is one of the bucket's, read a block at a time.
type object struct {
	objects
	id   string
	size int64
	read map[int64][]byte // by number
}

// ReadAt reads from the blocks that it needs.
func (o *object) ReadAt(b []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("it begins elsewhere")
	}
	for n < len(b) && at < o.size {
		from, err := o.block(at / block)
		if err != nil {
			return n, err
		}
		copied := copy(b[n:], from[at%block:])
		n, at = n+copied, at+int64(copied)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// block is the i-th.
func (o *object) block(i int64) ([]byte, error) {
	if b, has := o.read[i]; has {
		return b, nil
	}
	if len(o.read) == mostBlocks {
		return nil, errors.New("it has too much to look at")
	}
	got, err := o.call("get", o.id, map[string]any{"range": map[string]any{"offset": i * block, "length": min(block, o.size-i*block)}})
	if err != nil {
		return nil, err
	}
	if got.IsNull() {
		return nil, errors.New("it is gone")
	}
	promise, err := jsrt.Call(got, "bytes")
	if err == nil {
		promise, err = jsrt.Await(promise)
	}
	if err != nil {
		return nil, err
	}
	b := jsrt.CopyIn(promise)
	if want := min(block, o.size-i*block); int64(len(b)) != want {
		return nil, io.ErrUnexpectedEOF
	}
	o.read[i] = b
	return b, nil
}

// Close has nothing to close.
func (*object) Close() error { return nil }
