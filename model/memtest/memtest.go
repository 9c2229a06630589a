// Package memtest measures memory for tests.
package memtest

import "runtime"

// Live is the memory, in bytes, that lives on after do, with what it returns.
func Live(do func() any) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := do()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}
