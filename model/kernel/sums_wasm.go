//go:build goexperiment.simd && !purego

package kernel

// addSums computes y[j] += Σ_k x[k]·b[k*stride+j], sixteen j at a time.
func addSums(y, x, b []float32, stride int) {
	full := len(y) &^ 15
	if full > 0 && len(x) > 0 { // one head, as wide as y
		weighRows(start(y), start(x), start(b), 0, uintptr(4*stride), 1, 1, 4*full, len(x))
	} else {
		full = 0
	}
	restOfSums(y, x, b, stride, full)
}
