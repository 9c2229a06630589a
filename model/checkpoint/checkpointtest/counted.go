package checkpointtest

import (
	"io"
	"io/fs"
)

// Counted is a file system that counts the bytes that are read of each file.
type Counted struct {
	fs.FS
	Bytes map[string]int64 // by name
}

// Open opens a file, which can be read anywhere if the other can.
func (c Counted) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	one := countedFile{f, c, name}
	if r, is := f.(io.ReaderAt); is {
		return countedAnywhere{one, r}, nil
	}
	return one, nil
}

type countedFile struct {
	fs.File
	c    Counted
	name string
}

func (f countedFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.c.Bytes[f.name] += int64(n)
	return n, err
}

type countedAnywhere struct {
	countedFile
	r io.ReaderAt
}

func (f countedAnywhere) ReadAt(b []byte, at int64) (int, error) {
	n, err := f.r.ReadAt(b, at)
	f.c.Bytes[f.name] += int64(n)
	return n, err
}
