package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall/js"
	"time"

	"hornbook/wasm/jsrt"
)

// files are JavaScript's Files as an fs.FS, which reads parts of them only
// when they are asked for.
type files map[string]js.Value

// newFiles names an array of Files; of names that no fs.FS can have or that
// stand there already it keeps nothing.
func newFiles(names []string, list js.Value) files {
	f := files{}
	for i, name := range names {
		name = strings.Trim(path.Clean("/"+name), "/")
		if _, twice := f[name]; fs.ValidPath(name) && name != "." && !twice && i < list.Length() {
			f[name] = list.Index(i)
		}
	}
	return f
}

func (f files) Open(name string) (fs.File, error) {
	if blob, there := f[name]; there {
		return &file{info: info{path.Base(name), int64(blob.Get("size").Float())}, blob: blob}, nil
	}
	if entries := f.entries(name); len(entries) > 0 {
		return &folder{info: info{name: path.Base(name), size: -1}, entries: entries}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// entries lists what lies in a folder.
func (f files) entries(folder string) (entries []fs.DirEntry) {
	seen := map[string]bool{}
	for name, blob := range f {
		rest, inside := strings.CutPrefix(name, folder+"/")
		if folder == "." {
			rest, inside = name, true
		}
		first, _, deeper := strings.Cut(rest, "/")
		if !inside || seen[first] {
			continue
		}
		seen[first] = true
		size := int64(-1)
		if !deeper {
			size = int64(blob.Get("size").Float())
		}
		entries = append(entries, fs.FileInfoToDirEntry(info{first, size}))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries
}

// info is of a file, or with a size of -1 of a folder.
type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return max(0, i.size) }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.size < 0 }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// file is an open File.
type file struct {
	info info
	blob js.Value
	at   int64
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

func (f *file) Read(b []byte) (int, error) {
	n, err := f.ReadAt(b, f.at)
	f.at += int64(n)
	return n, err
}

// ReadAt reads a part. That the file has changed or gone is an error.
func (f *file) ReadAt(b []byte, at int64) (int, error) {
	if at >= f.info.size {
		return 0, io.EOF
	}
	end := min(at+int64(len(b)), f.info.size)
	part := f.blob.Call("slice", float64(at), float64(end))
	bytes, err := jsrt.Call(js.Global().Get("FileReaderSync").New(), "readAsArrayBuffer", part)
	if err != nil {
		return 0, fmt.Errorf("the browser cannot read this file any more; choose it again (%w)", err)
	}
	n := copy(b, jsrt.CopyIn(js.Global().Get("Uint8Array").New(bytes)))
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// folder is an open folder.
type folder struct {
	info    info
	entries []fs.DirEntry
}

func (d *folder) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *folder) Close() error               { return nil }
func (d *folder) Read([]byte) (int, error)   { return 0, errors.New("a folder cannot be read") }

func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.entries) {
		n = len(d.entries)
	}
	list := d.entries[:n]
	d.entries = d.entries[n:]
	return list, nil
}
