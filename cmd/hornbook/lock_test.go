package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two runs do not share a folder; the lock of one that has ended, however it ended,
// hinders nobody, and leaves nothing.
func TestTwoRunsInOneFolder(t *testing.T) {
	dir, data := filepath.Join(t.TempDir(), "run"), textFile(t, tales)
	release, err := hold(dir)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"train", "-data", data, "-preset", "tiny", "-steps", "1", "-out", dir}
	for _, more := range [][]string{nil, {"-resume"}} {
		_, errs, status := call(append(args, more...)...)
		if status != 1 || !strings.Contains(errs, fmt.Sprintf("another hornbook trains into %s (process %d on ", dir, os.Getpid())) {
			t.Errorf("%q: status %d, %q", more, status, errs)
		}
	}
	release()
	if _, err := os.Stat(dir); err == nil {
		t.Error("an empty folder is left")
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, lockFile)
	if err := os.WriteFile(left, []byte("process 1 on somewhere, killed"), 0o666); err != nil {
		t.Fatal(err)
	}
	done(t, args...)
	if _, err := os.Stat(left); err == nil {
		t.Error("the lock is left")
	}
}
