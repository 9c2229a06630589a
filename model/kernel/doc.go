// Package kernel holds the float32 loops that everything else is made of.
//
// Every kernel has a plain Go reference, xxxRef, compiled on every target. The
// reference is the meaning: a fast path changes speed, never meaning. The fast
// paths stand in files named *_simd.go, written with Go's simd packages from
// one source for WebAssembly and native machines; they need
// GOEXPERIMENT=simd and are turned off by the build tag purego.
//
// Letters, here and in every package above:
//
//	B batch   T time   C channels   V vocabulary   H heads   D head size
//	K key and value heads (grouped-query attention)   F hidden size of the MLP
//
// A matrix lies in memory row by row. A gradient of x is dx, and every kernel
// named …Grad ADDS to the gradients that it is given, so that a value used
// twice collects both. Slices must not overlap unless a comment says that they
// may. A wrong length is a caller's mistake and panics.
package kernel
