//go:build goexperiment.simd && !purego && !wasm

package kernel

import "unsafe"

// widenBlock widens the first columns of each row, a multiple of four, and says how
// many.
//
//go:nocheckptr
func widenBlock(dst []float32, x Narrow, rows, cols, stride int) (done int) {
	done = cols &^ 3
	for r := range rows {
		to, from := unsafe.Pointer(&dst[r*cols]), unsafe.Pointer(&x.Bits[r*stride])
		if x.Brain {
			brains(to, from, done)
		} else {
			binaries(to, from, done)
		}
	}
	return done
}

// brains widens n bfloat16, four at a time: each moves up by 16 bits.
//
//go:nocheckptr
func brains(to, from unsafe.Pointer, n int) {
	for ; n > 0; n -= 4 {
		w := *(*[4]uint16)(from)
		*(*[4]uint32)(to) = [4]uint32{uint32(w[0]) << 16, uint32(w[1]) << 16, uint32(w[2]) << 16, uint32(w[3]) << 16}
		to, from = unsafe.Add(to, 16), unsafe.Add(from, 8)
	}
}

// binaries widens n finite binary16: exponent and fraction, moved up by 13 bits, are a
// float32 that is 2^112 times too small, subnormal ones too.
//
//go:nocheckptr
func binaries(to, from unsafe.Pointer, n int) {
	for ; n > 0; n -= 4 {
		for i := range 4 {
			h := uint32(*(*uint16)(unsafe.Add(from, 2*i)))
			magnitude := h & 0x7FFF << 13
			x := *(*float32)(unsafe.Pointer(&magnitude)) * (1 << 112)
			*(*uint32)(unsafe.Add(to, 4*i)) = *(*uint32)(unsafe.Pointer(&x)) | h&0x8000<<16
		}
		to, from = unsafe.Add(to, 16), unsafe.Add(from, 8)
	}
}
