package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"

	"hornbook/model/format"
)

// folder is a run's folder, in which each file is the one that run.json names.
type folder struct {
	fs.FS
	sums  map[string]string // by name
	names map[string]string // where each lies: NAME or NAME.new
	got   map[string]string // the sums of those that were read from beginning to end
}

// Open opens the file of that name, wherever it lies.
func (f folder) Open(name string) (fs.File, error) {
	at, there := f.names[name]
	if !there {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	file, err := f.FS.Open(at)
	if err != nil {
		return nil, err
	}
	return summed(file, func(sum string) { f.got[name] = sum })
}

// newFolder finds the files that sums names. Where a save was cut off, some lie
// under NAME.new still.
func newFolder(fsys fs.FS, sums map[string]string) (folder, error) {
	f := folder{fsys, sums, map[string]string{}, map[string]string{}}
	for name, sum := range sums {
		if !fs.ValidPath(name) {
			return f, format.Wrong(format.UnsafeName, RunFile, "it names a file %q outside of the folder", name)
		}
		f.names[name] = name
		if !format.Exists(fsys, name+newSuffix) {
			continue
		}
		if got, err := sumOf(fsys, name+newSuffix); err == nil && got == sum {
			f.names[name] = name + newSuffix
		}
	}
	return f, nil
}

// sumOf is the SHA-256 of a file.
func sumOf(fsys fs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &format.Problem{Kind: format.Incomplete, File: name, What: "it is missing", Err: err}
	}
	if err != nil {
		return "", format.Unreadable(name, err)
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", format.Unreadable(name, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// verify compares all files with their sums. It reads those that were not read
// from beginning to end before.
func (f folder) verify() error {
	for _, name := range slices.Sorted(maps.Keys(f.sums)) {
		got, known := f.got[name]
		if !known {
			var err error
			if got, err = sumOf(f.FS, f.names[name]); err != nil {
				return err
			}
		}
		if got != f.sums[name] {
			return format.Wrong(format.Damaged, name, "it is not the one that was saved with %s: it was changed, or damaged; use another copy of the model", RunFile)
		}
	}
	return nil
}
