package main

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// What LockFileEx takes and gives (winbase.h, winerror.h).
const (
	failImmediately = 1
	exclusive       = 2
	lockViolation   = syscall.Errno(33)
)

// lock locks f for as long as it is open, and reports false where another has. A file
// system that knows no locks lets everybody in. The byte that is locked lies beyond
// those that are written, which others may read.
func lock(f *os.File) bool {
	at := syscall.Overlapped{Offset: 1 << 20}
	ok, _, err := lockFileEx.Call(f.Fd(), exclusive|failImmediately, 0, 1, 0, uintptr(unsafe.Pointer(&at)))
	return ok != 0 || !errors.Is(err, lockViolation)
}
