package optim

import (
	"math"

	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// warmMomentum is the number of steps in which the momentum rises from 0.85.
const warmMomentum = 300

// muon takes a step of one matrix under Muon (Jordan et al. 2024): momentum
// whose direction is made orthogonal by Newton–Schulz before it is taken. It
// computes, with Nesterov's momentum,
//
//	m = μ·m + g;  u = orthogonal(g + μ·m);  w = w·(1 - lr·decay) - lr·√max(1, rows/cols)·u
func (s state) muon(ns *newtonSchulz, r recipe.Recipe, step int, lr float64) {
	rise := math.Min(1, float64(step)/warmMomentum)
	mu := float32(math.Min(r.Momentum, 0.85)*(1-rise) + r.Momentum*rise)
	w, g := s.p.Data, s.p.Grad.Data
	kernel.Scale(s.m, mu, s.m)
	kernel.Add(s.m, s.m, g)
	kernel.Axpy(g, mu, s.m)
	rows, cols := s.p.Dims[0], s.p.Dims[1]
	u := ns.orthogonal(g, rows, cols)
	if r.WeightDecay > 0 {
		kernel.Scale(w, float32(1-lr*r.WeightDecay), w)
	}
	kernel.Axpy(w, -float32(lr*math.Sqrt(math.Max(1, float64(rows)/float64(cols)))), u)
}

// newtonSchulz is the memory of the iteration, grown to the largest matrix.
type newtonSchulz struct {
	x, y, a, b []float32
	ws         kernel.Workspace
}

// Coefficients of Muon's quintic, chosen for speed: singular values end
// between about 0.7 and 1.2 rather than at 1.
const nsA, nsB, nsC = 3.4445, -4.7750, 2.0315

const nsSteps = 5

// orthogonal returns the nearest matrix to g (rows,cols) whose singular
// values are about 1, valid until the next call:
//
//	X = G/‖G‖;  five times:  A = X·Xᵀ;  X = a·X + (b·A + c·A²)·X
//
// A is kept small by working on the transposed view of a tall matrix.
func (n *newtonSchulz) orthogonal(g []float32, rows, cols int) []float32 {
	n.grow(len(g), min(rows, cols))
	scale := 1 / (math.Sqrt(float64(kernel.Dot(g, g))) + 1e-7)
	x, y := n.x[:len(g)], n.y[:len(g)]
	kernel.Scale(x, float32(scale), g)
	k := min(rows, cols)
	a, b := kernel.Mat(n.a[:k*k], k, k), kernel.Mat(n.b[:k*k], k, k)
	for range nsSteps {
		xm, ym := kernel.Mat(x, rows, cols), kernel.Mat(y, rows, cols)
		if rows > cols {
			kernel.MatmulSymmetric(a, xm.T(), xm, false, &n.ws)
		} else {
			kernel.MatmulSymmetric(a, xm, xm.T(), false, &n.ws)
		}
		kernel.Scale(b.Data, nsB, a.Data)
		ca := n.scaled(a.Data, nsC)
		kernel.MatmulSymmetric(b, ca, a, true, &n.ws)
		kernel.Scale(y, nsA, x)
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

// Cost is about what a step on p costs, in operations of a product of
// matrices: Newton–Schulz’ three products, two of them symmetric, or AdamW’s way
// through memory.
func Cost(r recipe.Recipe, p *tensor.Tensor) float64 {
	cost := adamwCost * float64(p.Len())
	if takesMuon(r, p) {
		k, n := float64(min(p.Rows(), p.Cols())), float64(max(p.Rows(), p.Cols()))
		cost += nsSteps * (3*k*k*n + k*k*k)
	}
	return cost
}

const adamwCost = 30 // a weight
