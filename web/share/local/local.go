// SQLite is not translated for the browser.

//go:build !js

package local

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"hornbook/web/share"
)

// The folder's own names.
const (
	database = "share.db"
	things   = "things"
)

// Open opens the folder dir, and makes it if it is not there. One program at a time
// may have it.
func Open(dir string) (Files, *sql.DB, error) {
	files := Files{filepath.Join(dir, things)}
	if err := os.MkdirAll(files.dir, 0o700); err != nil {
		return files, nil, fmt.Errorf("make the folder of what is shared: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(dir, database))+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=synchronous(NORMAL)")
	if err != nil {
		return files, nil, fmt.Errorf("open %s: %w", database, err)
	}
	db.SetMaxOpenConns(1) // SQLite writes one at a time anyway
	if err := db.Ping(); err != nil {
		db.Close()
		return files, nil, fmt.Errorf("open %s: %w; is the folder on a disk of this machine, and may it be written to?", database, err)
	}
	return files, db, nil
}

// Files is share.Objects in a folder.
type Files struct{ dir string }

// part ends the name of a file that is not whole yet.
const part = ".part"

// at is where an id lies; ids are letters and digits, which the handler has seen to.
func (f Files) at(id string) string { return filepath.Join(f.dir, id) }

// Put keeps a file and opens it.
func (f Files) Put(_ context.Context, id string, body io.Reader, want share.Want) (share.Object, error) {
	if err := f.write(id, body, want); err != nil {
		return nil, err
	}
	file, err := os.Open(f.at(id))
	if err != nil {
		return nil, fmt.Errorf("keep a thing: %w", errors.Join(err, os.Remove(f.at(id))))
	}
	return object{file}, nil
}

// write writes a file beside its place and moves it there when it is whole.
func (f Files) write(id string, body io.Reader, want share.Want) (err error) {
	file, err := os.OpenFile(f.at(id)+part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep a thing: %w", err)
	}
	defer func() {
		file.Close()
		if err != nil {
			os.Remove(f.at(id) + part)
		}
	}()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, hash), io.LimitReader(body, want.Size+1))
	var broken *fs.PathError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return share.ErrSlow
	case errors.As(err, &broken): // of the file, not of the body
		return fmt.Errorf("keep a thing: %w", err)
	case err != nil || n != want.Size:
		return share.ErrCut
	case [32]byte(hash.Sum(nil)) != want.Sum:
		return share.ErrSum
	}
	if err := errors.Join(file.Sync(), file.Close(), os.Rename(f.at(id)+part, f.at(id))); err != nil {
		return fmt.Errorf("keep a thing: %w", err)
	}
	return nil
}

// object is an opened file; what goes wrong says nothing of where it lies.
type object struct{ *os.File }

func (o object) ReadAt(b []byte, at int64) (int, error) {
	n, err := o.File.ReadAt(b, at)
	if err != nil && err != io.EOF {
		err = errors.New("it ends, or begins, elsewhere")
	}
	return n, err
}

// Send copies a file.
func (f Files) Send(_ context.Context, id string, w io.Writer) error {
	file, err := os.Open(f.at(id))
	if errors.Is(err, fs.ErrNotExist) {
		return share.ErrNone
	} else if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

// Delete removes files, whole or not.
func (f Files) Delete(_ context.Context, ids ...string) error {
	var failed []error
	for _, id := range ids {
		for _, name := range []string{f.at(id), f.at(id) + part} {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// Old lists the files that were written before a time.
func (f Files) Old(_ context.Context, before time.Time) (ids []string, err error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("list what is shared: %w", err)
	}
	for _, e := range entries {
		id := strings.TrimSuffix(e.Name(), part)
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) && share.ValidID(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
