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

// stripRows and stripCols compute columns of tiles of C, each 4 rows × tileCols:
//
//	C[i,j] = (C[i,j] if accumulate) + Σ_k A[i,k]·B[k,j]   for 4·tiles rows i
//	                                                      and tileCols·panels columns j
//
// All distances are in bytes: ldc and ldb between rows of C and of a panel of
// B, bstep between the panels, lda between rows of A, astep between the tiles
// of A. tiles and panels are at least 1. In stripCols the elements of a tile of
// A at one k lie side by side, and lda is the distance from one k to the next.
func stripRows(height int, c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool) {
	for range panels {
		columnRows(c, ldc, a, lda, astep, b, ldb, k, tiles, accumulate)
		c, b = unsafe.Add(c, 4*tileCols()), unsafe.Add(b, bstep)
	}
}

func stripCols(height int, c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb, bstep uintptr, k, tiles, panels int, accumulate bool) {
	for range panels {
		columnCols(c, ldc, a, lda, astep, b, ldb, k, tiles, accumulate)
		c, b = unsafe.Add(c, 4*tileCols()), unsafe.Add(b, bstep)
	}
}

// columnRows is stripRows for one panel.
//
//go:nocheckptr
func columnRows(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool) {
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

// columnCols is stripCols for one panel.
//
//go:nocheckptr
func columnCols(c unsafe.Pointer, ldc uintptr, a unsafe.Pointer, lda, astep uintptr, b unsafe.Pointer, ldb uintptr, k, tiles int, accumulate bool) {
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

// transpose4 turns four rows of k numbers, from bytes apart, into k rows of
// four numbers, by bytes apart.
//
//go:nocheckptr
func transpose4(to, src unsafe.Pointer, by, from, k int) {
	s0, s1 := src, unsafe.Add(src, from)
	s2, s3 := unsafe.Add(s1, from), unsafe.Add(s1, 2*from)
	for ; k >= 4; k -= 4 {
		r0, r1, r2, r3 := (*four)(s0), (*four)(s1), (*four)(s2), (*four)(s3)
		t0 := (*four)(to)
		t0[0], t0[1], t0[2], t0[3] = r0[0], r1[0], r2[0], r3[0]
		t1 := (*four)(unsafe.Add(to, by))
		t1[0], t1[1], t1[2], t1[3] = r0[1], r1[1], r2[1], r3[1]
		t2 := (*four)(unsafe.Add(to, 2*by))
		t2[0], t2[1], t2[2], t2[3] = r0[2], r1[2], r2[2], r3[2]
		t3 := (*four)(unsafe.Add(to, 3*by))
		t3[0], t3[1], t3[2], t3[3] = r0[3], r1[3], r2[3], r3[3]
		s0, s1, s2, s3 = unsafe.Add(s0, 16), unsafe.Add(s1, 16), unsafe.Add(s2, 16), unsafe.Add(s3, 16)
		to = unsafe.Add(to, 4*by)
	}
	for ; k > 0; k-- {
		t := (*four)(to)
		t[0], t[1], t[2], t[3] = *(*float32)(s0), *(*float32)(s1), *(*float32)(s2), *(*float32)(s3)
		s0, s1, s2, s3 = unsafe.Add(s0, 4), unsafe.Add(s1, 4), unsafe.Add(s2, 4), unsafe.Add(s3, 4)
		to = unsafe.Add(to, by)
	}
}
