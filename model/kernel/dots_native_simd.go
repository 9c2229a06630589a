//go:build goexperiment.simd && !purego && !wasm

package kernel

import "simd"

// addDots computes y[j] += Σ_k x[k]·b[j*stride+k], four j at a time.
func addDots(y, x, b []float32, stride int) {
	var zero simd.Float32s
	px, pb, w, k := start(x), start(b), zero.Len(), len(x)
	j := 0
	for ; j+4 <= len(y); j += 4 {
		s0, s1, s2, s3 := zero, zero, zero, zero
		at0 := j * stride
		at1, at2, at3 := at0+stride, at0+2*stride, at0+3*stride
		i := 0
		for ; i+2*w <= k; i += 2 * w {
			v := load(px, i)
			s0, s1 = v.MulAdd(load(pb, at0+i), s0), v.MulAdd(load(pb, at1+i), s1)
			s2, s3 = v.MulAdd(load(pb, at2+i), s2), v.MulAdd(load(pb, at3+i), s3)
			v, i1 := load(px, i+w), i+w
			s0, s1 = v.MulAdd(load(pb, at0+i1), s0), v.MulAdd(load(pb, at1+i1), s1)
			s2, s3 = v.MulAdd(load(pb, at2+i1), s2), v.MulAdd(load(pb, at3+i1), s3)
		}
		y[j] += lanes(s0) + rest(x, b[at0:], i)
		y[j+1] += lanes(s1) + rest(x, b[at1:], i)
		y[j+2] += lanes(s2) + rest(x, b[at2:], i)
		y[j+3] += lanes(s3) + rest(x, b[at3:], i)
	}
	for ; j < len(y); j++ {
		y[j] += Dot(x, b[j*stride:])
	}
}
