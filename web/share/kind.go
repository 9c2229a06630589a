package share

import (
	"bytes"
	"io"

	"hornbook/model/checkpoint/exchange"
	"hornbook/model/data/pairs"
	"hornbook/model/task"
)

// kind is one that a thing can have.
type kind struct {
	most  int64 // bytes
	check func(r io.ReaderAt, size int64) error
	lines bool // of text, of which the first may be enough
}

// kinds are read by the readers that will read them when they are opened.
var kinds = map[string]kind{
	"model":   {8 << 20, exchange.CheckShared, false},
	"adapter": {4 << 20, exchange.CheckSharedAdapter, false},
	"card":    {16 << 10, checkCard, false},
	"task":    {256 << 10, checkTask, true},
	"pairs":   {256 << 10, checkPairs, true},
}

// first is how many bytes of r to look at: all, or the lines that end within the first
// most, or the first line if it is longer.
func first(r io.ReaderAt, size, most int64) (int64, error) {
	for ; most > 0 && most < size; most *= 2 {
		b := make([]byte, most)
		if n, err := r.ReadAt(b, 0); n < len(b) {
			return 0, err
		}
		if end := bytes.LastIndexByte(b, '\n'); end >= 0 {
			return int64(end) + 1, nil
		}
	}
	return size, nil
}

func checkTask(r io.ReaderAt, size int64) error {
	_, err := task.Read("the file", io.NewSectionReader(r, 0, size), task.Exact.Name)
	return err
}

func checkPairs(r io.ReaderAt, size int64) error {
	_, _, err := pairs.Read(io.NewSectionReader(r, 0, size))
	return err
}
