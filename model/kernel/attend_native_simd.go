//go:build goexperiment.simd && !purego && !wasm

package kernel

func scoreHeads(p Matrix, q []float32, k Matrix, d, share int) (done bool) { return false }
func sumHeads(y []float32, p, v Matrix, d, share int) (done bool)          { return false }
func softmaxHeads(p Matrix, scale float32, sums []float32) (done bool)     { return false }
