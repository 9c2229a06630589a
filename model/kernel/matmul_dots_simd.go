//go:build goexperiment.simd && !purego

package kernel

import "simd"

// matmulDots is C = A·B for few rows of A and a transposed B, as in
// generation: every element of C is the dot product of two rows in memory.
// Nothing is packed; B is read once a row of A.
func matmulDots(c, a, b Matrix, accumulate bool) {
	for i := range c.Rows {
		row := c.Data[i*c.Stride:][:c.Cols]
		if !accumulate {
			clear(row)
		}
		addDots(row, a.Data[i*a.Stride:][:a.Cols], b.Data, b.Stride)
	}
}

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

// rest is the dot product of x and y from i on.
func rest(x, y []float32, i int) (sum float32) {
	for ; i < len(x); i++ {
		sum += x[i] * y[i]
	}
	return sum
}
