package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// lockFile is the file in a run's folder that is locked while a run is saved there. The
// system lets go of the lock when the program that holds it ends, however it ends; a
// file that is left over hinders nobody.
const lockFile = ".hornbook-lock"

// hold makes a folder and keeps other programs from training into it, until release is
// called.
func hold(dir string) (release func(), err error) {
	_, before := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("cannot save to -out %s: %w", dir, reason(err))
	}
	f, who, err := locked(filepath.Join(dir, lockFile))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot save to -out %s: %w", dir, reason(err))
	case f == nil:
		return nil, fmt.Errorf("another hornbook trains into %s (%s): wait until it has ended, or save to another folder by -out", dir, who)
	}
	return func() {
		os.Remove(f.Name())
		f.Close()
		if before != nil { // the folder is ours: where nothing came of it, it goes
			os.Remove(dir)
		}
	}, nil
}

// locked is the file at path, locked and signed; nil where another program has locked
// it, and who that is.
func locked(path string) (f *os.File, who string, err error) {
	for {
		if f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
			return nil, "", err
		}
		if !lock(f) {
			defer f.Close()
			text, _ := io.ReadAll(io.LimitReader(f, 200))
			return nil, string(text), nil
		}
		if lies(f, path) {
			return f, "", sign(f)
		}
		f.Close() // who had it has removed it since
	}
}

// lies tells whether f is what lies at path.
func lies(f *os.File, path string) bool {
	there, err := os.Stat(path)
	if err != nil {
		return false
	}
	mine, err := f.Stat()
	return err == nil && os.SameFile(mine, there)
}

// sign writes into a locked file who has locked it.
func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	host, _ := os.Hostname()
	_, err := f.WriteAt(fmt.Appendf(nil, "process %d on %s, since %s", os.Getpid(), host, time.Now().Format("2006-01-02 15:04")), 0)
	return err
}
