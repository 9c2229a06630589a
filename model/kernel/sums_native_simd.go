//go:build goexperiment.simd && !purego && !wasm

package kernel

import "simd"

// addSums computes y[j] += Σ_k x[k]·b[k*stride+j], four vectors of y at a time.
func addSums(y, x, b []float32, stride int) {
	zero := simd.LoadFloat32s(zeros[:])
	py, pb, w := start(y), start(b), zero.Len()
	j := 0
	for ; j+4*w <= len(y); j += 4 * w {
		s0, s1, s2, s3 := load(py, j), load(py, j+w), load(py, j+2*w), load(py, j+3*w)
		at := j
		for _, v := range x {
			f := simd.BroadcastFloat32s(v)
			s0, s1 = f.MulAdd(load(pb, at), s0), f.MulAdd(load(pb, at+w), s1)
			s2, s3 = f.MulAdd(load(pb, at+2*w), s2), f.MulAdd(load(pb, at+3*w), s3)
			at += stride
		}
		store(py, j, s0)
		store(py, j+w, s1)
		store(py, j+2*w, s2)
		store(py, j+3*w, s3)
	}
	for ; j+w <= len(y); j += w {
		s, at := load(py, j), j
		for _, v := range x {
			s = simd.BroadcastFloat32s(v).MulAdd(load(pb, at), s)
			at += stride
		}
		store(py, j, s)
	}
	restOfSums(y, x, b, stride, j)
}
