//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package main

import "os"

// lock knows no locks here: everybody is let in.
func lock(*os.File) bool { return true }
