package format

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Limits on files, in bytes.
const (
	MaxJSON = 1 << 20 // of a configuration or a description, read whole
	MaxZip  = 2 << 30 // what a zip may become
)

// File is an opened file that can be read anywhere.
type File struct {
	io.ReaderAt
	Size int64 // as the file says; true once Fetch has been
	Held int64 // bytes of memory that it takes when it has been read whole
	fs.File
	name string
}

// Open opens a file. One that cannot be read anywhere is read from its
// beginning, as far as it is asked for.
func Open(fsys fs.FS, name string) (*File, error) {
	f, size, err := open(fsys, name)
	if err != nil {
		return nil, err
	}
	if r, is := f.(io.ReaderAt); is {
		return &File{r, size, 0, f, name}, nil
	}
	if size > MaxZip {
		f.Close()
		return nil, Wrong(TooLong, name, "it has %d bytes, more than the %d that can be read from here; unpack it first", size, int64(MaxZip))
	}
	return &File{&prefix{f: f, size: size}, size, size, f, name}, nil
}

// open opens an ordinary file, which says that it has size bytes.
func open(fsys fs.FS, name string) (f fs.File, size int64, err error) {
	if f, err = fsys.Open(name); errors.Is(err, fs.ErrNotExist) {
		return nil, 0, &Problem{Kind: Incomplete, File: name, What: "it is missing", Err: err}
	} else if err != nil {
		return nil, 0, &Problem{Kind: Damaged, File: name, What: "it cannot be opened", Err: err}
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, Wrong(Damaged, name, "it is no ordinary file")
	}
	return f, info.Size(), nil
}

// Fetch reads a file that cannot be read anywhere to its end. What its header
// says was compared with a size that is only said until then, as that of a
// zip's entry is: memory is taken for it after Fetch.
func (f *File) Fetch() error {
	if p, is := f.ReaderAt.(*prefix); is {
		if err := p.reach(p.size); err != nil {
			return Unreadable(f.name, err)
		}
	}
	return nil
}

// piece is the bytes that a prefix grows by.
const piece = 1 << 20

// prefix makes a file that can be read in order only one that can be read
// anywhere: it keeps all from the beginning to the last byte asked for, and takes
// at most a piece more than that, whatever size the file says it has.
type prefix struct {
	f          io.Reader
	size, have int64    // bytes, as the file says and that were read
	pieces     [][]byte // each but the last one full
}

func (p *prefix) ReadAt(b []byte, at int64) (int, error) {
	if err := p.reach(min(at+int64(len(b)), p.size)); err != nil {
		return 0, err
	}
	n := 0
	for n < len(b) && at < p.have {
		copied := copy(b[n:], p.pieces[at/piece][at%piece:])
		n, at = n+copied, at+int64(copied)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// reach reads on until there are end bytes.
func (p *prefix) reach(end int64) error {
	for p.have < end {
		last := len(p.pieces) - 1
		if p.have%piece == 0 {
			p.pieces = append(p.pieces, make([]byte, 0, min(piece, p.size-p.have)))
			last++
		}
		room := p.pieces[last]
		n, err := io.ReadFull(p.f, room[len(room):min(int64(cap(room)), int64(len(room))+end-p.have)])
		p.pieces[last], p.have = room[:len(room)+n], p.have+int64(n)
		if err != nil {
			return fmt.Errorf("it is shorter than it says: %w", err)
		}
		if p.have == p.size {
			// A zip's entry tells only here that its sum is wrong.
			if n, err := p.f.Read(make([]byte, 1)); n > 0 || err != io.EOF {
				return fmt.Errorf("it does not end where it says: %w", cmp.Or(err, io.ErrShortBuffer))
			}
		}
	}
	return nil
}

// Whole is a file of at most limit bytes.
func Whole(fsys fs.FS, name string, limit int64) ([]byte, error) {
	r, err := InOrder(fsys, name, limit)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, Unreadable(name, err)
	}
	return text, nil
}

// InOrder reads a file of at most limit bytes from its beginning to its end. It
// is an error if that is not where the file says.
func InOrder(fsys fs.FS, name string, limit int64) (io.ReadCloser, error) {
	f, size, err := open(fsys, name)
	if err != nil {
		return nil, err
	}
	if size > limit {
		f.Close()
		return nil, Wrong(TooLong, name, "it has %d bytes, more than the %d that are allowed: is it another file?", size, limit)
	}
	buffer := bufio.NewReaderSize(f, int(min(size, piece)))
	return &inOrder{buffer, f, size}, nil
}

type inOrder struct {
	r    io.Reader
	f    io.Closer
	left int64 // bytes, as the file says
}

func (o *inOrder) Close() error { return o.f.Close() }

func (o *inOrder) Read(b []byte) (n int, err error) {
	n, err = o.r.Read(b)
	o.left -= int64(n)
	switch {
	case o.left < 0 || err == io.ErrUnexpectedEOF:
		return 0, errors.New("it does not end where it says")
	case err == io.EOF && o.left > 0:
		return 0, errors.New("it is shorter than it says")
	}
	return n, err
}

// Exists tells whether fsys has a file of that name.
func Exists(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}
