//go:build goexperiment.simd && !purego && !amd64 && !arm64 && !wasm

package kernel

// widenBlock leaves all to the reference.
func widenBlock(dst []float32, x Narrow, rows, cols, stride int) (done int) { return 0 }
