package shelf

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// inChunks reads a file of about size bytes in large pieces: each may cost the
// storage a turn of the browser's event loop.
func inChunks(r io.Reader, size int64) io.Reader {
	return bufio.NewReaderSize(r, int(min(size, 1<<20)))
}

// Open gives the files of a model's newest save that is whole: all of them are
// read, and compared with their sums. A model that is deleted can still be
// opened. The files stay as they are until the second Save after it. Errors are
// fs.ErrNotExist, ErrDamaged and ErrNewer.
func (s *Shelf) Open(id string) (fs.FS, error) {
	c, err := s.open(id)
	if err != nil {
		return nil, wrap("open", id, err)
	}
	return fs.Sub(s.storage, slotFolder(id, c.slot))
}

func (s *Shelf) open(id string) (save, error) {
	saves, err := s.saves(id)
	if err != nil {
		return save{}, err
	}
	var problem error
	for _, c := range saves {
		err := s.verify(id, c)
		if err == nil {
			s.know(id, c.Number)
			return c, nil
		}
		problem = cmp.Or(problem, err)
	}
	return save{}, problem
}

// verify reads all files of a save. The error is ErrDamaged if they are not as
// they were saved.
func (s *Shelf) verify(id string, c save) error {
	if err := s.sized(id, c); err != nil {
		return err
	}
	for _, f := range c.Files {
		name := path.Join(slotFolder(id, c.slot), f.Name)
		got, err := hashFile(s.storage, name, f.Bytes)
		if err != nil {
			return err
		}
		if got != f.SHA256 {
			return fmt.Errorf("%w: %s has changed since it was saved", ErrDamaged, name)
		}
	}
	return nil
}

func hashFile(fsys fs.FS, name string, size int64) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, inChunks(f, size)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// maxPeek is how large a file may be that Peek's files are read from, in bytes.
const maxPeek = 16 << 20

// Peek gives the files of a model's newest save without reading them all: each
// is compared with its sum when it is opened, for which it may have 16 MB at
// most. It is for a look at small files; a save that Open finds damaged may be
// whole as far as Peek sees.
func (s *Shelf) Peek(id string) (fs.FS, error) {
	saves, err := s.saves(id)
	if err != nil {
		return nil, wrap("peek at", id, err)
	}
	newest := saves[0]
	folder, err := fs.Sub(s.storage, slotFolder(id, newest.slot))
	return peeked{folder, newest.Files}, err
}

type peeked struct {
	fs.FS
	files []File
}

func (p peeked) Open(name string) (fs.File, error) {
	for _, f := range p.files {
		if f.Name == name {
			return p.read(f)
		}
	}
	return p.FS.Open(name)
}

// read reads a file and compares it.
func (p peeked) read(f File) (fs.File, error) {
	if f.Bytes > maxPeek {
		return nil, &fs.PathError{Op: "open", Path: f.Name, Err: fmt.Errorf("it has %d bytes, too many to peek at", f.Bytes)}
	}
	info, err := fs.Stat(p.FS, f.Name)
	if err != nil {
		return nil, err
	}
	content, err := readSmall(p.FS, f.Name, f.Bytes)
	if err != nil {
		return nil, err
	}
	if sum(content) != f.SHA256 {
		return nil, &fs.PathError{Op: "open", Path: f.Name, Err: ErrDamaged}
	}
	return peekedFile{bytes.NewReader(content), info}, nil
}

type peekedFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f peekedFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f peekedFile) Close() error               { return nil }
