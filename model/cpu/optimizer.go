package cpu

import (
	"math"

	"hornbook/model/kernel"
	"hornbook/model/tensor"
)

func (c *CPU) Squares(sums *tensor.Tensor, xs []*tensor.Tensor) {
	to := data(sums)
	for i, x := range xs {
		to[i] = kernel.Dot(data(x), data(x))
	}
}

// Clip adds squares up in float64.
func (c *CPU) Clip(xs []*tensor.Tensor, squares *tensor.Tensor, limit float64) {
	var sum float64
	for _, s := range data(squares) {
		sum += float64(s)
	}
	scale := limit / (math.Sqrt(sum) + 1e-6)
	if scale >= 1 {
		return
	}
	for _, x := range xs {
		kernel.Scale(data(x), float32(scale), data(x))
	}
}

func (c *CPU) AdamW(w, g, m, v *tensor.Tensor, s tensor.AdamW) {
	kernel.AdamW(data(w), data(g), data(m), data(v), kernel.AdamWStep(s))
}

func (c *CPU) Muon(w, g, m *tensor.Tensor, s tensor.Muon) {
	mu, wx, gx, mx := float32(s.Momentum), data(w), data(g), data(m)
	kernel.Scale(mx, mu, mx)
	kernel.Add(mx, mx, gx)
	kernel.Axpy(gx, mu, mx)
	rows, cols := w.Rows(), w.Cols()
	u := c.muon.orthogonal(gx, rows, cols)
	if s.WeightDecay > 0 {
		kernel.Scale(wx, float32(1-s.LR*s.WeightDecay), wx)
	}
	kernel.Axpy(wx, -float32(s.LR*math.Sqrt(math.Max(1, float64(rows)/float64(cols)))), u)
}

// newtonSchulz is the memory of Muon's iteration, grown to the largest matrix.
type newtonSchulz struct {
	x, y, a, b []float32
	ws         kernel.Workspace
}

// orthogonal returns the nearest matrix to g (rows,cols) whose singular values
// are about 1, as tensor.Muon says, valid until the next call. A is kept small
// by working on the transposed view of a tall matrix.
func (n *newtonSchulz) orthogonal(g []float32, rows, cols int) []float32 {
	n.grow(len(g), min(rows, cols))
	scale := 1 / (math.Sqrt(float64(kernel.Dot(g, g))) + 1e-7)
	x, y := n.x[:len(g)], n.y[:len(g)]
	kernel.Scale(x, float32(scale), g)
	k := min(rows, cols)
	a, b := kernel.Mat(n.a[:k*k], k, k), kernel.Mat(n.b[:k*k], k, k)
	for range tensor.MuonSteps {
		xm, ym := kernel.Mat(x, rows, cols), kernel.Mat(y, rows, cols)
		if rows > cols {
			kernel.MatmulSymmetric(a, xm.T(), xm, false, &n.ws)
		} else {
			kernel.MatmulSymmetric(a, xm, xm.T(), false, &n.ws)
		}
		kernel.Scale(b.Data, tensor.MuonB, a.Data)
		ca := n.scaled(a.Data, tensor.MuonC)
		kernel.MatmulSymmetric(b, ca, a, true, &n.ws)
		kernel.Scale(y, tensor.MuonA, x)
		if rows > cols {
			kernel.Matmul(ym, xm, b, true, &n.ws)
		} else {
			kernel.Matmul(ym, b, xm, true, &n.ws)
		}
		x, y = y, x
	}
	return x
}

// scaled is c·a in the third k×k scratch.
func (n *newtonSchulz) scaled(a []float32, c float32) kernel.Matrix {
	k := int(math.Round(math.Sqrt(float64(len(a)))))
	s := n.a[len(n.a)-k*k:]
	kernel.Scale(s, c, a)
	return kernel.Mat(s, k, k)
}

func (n *newtonSchulz) grow(size, k int) {
	if len(n.x) < size {
		n.x, n.y = make([]float32, size), make([]float32, size)
	}
	if len(n.b) < k*k {
		n.a, n.b = make([]float32, 2*k*k), make([]float32, k*k)
	}
}
