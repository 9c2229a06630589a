package opfs

import (
	"io"
	"io/fs"
	"path"
	"syscall/js"
	"time"
)

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
