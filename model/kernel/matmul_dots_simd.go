//go:build goexperiment.simd && !purego

package kernel

// matmulDots is C = A·B for few rows of A and a transposed B, as in
// generation: every element of C is the dot product of two rows in memory.
// Nothing is packed; B is read once a row of A, but a narrow B is widened some of
// its rows at a time, once for all rows of A.
func matmulDots(c, a, b Matrix, accumulate bool, ws *Workspace) {
	matmulRows(c, a, b, accumulate, ws, widenDots, addDots)
}

// matmulRows is C = A·B a row of A at a time, by what adds a row's product with B.
func matmulRows(c, a, b Matrix, accumulate bool, ws *Workspace, step int, add func(y, x, b []float32, stride int)) {
	if b.Narrow.Bits == nil {
		step = c.Cols
	}
	for j := 0; j < c.Cols; j += step {
		n := min(step, c.Cols-j)
		some := ws.widened(b.view(0, j, b.Rows, n))
		for i := range c.Rows {
			row := c.Data[i*c.Stride+j:][:n]
			if !accumulate {
				clear(row)
			}
			add(row, a.Data[i*a.Stride:][:a.Cols], some.Data, some.Stride)
		}
	}
}

// Columns of C that are computed from what is widened at once: a multiple of what
// addDots and addSums do in one go, so that a narrow B gives the same bits.
const (
	widenDots = 16
	widenSums = 256
)

// rest is the dot product of x and y from i on.
func rest(x, y []float32, i int) (sum float32) {
	for ; i < len(x); i++ {
		sum += x[i] * y[i]
	}
	return sum
}
