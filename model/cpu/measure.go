package cpu

import "hornbook/model/kernel"

// MultiplyAdds does turns of multiply-adds in registers and returns the number of
// operations that these are: the most that a core can do.
func MultiplyAdds(turns int) (operations int) { return kernel.MultiplyAdds(turns) }

// Product makes one product of dense matrices, C (M,N) over K, to be timed: of
// the form "forward" A·Bᵀ, "input" A·B or "weight" Aᵀ·B, the packing of its
// operands included.
func Product(form string, m, n, k int) (run func()) {
	a, b := ramp(m*k), ramp(k*n)
	c, ws := kernel.Mat(make([]float32, m*n), m, n), new(kernel.Workspace)
	x, y := kernel.Mat(a, m, k), kernel.Mat(b, k, n)
	switch form {
	case "forward":
		y = kernel.Mat(b, n, k).T()
	case "weight":
		x = kernel.Mat(a, k, m).T()
	}
	return func() { kernel.Matmul(c, x, y, false, ws) }
}

func ramp(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i%7) - 3
	}
	return x
}
