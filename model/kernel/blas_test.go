//go:build !js

package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"hornbook/model/kernel"
)

// TestMatmulLikeBLAS compares with gonum's sgemm, which others have tested.
// Both round, each in its own order, so sums of k products of numbers below 1
// may differ by k half-units in the last place.
func TestMatmulLikeBLAS(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var ws kernel.Workspace
	for range 60 {
		m, n, k := 1+r.IntN(140), 1+r.IntN(300), 1+r.IntN(600)
		ta, tb, accumulate := r.IntN(2) > 0, r.IntN(2) > 0, r.IntN(2) > 0
		a, ba, fa := operand(r, m, k, ta)
		b, bb, fb := operand(r, k, n, tb)
		c, bc, _ := operand(r, m, n, false)
		want := make([]float32, len(bc.Data))
		copy(want, bc.Data)
		beta := float32(0)
		if accumulate {
			beta = 1
		}
		bc.Data = want
		blas32.Gemm(fa, fb, 1, ba, bb, beta, bc)
		kernel.Matmul(c, a, b, accumulate, &ws)
		for i := range m {
			for j := range n {
				got, want := c.Data[i*c.Stride+j], want[i*c.Stride+j]
				if math.Abs(float64(got-want)) > 1e-6+1.2e-7*float64(k) {
					t.Fatalf("%d×%d×%d %v %v %v at %d,%d: got %v, gonum %v", m, n, k, ta, tb, accumulate, i, j, got, want)
				}
			}
		}
	}
}

// operand is a random rows×cols matrix for both libraries, with a stride.
func operand(r *rand.Rand, rows, cols int, transposed bool) (kernel.Matrix, blas32.General, blas.Transpose) {
	flag := blas.NoTrans
	if transposed {
		rows, cols, flag = cols, rows, blas.Trans
	}
	stride := cols + r.IntN(5)
	data := make([]float32, rows*stride)
	for i := range data {
		data[i] = 2*r.Float32() - 1
	}
	m := kernel.Matrix{Data: data, Rows: rows, Cols: cols, Stride: stride}
	if transposed {
		m = m.T()
	}
	return m, blas32.General{Rows: rows, Cols: cols, Stride: stride, Data: data}, flag
}
