//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// addDots computes y[j] += Σ_k x[k]·b[j*stride+k], four j at a time.
func addDots(y, x, b []float32, stride int) {
	full, k := len(y)&^3, len(x)&^7
	if full > 0 && k > 0 {
		dotRows(start(y), start(x), start(b), uintptr(4*stride), full/4, k)
	} else {
		full, k = 0, len(x)
	}
	for j := range full {
		if k < len(x) {
			y[j] += rest(x, b[j*stride:], k)
		}
	}
	for j := full; j < len(y); j++ {
		y[j] += Dot(x, b[j*stride:])
	}
}

//go:noescape
func dotRows(y, x, b unsafe.Pointer, stride uintptr, groups, k int)
