package opfs

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"syscall/js"
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
