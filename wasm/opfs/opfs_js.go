package opfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall/js"
	"time"

	"hornbook/wasm/jsrt"
	"hornbook/web/shelf"
)

// Storage is a shelf.Storage. Its methods wait for the browser, so they must not
// be called from a callback.
type Storage struct {
	root   js.Value // FileSystemDirectoryHandle
	buffer js.Value // Uint8Array through which files are written and read
}

// bufferBytes is how much is written or read at once.
const bufferBytes = 1 << 20

// Open is the storage of this page's origin. It fails where the browser has
// none or does not let the page have it, as in some private windows and in
// pages that are opened as files.
func Open() (*Storage, error) {
	navigator := js.Global().Get("navigator")
	if !navigator.Truthy() || !navigator.Get("storage").Truthy() || !navigator.Get("storage").Get("getDirectory").Truthy() ||
		!navigator.Get("locks").Truthy() || !js.Global().Get("FileSystemSyncAccessHandle").Truthy() {
		return nil, errors.New("opfs: this browser, or this way to open the page, has no storage for files; serve the page from https or 127.0.0.1 to an up-to-date browser")
	}
	root, err := await(navigator.Get("storage"), "getDirectory")
	if err != nil {
		return nil, fmt.Errorf("opfs: the browser does not let this page keep files (a private window, or a setting): %w", err)
	}
	return &Storage{root: root, buffer: js.Global().Get("Uint8Array").New(bufferBytes)}, nil
}

// await calls a method that gives a promise and waits for it.
func await(object js.Value, method string, args ...any) (js.Value, error) {
	promise, err := call(object, method, args...)
	if err != nil {
		return promise, err
	}
	value, err := jsrt.Await(promise)
	return value, known(err)
}

// call calls a method; what it throws is the error.
func call(object js.Value, method string, args ...any) (js.Value, error) {
	value, err := jsrt.Call(object, method, args...)
	return value, known(err)
}

// known gives the errors that a shelf tells apart their Go names.
func known(err error) error {
	if err == nil {
		return nil
	}
	name, _, _ := strings.Cut(err.Error(), ":")
	switch name {
	case "NotFoundError", "TypeMismatchError": // the latter: a file on the way, or a folder
		return fmt.Errorf("%w (%w)", fs.ErrNotExist, err)
	case "QuotaExceededError":
		return fmt.Errorf("%w (%w)", shelf.ErrFull, err)
	case "NoModificationAllowedError":
		return fmt.Errorf("%w (%w)", fs.ErrPermission, err)
	}
	return err
}

// object makes a JavaScript object with one field.
func object(key string, value any) js.Value {
	o := js.Global().Get("Object").New()
	o.Set(key, value)
	return o
}

// folder walks to a folder and makes it, if asked to.
func (s *Storage) folder(name string, create bool) (js.Value, error) {
	at := s.root
	if name == "." {
		return at, nil
	}
	for part := range strings.SplitSeq(name, "/") {
		var err error
		if at, err = await(at, "getDirectoryHandle", part, object("create", create)); err != nil {
			return at, err
		}
	}
	return at, nil
}

// patience is how long a file or a lock may still be in the hands of a page
// that has just been left or reloaded.
const patience = 3 * time.Second

// patiently repeats what the browser refuses because a file is open.
func patiently(do func() error) error {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if err := do(); !errors.Is(err, fs.ErrPermission) || time.Now().After(end) {
			return err
		}
	}
}

// Create is Storage's. While the file is open for writing nobody else can open
// it for that.
func (s *Storage) Create(name string) (io.WriteCloser, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrInvalid}
	}
	f := &writer{storage: s, name: name}
	err := patiently(func() error { return f.open() })
	if err != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: err}
	}
	return f, nil
}

// Remove is Storage's.
func (s *Storage) Remove(name string) error {
	if !fs.ValidPath(name) || name == "." {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrInvalid}
	}
	err := patiently(func() error {
		folder, err := s.folder(path.Dir(name), false)
		if err == nil {
			_, err = await(folder, "removeEntry", path.Base(name), object("recursive", true))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &fs.PathError{Op: "remove", Path: name, Err: err}
	}
	return nil
}

// Space is Storage's: what the browser says of the whole origin.
func (s *Storage) Space() (shelf.Space, error) {
	storage := js.Global().Get("navigator").Get("storage")
	space := shelf.Space{Left: -1}
	estimate, err := await(storage, "estimate")
	if err != nil {
		return space, fmt.Errorf("opfs: space: %w", err)
	}
	space.Used = int64(estimate.Get("usage").Float())
	if quota := estimate.Get("quota"); quota.Type() == js.TypeNumber {
		space.Left = max(0, int64(quota.Float())-space.Used)
	}
	lasting, err := await(storage, "persisted")
	if err != nil {
		return space, fmt.Errorf("opfs: space: %w", err)
	}
	space.Lasting = lasting.Bool()
	return space, nil
}
