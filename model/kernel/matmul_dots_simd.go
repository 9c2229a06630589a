//go:build goexperiment.simd && !purego

package kernel

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

// rest is the dot product of x and y from i on.
func rest(x, y []float32, i int) (sum float32) {
	for ; i < len(x); i++ {
		sum += x[i] * y[i]
	}
	return sum
}
