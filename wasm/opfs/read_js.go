package opfs

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"sync"
	"syscall/js"
	"time"
)

// Open is Storage's. Any number can read a file at a time; a large one is to be
// closed before it can be written again.
func (s *Storage) Open(name string) (fs.File, error) {
	f, err := s.open(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f, nil
}

func (s *Storage) open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	if name == "." {
		return &folder{storage: s, name: name, handle: s.root}, nil
	}
	parent, err := s.folder(path.Dir(name), false)
	if err != nil {
		return nil, err
	}
	if handle, err := await(parent, "getFileHandle", path.Base(name)); err == nil {
		blob, err := await(handle, "getFile")
		if err != nil {
			return nil, err
		}
		return newReader(s, name, handle, blob), nil
	}
	handle, err := await(parent, "getDirectoryHandle", path.Base(name))
	if err != nil {
		return nil, err
	}
	return &folder{storage: s, name: name, handle: handle}, nil
}

// reader is a file that is read. A small one is read as the Blob that it was
// when it was opened, which keeps no writer out. Blobs are slow, 200 ms a MB in
// Chromium, so that a large one is read by a handle, once it is read at all:
// one of those that are shared, where the browser knows them. Elsewhere a
// handle may be refused to all but the first; then the Blob has to do.
type reader struct {
	*io.SectionReader
	storage *Storage
	name    string
	file    js.Value // FileSystemFileHandle
	blob    js.Value
	opening sync.Mutex
	handle  js.Value // FileSystemSyncAccessHandle; undefined if there is none
	tried   bool     // to get the handle
	closed  bool
}

// smallBytes is the size up to which a file is read as a Blob.
const smallBytes = 64 << 10

func newReader(s *Storage, name string, file, blob js.Value) *reader {
	size := int64(blob.Get("size").Float())
	r := &reader{storage: s, name: name, file: file, blob: blob, tried: size <= smallBytes}
	r.SectionReader = io.NewSectionReader(readerAt{r}, 0, size)
	return r
}

func (r *reader) Stat() (fs.FileInfo, error) {
	return info{r.name, r.Size(), 0o666, time.UnixMilli(int64(r.blob.Get("lastModified").Float()))}, nil
}

func (r *reader) Close() error {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.closed {
		return fs.ErrClosed
	}
	r.closed = true
	if r.handle.IsUndefined() {
		return nil
	}
	_, err := call(r.handle, "close")
	return err
}

// open gets the handle of a large file.
func (r *reader) open() error {
	r.opening.Lock()
	defer r.opening.Unlock()
	if r.closed {
		return fs.ErrClosed
	}
	if r.tried {
		return nil
	}
	r.tried = true
	handle, err := await(r.file, "createSyncAccessHandle", object("mode", "read-only"))
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err == nil {
		r.handle = handle
	}
	return err
}

// readerAt reads a reader at any place.
type readerAt struct{ *reader }

func (r readerAt) ReadAt(b []byte, at int64) (n int, err error) {
	if err = r.open(); err == nil && r.handle.IsUndefined() {
		n, err = r.readBlob(b, at)
	} else if err == nil {
		n, err = r.readHandle(b, at)
	}
	if err != nil && err != io.EOF {
		err = &fs.PathError{Op: "read", Path: r.name, Err: err}
	}
	return n, err
}

func (r readerAt) readBlob(b []byte, at int64) (int, error) {
	part, err := call(r.blob, "slice", at, at+int64(len(b)))
	if err == nil {
		part, err = await(part, "arrayBuffer")
	}
	if err != nil {
		return 0, err
	}
	n := js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(part))
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (r readerAt) readHandle(b []byte, at int64) (n int, err error) {
	for n < len(b) {
		view := r.storage.buffer.Call("subarray", 0, min(len(b)-n, bufferBytes))
		read, err := call(r.handle, "read", view, object("at", at+int64(n)))
		if err != nil {
			return n, err
		}
		if read.Int() == 0 {
			return n, io.EOF
		}
		n += js.CopyBytesToGo(b[n:n+read.Int()], view)
	}
	return n, nil
}
