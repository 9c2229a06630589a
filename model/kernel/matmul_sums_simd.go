//go:build goexperiment.simd && !purego

package kernel

// matmulSums is C = A·B for few rows of A and a B that is not transposed, as
// where one query gathers its values: a row of C is a weighted sum of B's rows.
// Nothing is packed; B is read once a row of A, a narrow one as by matmulDots.
func matmulSums(c, a, b Matrix, accumulate bool, ws *Workspace) {
	step := c.Cols
	if b.Narrow.Bits != nil {
		step = widenSums
	}
	for j := 0; j < c.Cols; j += step {
		n := min(step, c.Cols-j)
		some := ws.widened(b.view(0, j, b.Rows, n))
		for i := range c.Rows {
			row := c.Data[i*c.Stride+j:][:n]
			if !accumulate {
				clear(row)
			}
			addSums(row, a.Data[i*a.Stride:][:a.Cols], some.Data, some.Stride)
		}
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
