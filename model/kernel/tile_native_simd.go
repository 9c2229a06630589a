//go:build goexperiment.simd && !purego && !wasm

package kernel

import (
	"simd"
	"unsafe"
)

// tileCols is the width of a tile of C: two vectors.
func tileCols() int { return simd.VectorBitSize() / 16 }

// packLying is the number of columns of C from which on packing a row-major A
// pays.
const packLying = 256

// blockK bounds a panel of B to 8 to 32 KiB of the first cache.
const blockK = 256

// tallRows is the height of tall tiles: there are none.
const tallRows = shortRows

// Fused tells whether a product and its sum are rounded once; natively that
// differs from loop to loop.
const Fused = false

// stripRows computes a column of tiles of C, each 4 rows × tileCols:
//
//	C[i,j] = (C[i,j] if accumulate) + Σ_k A[i,k]·B[k,j]   for 4·tiles rows i
//
// All distances are in bytes: ldc and ldb between rows of C and B, lda between
// rows of A, astep between the tiles of A. tiles is at least 1.
//
//go:nocheckptr
func stripRows(height int, c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool) {
	for ; tiles > 0; tiles-- {
		var c00, c01, c10, c11, c20, c21, c30, c31 simd.Float32s
		a0, a2, bk := a, unsafe.Add(a, 2*lda), b
		for left := k; left > 0; left-- {
			b0, b1 := load(bk, 0), load(bk, c00.Len())
			v := splat(a0)
			c00, c01 = v.MulAdd(b0, c00), madd(v, b1, c01)
			v = splat(unsafe.Add(a0, lda))
			c10, c11 = v.MulAdd(b0, c10), madd(v, b1, c11)
			v = splat(a2)
			c20, c21 = v.MulAdd(b0, c20), madd(v, b1, c21)
			v = splat(unsafe.Add(a2, lda))
			c30, c31 = v.MulAdd(b0, c30), madd(v, b1, c31)
			a0, a2, bk = unsafe.Add(a0, 4), unsafe.Add(a2, 4), unsafe.Add(bk, ldb)
		}
		storeRow(c, c00, c01, accumulate)
		storeRow(unsafe.Add(c, ldc), c10, c11, accumulate)
		storeRow(unsafe.Add(c, 2*ldc), c20, c21, accumulate)
		storeRow(unsafe.Add(c, 3*ldc), c30, c31, accumulate)
		a, c = unsafe.Add(a, astep), unsafe.Add(c, 4*ldc)
	}
}

// stripCols is stripRows where the four elements of a tile of A at one k lie
// side by side, and lda is the distance from one k to the next.
//
//go:nocheckptr
func stripCols(height int, c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool) {
	for ; tiles > 0; tiles-- {
		var c00, c01, c10, c11, c20, c21, c30, c31 simd.Float32s
		ak, bk := a, b
		for left := k; left > 0; left-- {
			b0, b1 := load(bk, 0), load(bk, c00.Len())
			v := splat(ak)
			c00, c01 = v.MulAdd(b0, c00), madd(v, b1, c01)
			v = splat(unsafe.Add(ak, 4))
			c10, c11 = v.MulAdd(b0, c10), madd(v, b1, c11)
			v = splat(unsafe.Add(ak, 8))
			c20, c21 = v.MulAdd(b0, c20), madd(v, b1, c21)
			v = splat(unsafe.Add(ak, 12))
			c30, c31 = v.MulAdd(b0, c30), madd(v, b1, c31)
			ak, bk = unsafe.Add(ak, lda), unsafe.Add(bk, ldb)
		}
		storeRow(c, c00, c01, accumulate)
		storeRow(unsafe.Add(c, ldc), c10, c11, accumulate)
		storeRow(unsafe.Add(c, 2*ldc), c20, c21, accumulate)
		storeRow(unsafe.Add(c, 3*ldc), c30, c31, accumulate)
		a, c = unsafe.Add(a, astep), unsafe.Add(c, 4*ldc)
	}
}

func storeRow(c unsafe.Pointer, lo, hi simd.Float32s, accumulate bool) {
	if accumulate {
		lo, hi = lo.Add(load(c, 0)), hi.Add(load(c, lo.Len()))
	}
	store(c, 0, lo)
	store(c, lo.Len(), hi)
}

func splat(p unsafe.Pointer) simd.Float32s {
	return simd.BroadcastFloat32s(*(*float32)(p))
}

// madd is v·b + c. MulAdd overwrites v, which the compiler then keeps a copy
// of; with 512 bits it spills it to the stack instead, at a third of the
// speed, so there the second use of v multiplies and adds.
func madd(v, b, c simd.Float32s) simd.Float32s {
	if c.Len() > 8 {
		return v.Mul(b).Add(c)
	}
	return v.MulAdd(b, c)
}

// move4 copies four numbers.
func move4(to, from unsafe.Pointer) { *(*four)(to) = *(*four)(from) }

// copyPair fills two panels, panel bytes apart, whose rows of by bytes (16 or
// more) lie side by side in the source, k times, stride bytes apart there.
func copyPair(to, from unsafe.Pointer, by, panel, stride uintptr, k int) {
	for range 2 {
		for j := uintptr(0); j < by; j += 16 {
			at := min(j, by-16)
			copy4(unsafe.Add(to, at), unsafe.Add(from, at), int(by), int(stride), k)
		}
		to, from = unsafe.Add(to, panel), unsafe.Add(from, by)
	}
}
