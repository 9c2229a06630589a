//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// rotateBlock rotates all heads (…,T,H,2·half) if half a head is whole vectors;
// cos and sin begin at the first position.
func rotateBlock(y, x, cos, sin []float32, t, h, half int, sign float32, add bool) (done bool) {
	if half%4 != 0 || half == 0 || h == 0 {
		return false
	}
	for width := h * 2 * half; len(x) > 0; {
		rows := min(t, len(x)/width)
		rotateRows(start(y), start(x), start(cos), start(sin), rows, h, half, sign, add)
		y, x = y[rows*width:], x[rows*width:]
	}
	return true
}

//go:noescape
func rotateRows(y, x, cos, sin unsafe.Pointer, rows, h, half int, sign float32, add bool)
