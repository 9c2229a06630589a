//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// In WebAssembly the loops with exponentials are assembly: in Go a turn of the
// loop and the constants, built anew each turn, cost three times the work.

// expTable holds the constants of exp_wasm.s, four of each, at 16 times their
// number there, and at the end room for one vector.
var expTable = func() (table [23][4]float32) {
	for i, c := range [...]float32{
		89, -87.5, 12582912, 1.44269504, -0.693359375, 2.12194440e-4,
		0.0013813881, 0.0083690635, 0.041668422, 0.16666518, 0.49999993,
		1, 2, 0.5,
		-0.08645247, 0.31546412, -0.21194386, 0.2196737, 0.06321885, 0.09947941, 0.10056026,
		0.25,
	} {
		table[i] = [4]float32{c, c, c, c}
	}
	return table
}()

func expVectors(y, x unsafe.Pointer, n int, m, scale float32, sum *vector) {
	expLoop(y, x, n, m, scale, unsafe.Pointer(sum), unsafe.Pointer(&expTable))
}

func geluVectors(y, slope, x unsafe.Pointer, n int) {
	geluLoop(y, slope, x, n, unsafe.Pointer(&expTable))
}

//go:noescape
func expLoop(y, x unsafe.Pointer, n int, m, scale float32, sum, table unsafe.Pointer)

//go:noescape
func geluLoop(y, slope, x unsafe.Pointer, n int, table unsafe.Pointer)

func swigluVectors(y, gate, up unsafe.Pointer, n int) {
	swigluLoop(y, gate, up, n, unsafe.Pointer(&expTable))
}

func swigluGradVectors(dgate, dup, dy, gate, up unsafe.Pointer, n int) {
	swigluGradLoop(dgate, dup, dy, gate, up, n, unsafe.Pointer(&expTable))
}

//go:noescape
func swigluLoop(y, gate, up unsafe.Pointer, n int, table unsafe.Pointer)

//go:noescape
func swigluGradLoop(dgate, dup, dy, gate, up unsafe.Pointer, n int, table unsafe.Pointer)

// softmaxBlock is causalSoftmax for rows of whole vectors.
func softmaxBlock(p Matrix, scale float32, sums []float32, again bool) (done bool) {
	if p.Cols%4 != 0 || !(scale > 0) {
		return false
	}
	softmaxRows(p.pointer(), uintptr(4*p.Stride), p.Rows, p.Cols-p.Rows+1, 1, p.Cols, scale, again, start(sums), unsafe.Pointer(&expTable))
	return true
}

// softmaxGradBlock is CausalSoftmaxGrad for rows of whole vectors.
func softmaxGradBlock(dp, p Matrix, scale float32) (done bool) {
	if p.Cols%4 != 0 || dp.Stride != p.Stride {
		return false
	}
	softmaxGradRows(dp.pointer(), p.pointer(), uintptr(4*p.Stride), p.Rows, p.Cols-p.Rows+1, p.Cols, scale, unsafe.Pointer(&expTable))
	return true
}

//go:noescape
func softmaxRows(p unsafe.Pointer, stride uintptr, rows, seen, more, cols int, scale float32, again bool, sums, table unsafe.Pointer)

//go:noescape
func softmaxGradRows(dp, p unsafe.Pointer, stride uintptr, rows, seen, cols int, scale float32, table unsafe.Pointer)
