//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// scoreHeads makes p the products of each head's query and its keys, if the
// loop can: four keys at a time, all heads of these before the next, as they lie
// in memory. The last four may be some of those before once more.
func scoreHeads(p Matrix, q []float32, k Matrix, d, share int) (done bool) {
	if d%8 != 0 || p.Cols < 4 {
		return false
	}
	scoreRows(p.pointer(), start(q), k.pointer(), uintptr(4*p.Stride), uintptr(4*k.Stride), p.Rows, share, 4*d, p.Cols)
	return true
}

// sumHeads adds to y the values, weighed by p, if the loop can.
func sumHeads(y []float32, p, v Matrix, d, share int) (done bool) {
	if d%16 != 0 {
		return false
	}
	weighRows(start(y), p.pointer(), v.pointer(), uintptr(4*p.Stride), uintptr(4*v.Stride), p.Rows, share, 4*d, p.Cols)
	return true
}

// softmaxHeads is CausalSoftmax of rows that each see all, if the loop can.
func softmaxHeads(p Matrix, scale float32, sums []float32) (done bool) {
	if !(scale > 0) {
		return false
	}
	softmaxRows(p.pointer(), uintptr(4*p.Stride), p.Rows, p.Cols, 0, p.Cols, scale, false, start(sums), unsafe.Pointer(&expTable))
	return true
}

//go:noescape
func scoreRows(p, q, k unsafe.Pointer, pstride, kstride uintptr, heads, share, d, keys int)

//go:noescape
func weighRows(y, p, v unsafe.Pointer, pstride, vstride uintptr, heads, share, d, keys int)
