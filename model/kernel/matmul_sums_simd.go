//go:build goexperiment.simd && !purego

package kernel

// matmulSums is C = A·B for few rows of A and a B that is not transposed, as
// where one query gathers its values: a row of C is a weighted sum of B's rows.
// Nothing is packed; B is read once a row of A, a narrow one as by matmulDots.
func matmulSums(c, a, b Matrix, accumulate bool, ws *Workspace) {
	matmulRows(c, a, b, accumulate, ws, widenSums, addSums)
}

// restOfSums is addSums for y from j on.
func restOfSums(y, x, b []float32, stride, j int) {
	for k, w := range x {
		for i := j; i < len(y); i++ {
			y[i] += w * b[k*stride+i]
		}
	}
}
