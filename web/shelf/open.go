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

// Read gives read the files of a model's newest save that is whole. Its small
// files, of 64 kB at most, have been compared with their sums. That a larger one
// has changed read must notice itself, as checkpoint.Read does, so that nothing
// large is read twice: where it fails and a file is not as it was saved, it gets
// the save before. Errors are those of Open, and read's own.
func (s *Shelf) Read(id string, read func(fs.FS) error) error {
	saves, err := s.saves(id)
	if err != nil {
		return wrap("open", id, err)
	}
	var problem error
	for _, c := range saves {
		look, err := s.look(id, c)
		if err == nil {
			err = s.sized(id, c)
		}
		if err == nil {
			failed := read(look.FS)
			if failed == nil {
				s.know(id, c.Number)
				return nil
			}
			if err = s.verify(id, c); err == nil {
				return failed
			}
		}
		problem = cmp.Or(problem, err)
	}
	return wrap("open", id, problem)
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

// Limits of Peek, in bytes.
const (
	smallPeek = 64 << 10 // up to which a file is read at once, to see that the save is whole
	maxPeek   = 16 << 20 // up to which a file can be opened
)

// Peek gives the files of a model's newest save that seems whole: its small
// files, of 64 kB at most, are as they were saved, the others have their sizes.
// If there is none it is the newest all the same. A larger file is compared with
// its sum when it is opened, for which it may have 16 MB at most. It is for a
// look at small files; a save that Open finds damaged may be whole as far as
// Peek sees.
func (s *Shelf) Peek(id string) (fs.FS, error) {
	saves, err := s.saves(id)
	if err != nil {
		return nil, wrap("peek at", id, err)
	}
	for _, c := range saves {
		if look, err := s.look(id, c); err == nil && s.sized(id, c) == nil {
			return look, nil
		}
	}
	newest := saves[0]
	folder, err := fs.Sub(s.storage, slotFolder(id, newest.slot))
	return peeked{folder, newest.Files, nil}, err
}

// look reads the small files of a save.
func (s *Shelf) look(id string, c save) (peeked, error) {
	folder, err := fs.Sub(s.storage, slotFolder(id, c.slot))
	p := peeked{folder, c.Files, map[string]content{}}
	for _, f := range c.Files {
		if err == nil && f.Bytes <= smallPeek {
			p.small[f.Name], err = p.read(f)
		}
	}
	return p, err
}

type peeked struct {
	fs.FS
	files []File
	small map[string]content // that were read already
}

func (p peeked) Open(name string) (fs.File, error) {
	if c, known := p.small[name]; known {
		return c.open(), nil
	}
	for _, f := range p.files {
		if f.Name == name {
			c, err := p.read(f)
			if err != nil {
				return nil, err
			}
			return c.open(), nil
		}
	}
	return p.FS.Open(name)
}

// read reads a file and compares it.
func (p peeked) read(f File) (c content, err error) {
	if f.Bytes > maxPeek {
		return c, &fs.PathError{Op: "open", Path: f.Name, Err: fmt.Errorf("it has %d bytes, too many to peek at", f.Bytes)}
	}
	if c.info, err = fs.Stat(p.FS, f.Name); err != nil {
		return c, err
	}
	if c.text, err = readSmall(p.FS, f.Name, f.Bytes); err != nil {
		return c, err
	}
	if sum(c.text) != f.SHA256 {
		return c, &fs.PathError{Op: "open", Path: f.Name, Err: ErrDamaged}
	}
	return c, nil
}

// content is what was read of a file.
type content struct {
	text []byte
	info fs.FileInfo
}

func (c content) open() fs.File { return peekedFile{bytes.NewReader(c.text), c.info} }

type peekedFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f peekedFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f peekedFile) Close() error               { return nil }
