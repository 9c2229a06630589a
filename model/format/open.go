package format

import (
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
	Size int64
	Held int64 // bytes of memory that it takes when it has been read whole
	fs.File
}

// Open opens a file. One that cannot be read anywhere is read from its
// beginning, as far as it is asked for.
func Open(fsys fs.FS, name string) (*File, error) {
	f, err := fsys.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &Problem{Kind: Incomplete, File: name, What: "it is missing", Err: err}
		}
		return nil, &Problem{Kind: Damaged, File: name, What: "it cannot be opened", Err: err}
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, Wrong(Damaged, name, "it is no ordinary file")
	}
	size := info.Size()
	if r, is := f.(io.ReaderAt); is {
		return &File{r, size, 0, f}, nil
	}
	if size > MaxZip {
		f.Close()
		return nil, Wrong(TooLong, name, "it has %d bytes, more than the %d that can be read from here; unpack it first", size, int64(MaxZip))
	}
	return &File{&prefix{f: f, size: size}, size, size, f}, nil
}

// prefix makes a file that can be read in order only one that can be read
// anywhere: it keeps all from the beginning to the last byte asked for.
type prefix struct {
	f    io.Reader
	size int64
	kept []byte
}

func (p *prefix) ReadAt(b []byte, at int64) (int, error) {
	end := min(at+int64(len(b)), p.size)
	if have := int64(len(p.kept)); end > have {
		const small = 1 << 20
		if end > int64(cap(p.kept)) {
			room := p.size // once more than the header is read, all will be
			if end <= small {
				room = min(p.size, small)
			}
			p.kept = append(make([]byte, 0, room), p.kept...)
		}
		n, err := io.ReadFull(p.f, p.kept[have:end])
		p.kept = p.kept[:have+int64(n)]
		if err != nil {
			return 0, fmt.Errorf("it is shorter than it says: %w", err)
		}
		if end == p.size {
			// A zip's entry tells only here that its sum is wrong.
			if n, err := p.f.Read(make([]byte, 1)); n > 0 || err != io.EOF {
				return 0, fmt.Errorf("it does not end where it says: %w", cmp.Or(err, io.ErrShortBuffer))
			}
		}
	}
	if at >= int64(len(p.kept)) {
		return 0, io.EOF
	}
	n := copy(b, p.kept[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Whole is a file of at most limit bytes.
func Whole(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := Open(fsys, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size > limit {
		return nil, Wrong(TooLong, name, "it has %d bytes, more than the %d that are allowed: is it another file?", f.Size, limit)
	}
	text := make([]byte, f.Size)
	if n, err := f.ReadAt(text, 0); n < len(text) {
		return nil, Unreadable(name, err)
	}
	return text, nil
}

// Exists tells whether fsys has a file of that name.
func Exists(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}
