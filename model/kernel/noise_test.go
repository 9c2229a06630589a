package kernel

import "math/rand/v2"

// noise is n numbers in (-2,2), the same at every call of the same length.
func noise(n int) []float32 {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	x := make([]float32, n)
	for i := range x {
		x[i] = 4*r.Float32() - 2
	}
	return x
}

func noiseMatrix(rows, cols int, transposed bool) Matrix {
	if transposed {
		return noiseMatrix(cols, rows, false).T()
	}
	return Mat(noise(rows*cols), rows, cols)
}
