//go:build goexperiment.simd && !purego && (amd64 || arm64)

package kernel

import (
	"simd"
	"simd/archsimd"
	"unsafe"
)

// widenBlock widens the first columns of each row, a multiple of eight, and says how
// many. Package simd has nothing that puts two vectors' numbers in turns; both
// architectures have it for vectors of 128 bits.
func widenBlock(dst []float32, x Narrow, rows, cols, stride int) (done int) {
	if done = cols &^ 7; done == 0 || simd.Emulated() {
		return 0
	}
	widen := widenBinaries
	if x.Brain {
		widen = widenBrains
	}
	for r := range rows {
		widen(unsafe.Pointer(&dst[r*cols]), unsafe.Pointer(&x.Bits[r*stride]), done)
	}
	leave()
	return done
}

// widenBrains puts zeros below the bits of each of n bfloat16.
//
//go:nocheckptr
func widenBrains(to, from unsafe.Pointer, n int) {
	var none archsimd.Uint16x8
	for ; n > 0; n -= 8 {
		x := archsimd.LoadUint16x8Array((*[8]uint16)(from))
		none.InterleaveLo(x).ReshapeToUint32s().StoreArray((*[4]uint32)(to))
		none.InterleaveHi(x).ReshapeToUint32s().StoreArray((*[4]uint32)(unsafe.Add(to, 16)))
		to, from = unsafe.Add(to, 32), unsafe.Add(from, 16)
	}
}

// widenBinaries widens n finite binary16: exponent and fraction, moved up by 13 bits, are a
// float32 that is 2^112 times too small, subnormal ones too.
//
//go:nocheckptr
func widenBinaries(to, from unsafe.Pointer, n int) {
	var none archsimd.Uint16x8
	magnitude, sign, scale := archsimd.BroadcastUint32x4(0x7FFF), archsimd.BroadcastUint32x4(0x8000), archsimd.BroadcastFloat32x4(1<<112)
	for ; n > 0; n -= 8 {
		x := archsimd.LoadUint16x8Array((*[8]uint16)(from))
		low, high := x.InterleaveLo(none).ReshapeToUint32s(), x.InterleaveHi(none).ReshapeToUint32s()
		low.And(magnitude).ShiftAllLeft(13).BitsToFloat32().Mul(scale).ToBits().Or(low.And(sign).ShiftAllLeft(16)).StoreArray((*[4]uint32)(to))
		high.And(magnitude).ShiftAllLeft(13).BitsToFloat32().Mul(scale).ToBits().Or(high.And(sign).ShiftAllLeft(16)).StoreArray((*[4]uint32)(unsafe.Add(to, 16)))
		to, from = unsafe.Add(to, 32), unsafe.Add(from, 16)
	}
}
