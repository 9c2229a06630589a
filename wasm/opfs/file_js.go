package opfs

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"syscall/js"
	"time"
)

// writer is a file that is written, over a FileSystemSyncAccessHandle.
type writer struct {
	storage *Storage
	name    string
	handle  js.Value
	size    int64
	closed  bool
}

func (w *writer) open() error {
	folder, err := w.storage.folder(path.Dir(w.name), true)
	if err != nil {
		return err
	}
	file, err := await(folder, "getFileHandle", path.Base(w.name), object("create", true))
	if err != nil {
		return err
	}
	if w.handle, err = await(file, "createSyncAccessHandle"); err != nil {
		return err
	}
	if _, err := call(w.handle, "truncate", 0); err != nil {
		w.handle.Call("close")
		return err
	}
	return nil
}

func (w *writer) Write(b []byte) (n int, err error) {
	if w.closed {
		return 0, fs.ErrClosed
	}
	for part := range slices.Chunk(b, bufferBytes) {
		js.CopyBytesToJS(w.storage.buffer, part)
		view := w.storage.buffer.Call("subarray", 0, len(part))
		wrote, err := call(w.handle, "write", view, object("at", w.size))
		if err == nil && wrote.Int() < len(part) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return n, &fs.PathError{Op: "write", Path: w.name, Err: err}
		}
		n += len(part)
		w.size += int64(len(part))
	}
	return n, nil
}

// Close makes the file last.
func (w *writer) Close() error {
	if w.closed {
		return fs.ErrClosed
	}
	w.closed = true
	_, err := call(w.handle, "flush")
	if _, closing := call(w.handle, "close"); err == nil {
		err = closing
	}
	if err != nil {
		return &fs.PathError{Op: "close", Path: w.name, Err: err}
	}
	return nil
}

// Open is Storage's. A file is read as the Blob that it was when it was opened:
// any number can read it, a writer is not kept out, and once the file has
// changed reading fails.
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
		r := &reader{name: name, blob: blob, size: int64(blob.Get("size").Float())}
		r.SectionReader = io.NewSectionReader(blobAt{r}, 0, r.size)
		return r, nil
	}
	handle, err := await(parent, "getDirectoryHandle", path.Base(name))
	if err != nil {
		return nil, err
	}
	return &folder{storage: s, name: name, handle: handle}, nil
}

// reader is a file that is read.
type reader struct {
	*io.SectionReader
	name string
	blob js.Value
	size int64
}

func (r *reader) Stat() (fs.FileInfo, error) {
	return info{r.name, r.size, 0o666, time.UnixMilli(int64(r.blob.Get("lastModified").Float()))}, nil
}

func (r *reader) Close() error { return nil }

// blobAt reads a reader's Blob.
type blobAt struct{ *reader }

func (r blobAt) ReadAt(b []byte, at int64) (int, error) {
	part, err := call(r.blob, "slice", at, at+int64(len(b)))
	if err == nil {
		part, err = await(part, "arrayBuffer")
	}
	if err != nil {
		return 0, &fs.PathError{Op: "read", Path: r.name, Err: err}
	}
	n := js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(part))
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// folder is a directory that is read.
type folder struct {
	storage *Storage
	name    string
	handle  js.Value
	entries []fs.DirEntry // that are left; nil before the first ReadDir
	read    bool
}

func (f *folder) Stat() (fs.FileInfo, error) {
	return info{f.name, 0, fs.ModeDir | 0o777, time.Time{}}, nil
}

func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

func (f *folder) Close() error { return nil }

// ReadDir is fs.ReadDirFile's.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if !f.read {
		var err error
		if f.entries, err = f.list(); err != nil {
			return nil, &fs.PathError{Op: "readdir", Path: f.name, Err: err}
		}
		f.read = true
	}
	count := len(f.entries)
	if n > 0 {
		if count == 0 {
			return nil, io.EOF
		}
		count = min(n, count)
	}
	first := f.entries[:count]
	f.entries = f.entries[count:]
	return first, nil
}

// list goes through the directory's iterator.
func (f *folder) list() (entries []fs.DirEntry, err error) {
	for each := f.handle.Call("values"); ; {
		next, err := await(each, "next")
		if err != nil || next.Get("done").Bool() {
			return entries, err
		}
		handle := next.Get("value")
		e := entry{storage: f.storage, name: path.Join(f.name, handle.Get("name").String())}
		e.folder = handle.Get("kind").String() == "directory"
		entries = append(entries, e)
	}
}

// entry is a file or folder in a directory.
type entry struct {
	storage *Storage
	name    string
	folder  bool
}

func (e entry) Name() string { return path.Base(e.name) }
func (e entry) IsDir() bool  { return e.folder }
func (e entry) Type() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}
func (e entry) Info() (fs.FileInfo, error) { return fs.Stat(e.storage, e.name) }
func (e entry) String() string             { return fs.FormatDirEntry(e) }

// info describes a file or folder.
type info struct {
	name     string
	size     int64
	mode     fs.FileMode
	modified time.Time
}

func (i info) Name() string       { return path.Base(i.name) }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.modified }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
