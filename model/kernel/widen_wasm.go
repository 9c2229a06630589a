//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// widenBlock widens the first columns of each row, a multiple of eight, and says how
// many.
func widenBlock(dst []float32, x Narrow, rows, cols, stride int) (done int) {
	if done = cols &^ 7; done > 0 {
		loop := widenBinaries
		if x.Brain {
			loop = widenBrains
		}
		loop(start(dst), unsafe.Pointer(unsafe.SliceData(x.Bits)), uintptr(4*cols), uintptr(2*stride), rows, done)
	}
	return done
}

//go:noescape
func widenBrains(to, from unsafe.Pointer, toStride, fromStride uintptr, rows, n int)

//go:noescape
func widenBinaries(to, from unsafe.Pointer, toStride, fromStride uintptr, rows, n int)
