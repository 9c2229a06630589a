package shelf

import (
	"errors"
	"io"
	"io/fs"
)

// Storage is folders and files that last. Names are slash-separated, as in
// io/fs. Its open files are io.ReaderAts too, its folders fs.ReadDirFiles; what
// is missing is fs.ErrNotExist.
//
// A program may be killed at any moment. A file that was created and not
// closed may then hold anything, and of a folder that was being removed a part
// may remain; all that was closed or removed before is as it was left.
type Storage interface {
	fs.FS

	// Create makes a file, and the folders on the way; one that was there is
	// replaced. It lasts once Close has returned nil. The error of a full disk,
	// of Write and Close too, is ErrFull.
	Create(name string) (io.WriteCloser, error)

	// Remove removes a file, or a folder with all in it. That there is none is
	// no error.
	Remove(name string) error

	// Lock keeps other users of the storage, such as another tab, from the same
	// lock until it is released or the program ends. It is not ok while they
	// have it.
	Lock(name string) (release func(), ok bool)

	Space() (Space, error)
}

// Space is how much a storage holds.
type Space struct {
	Used, Left int64 // bytes; Left is about, and -1 if unknown
	Lasting    bool  // it will not be cleared when space gets short
}

// What can go wrong, besides fs.ErrNotExist.
var (
	ErrFull    = errors.New("there is no space left to keep this; delete something and try again")
	ErrBusy    = errors.New("another tab or program is writing this model; close it there and try again")
	ErrNewer   = errors.New("it was saved by a newer Hornbook; reload the page or update to use it")
	ErrNoText  = errors.New("a text that it learns from is not kept any more")
	ErrDamaged = errors.New("its files are damaged")
)
