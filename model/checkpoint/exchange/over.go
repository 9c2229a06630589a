package exchange

import (
	"bytes"
	"errors"
	"io/fs"

	"hornbook/model/checkpoint"
)

// ReadOver reads a run whose files lie in a zip, and those that are not there in
// under: so a model that another was made from need not lie in both.
func ReadOver(zipped []byte, under fs.FS) (checkpoint.Run, error) {
	z, err := openZip(bytes.NewReader(zipped), int64(len(zipped)), "")
	if err != nil {
		return checkpoint.Run{}, err
	}
	return checkpoint.Read(over{z, under})
}

// over is two folders, of which the first covers the second.
type over struct{ top, under fs.FS }

func (o over) Open(name string) (fs.File, error) {
	f, err := o.top.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.under.Open(name)
	}
	return f, err
}
