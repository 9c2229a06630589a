//go:build goexperiment.simd && !purego

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// tileCols is the width of a tile of C: two vectors.
func tileCols() int { return 8 }

// packLying is the number of columns of C from which on packing a row-major A
// pays: never, the strips read it as fast where it lies.
const packLying = 1 << 62

// blockK bounds a panel of B to 16 KiB of the first cache.
const blockK = 512

// tallRows is the height of the tall tiles. Those of six rows spill registers
// unless products are fused with their sums.
var tallRows = func() int {
	if Fused {
		return 6
	}
	return shortRows
}()

// stripRows and stripCols compute tiles of a height, shortRows or tallRows.
func stripRows(height int, c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool) {
	if height == 6 {
		stripRows6(c, ldc, a, lda, astep, b, ldb, bstep, k, tiles, panels, accumulate)
	} else {
		stripRows4(c, ldc, a, lda, astep, b, ldb, bstep, k, tiles, panels, accumulate)
	}
}

func stripCols(height int, c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool) {
	if height == 6 {
		stripCols6(c, ldc, a, lda, astep, b, ldb, bstep, k, tiles, panels, accumulate)
	} else {
		stripCols4(c, ldc, a, lda, astep, b, ldb, bstep, k, tiles, panels, accumulate)
	}
}

// The strips compute columns of tiles of C, each of as many rows as the name
// says × tileCols:
//
//	C[i,j] = (C[i,j] if accumulate) + Σ_k A[i,k]·B[k,j]   for the rows of tiles tiles
//	                                                      and the columns of panels panels
//
// All distances are in bytes: ldc and ldb between rows of C and of a panel of
// B, bstep between the panels, lda between rows of A, astep between the tiles
// of A. tiles and panels are at least 1. In stripCols the elements of a tile of
// A at one k lie side by side, and lda is the distance from one k to the next.
//
// All in one call, since calling assembly from Go costs about 100 ns.

//go:noescape
func stripRows4(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)

//go:noescape
func stripCols4(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)

//go:noescape
func stripRows6(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)

//go:noescape
func stripCols6(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool)

// Fused tells whether a product and its sum are rounded once: whether the
// module went through package wasm/fuse. What is computed differs in the last
// bits.
var Fused = fused()

func fused() bool

// copyPair fills two panels, panel bytes apart, whose rows of by bytes (16 to
// 32) lie side by side in the source, k times, stride bytes apart there.
//
//go:noescape
func copyPair(to, from unsafe.Pointer, by, panel, stride uintptr, k int)

// transpose4 turns four rows of k numbers, from bytes apart, into k rows of
// four numbers, by bytes apart.
//
//go:noescape
func transpose4(to, src unsafe.Pointer, by, from, k int)

// move4 copies four numbers as one vector: copying a [4]float32 took 2.4 ns an
// element, this 0.3.
func move4(to, from unsafe.Pointer) {
	archsimd.LoadFloat32x4Array((*four)(from)).StoreArray((*four)(to))
}
