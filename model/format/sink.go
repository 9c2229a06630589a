package format

import (
	"io"
	"os"
	"path/filepath"
)

// Sink takes files, one after another. A file counts when it has been closed
// without an error.
type Sink interface {
	Create(name string) (io.WriteCloser, error)
}

// Dir is a Sink of new files in a folder that is there. It writes over none.
type Dir string

// Create makes the file, and the folders that its name has; that it lasts is the system's matter.
func (d Dir) Create(name string) (io.WriteCloser, error) {
	path := filepath.Join(string(d), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}
