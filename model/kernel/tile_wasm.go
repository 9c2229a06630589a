//go:build goexperiment.simd && !purego

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// tileCols is the width of a tile of C: two vectors.
func tileCols() int { return 8 }

// stripRows computes a column of tiles of C, each 4 rows × tileCols:
//
//	C[i,j] = (C[i,j] if accumulate) + Σ_k A[i,k]·B[k,j]   for 4·tiles rows i
//
// All distances are in bytes: ldc and ldb between rows of C and B, lda between
// rows of A, astep between the tiles of A. tiles is at least 1.
//
//go:noescape
func stripRows(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool)

// stripCols is stripRows where the four elements of a tile of A at one k lie
// side by side, and lda is the distance from one k to the next.
//
//go:noescape
func stripCols(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool)

// move4 copies four numbers as one vector: copying a [4]float32 took 2.4 ns an
// element, this 0.3.
func move4(to, from unsafe.Pointer) {
	archsimd.LoadFloat32x4Array((*four)(from)).StoreArray((*four)(to))
}
