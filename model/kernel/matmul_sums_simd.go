//go:build goexperiment.simd && !purego

package kernel

// matmulSums is C = A·B for few rows of A and a B that is not transposed, as
// where one query gathers its values: a row of C is a weighted sum of B's rows.
// Nothing is packed; B is read once a row of A.
func matmulSums(c, a, b Matrix, accumulate bool) {
	for i := range c.Rows {
		row := c.Data[i*c.Stride:][:c.Cols]
		if !accumulate {
			clear(row)
		}
		addSums(row, a.Data[i*a.Stride:][:a.Cols], b.Data, b.Stride)
	}
}

// restOfSums is addSums for y from j on.
func restOfSums(y, x, b []float32, stride, j int) {
	for k, w := range x {
		for i := j; i < len(y); i++ {
			y[i] += w * b[k*stride+i]
		}
	}
}
