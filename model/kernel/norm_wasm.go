//go:build goexperiment.simd && !purego

package kernel

import "unsafe"

// spare are rows of ones, of zeros and for gradients that nobody wants, and
// room for a vector: where a gain or a bias is nil, the loops read or write
// these. One instance of a module runs one kernel at a time.
var spare struct {
	ones, zeros, dump []float32
	room              vector
}

func spareRows(c int) {
	if len(spare.ones) >= c {
		return
	}
	spare.ones, spare.zeros, spare.dump = make([]float32, c), make([]float32, c), make([]float32, c)
	for i := range spare.ones {
		spare.ones[i] = 1
	}
}

// or is x, or instead where x is nil.
func or(x, instead []float32) unsafe.Pointer {
	if x == nil {
		return start(instead)
	}
	return start(x)
}

// normBlock is LayerNorm, or RMSNorm where mean is nil, for rows of pairs
// of vectors.
func normBlock(y, mean, rstd, x, gain, bias []float32, c int, eps float32) (done bool) {
	if c%8 != 0 || c == 0 || len(rstd) == 0 {
		return false
	}
	spareRows(c)
	normRows(start(y), start(mean), start(rstd), start(x), or(gain, spare.ones), or(bias, spare.zeros), len(rstd), c, eps,
		mean != nil, unsafe.Pointer(&spare.room))
	return true
}

// normGradBlock is LayerNormGrad, or RMSNormGrad where mean is nil, for rows of
// pairs of vectors.
func normGradBlock(dx, dgain, dbias, dy, x, gain, mean, rstd []float32, c int) (done bool) {
	if c%8 != 0 || c == 0 || len(rstd) == 0 {
		return false
	}
	spareRows(c)
	normGradRows(start(dx), or(dgain, spare.dump), start(dbias), start(dy), start(x), or(gain, spare.ones), start(mean),
		start(rstd), len(rstd), c, mean != nil, unsafe.Pointer(&spare.room))
	return true
}

//go:noescape
func normRows(y, mean, rstd, x, gain, bias unsafe.Pointer, rows, c int, eps float32, centre bool, scratch unsafe.Pointer)

//go:noescape
func normGradRows(dx, dgain, dbias, dy, x, gain, mean, rstd unsafe.Pointer, rows, c int, centre bool, scratch unsafe.Pointer)
