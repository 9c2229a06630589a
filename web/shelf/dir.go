package shelf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"syscall"
)

// Dir is the Storage in a folder of the native file system, which is made if it
// is missing. Its locks hold among users of the same Storage only.
func Dir(folder string) (Storage, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	return &dir{FS: root.FS(), root: root}, nil
}

type dir struct {
	fs.FS
	root *os.Root
	Locks
}

func (d *dir) Create(name string) (io.WriteCloser, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrInvalid}
	}
	if err := d.root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return nil, full(err)
	}
	f, err := d.root.Create(name)
	if err != nil {
		return nil, full(err)
	}
	return &dirFile{f, d, name}, nil
}

func (d *dir) Remove(name string) error {
	if !fs.ValidPath(name) || name == "." {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrInvalid}
	}
	if err := d.root.RemoveAll(name); err != nil {
		return err
	}
	if err := d.sync(path.Dir(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sync makes the entries of a folder last.
func (d *dir) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// Space counts what lies in the folder.
func (d *dir) Space() (Space, error) {
	space := Space{Left: -1, Lasting: true}
	err := fs.WalkDir(d, ".", func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			space.Used += info.Size()
		}
		return err
	})
	return space, err
}

// dirFile is a file that is written.
type dirFile struct {
	*os.File
	dir  *dir
	name string
}

func (f *dirFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, full(err)
}

// Close makes the file last, and the folders on the way to it.
func (f *dirFile) Close() error {
	err := cmp.Or(f.Sync(), f.File.Close())
	for at := f.name; err == nil && at != "."; {
		at = path.Dir(at)
		err = f.dir.sync(at)
	}
	return full(err)
}

// full makes the errors of a full disk ErrFull.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w (%w)", ErrFull, err)
	}
	return err
}

// Locks are locks by name among those who share them. The zero value is ready.
type Locks struct {
	mutex sync.Mutex
	taken map[string]bool
}

// Lock is Storage's.
func (l *Locks) Lock(name string) (release func(), ok bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.taken[name] {
		return nil, false
	}
	if l.taken == nil {
		l.taken = map[string]bool{}
	}
	l.taken[name] = true
	return sync.OnceFunc(func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		delete(l.taken, name)
	}), true
}
