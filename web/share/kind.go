package share

import (
	"io"

	"hornbook/model/checkpoint/exchange"
	"hornbook/model/data/pairs"
	"hornbook/model/task"
)

// kind is one that a thing can have.
type kind struct {
	most  int64 // bytes
	check func(r io.ReaderAt, size int64) error
}

// kinds are read by the readers that will read them when they are opened. Files of
// text are short, so that the small machine of the edge has read them in time.
var kinds = map[string]kind{
	"model":   {8 << 20, exchange.CheckShared},
	"adapter": {4 << 20, exchange.CheckSharedAdapter},
	"card":    {16 << 10, checkCard},
	"task":    {256 << 10, checkTask},
	"pairs":   {256 << 10, checkPairs},
}

func checkTask(r io.ReaderAt, size int64) error {
	_, err := task.Read("the file", io.NewSectionReader(r, 0, size), task.Exact.Name)
	return err
}

func checkPairs(r io.ReaderAt, size int64) error {
	_, _, err := pairs.Read(io.NewSectionReader(r, 0, size))
	return err
}
