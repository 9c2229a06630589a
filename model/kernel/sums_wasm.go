//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// addSums computes y[j] += Σ_k x[k]·b[k*stride+j], sixteen j at a time.
func addSums(y, x, b []float32, stride int) {
	full := len(y) &^ 15
	if full > 0 && len(x) > 0 {
		sumRows(start(y), start(x), start(b), uintptr(4*stride), full/16, len(x))
	} else {
		full = 0
	}
	restOfSums(y, x, b, stride, full)
}

//go:noescape
func sumRows(y, x, b unsafe.Pointer, stride uintptr, groups, k int)
