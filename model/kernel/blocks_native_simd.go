//go:build goexperiment.simd && !purego && !wasm

package kernel

// Natively loops in Go, a row at a time, are as fast.

func softmaxBlock(p Matrix, scale float32, sums []float32, again bool) (done bool) { return false }
func softmaxGradBlock(dp, p Matrix, scale float32) (done bool)                     { return false }

func normBlock(y, mean, rstd, x, gain, bias []float32, c int, eps float32) (done bool) { return false }

func normGradBlock(dx, dgain, dbias, dy, x, gain, mean, rstd []float32, c int) (done bool) {
	return false
}

func rotateBlock(y, x, cos, sin []float32, t, h, half int, sign float32, add bool) (done bool) {
	return false
}

func addBlock(dst, x, y []float32) (done int)                     { return 0 }
func mulBlock(dst, x, y []float32) (done int)                     { return 0 }
func mulAddBlock(dst, x, y []float32) (done int)                  { return 0 }
func axpyBlock(dst []float32, a float32, x []float32) (done int)  { return 0 }
func scaleBlock(dst []float32, a float32, x []float32) (done int) { return 0 }
func adamwBlock(w, g, m, v []float32, s AdamWStep) (done int)     { return 0 }
