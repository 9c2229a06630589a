package kernel

import "math"

// ExpRef computes dst[i] = e^x[i]. dst may be x.
func ExpRef(dst, x []float32) {
	together(dst, x)
	for i, v := range x {
		dst[i] = float32(math.Exp(float64(v)))
	}
}

// GELURef computes y = x·Φ(x), Φ the normal distribution function, exactly
// and not by the tanh approximation (Hendrycks & Gimpel 2016, eq. 1), and its
// slope, φ being the normal density:
//
//	slope = Φ(x) + x·φ(x)
//
// y may be x; slope may be nil.
func GELURef(y, slope, x []float32) {
	checkGELU(y, slope, x)
	for i, v := range x[:len(y)] {
		z := float64(v)
		y[i] = float32(z * phi(z))
		if slope != nil {
			density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
			slope[i] = float32(phi(z) + z*density)
		}
	}
}

// GELUTanhRef computes y = x·(1+tanh(u))/2 with u = √(2/π)·(x + 0.044715·x³),
// the approximation that GPT-2 was trained with (Hendrycks & Gimpel 2016, eq.
// 3), and its slope:
//
//	slope = (1+tanh(u))/2 + x·(1-tanh²(u))/2·√(2/π)·(1 + 3·0.044715·x²)
//
// y may be x; slope may be nil.
func GELUTanhRef(y, slope, x []float32) {
	checkGELU(y, slope, x)
	for i, v := range x[:len(y)] {
		z := float64(v)
		t := math.Tanh(tanhRate * (z + tanhCubic*z*z*z))
		y[i] = float32(z * (1 + t) / 2)
		if slope != nil {
			du := tanhRate * (1 + 3*tanhCubic*z*z)
			slope[i] = float32((1 + t) / 2)
			if t*t < 1 { // else du may be too large for a product with 0
				slope[i] = float32((1+t)/2 + z*(1-t*t)/2*du)
			}
		}
	}
}

// The numbers of GELUTanh: √(2/π), and the part of x³.
const (
	tanhRate  = 0.7978845608028654
	tanhCubic = 0.044715
)

func checkGELU(y, slope, x []float32) {
	together(y, x)
	if slope != nil {
		separate(need(slope, len(y)), y)
		separate(slope, x)
	}
}

func phi(z float64) float64 { return 0.5 * (1 + math.Erf(z/math.Sqrt2)) }

// ReLU2Ref computes y = max(x,0)² (So et al. 2021, Primer). y may be x.
func ReLU2Ref(y, x []float32) {
	together(y, x)
	for i, v := range x {
		v = max(v, 0)
		y[i] = v * v
	}
}

// ReLU2GradRef adds dy·2·max(x,0) to dx.
func ReLU2GradRef(dx, dy, x []float32) {
	together(dx, dy, x)
	for i, v := range x {
		dx[i] += dy[i] * 2 * max(v, 0)
	}
}

func sigmoid(x float32) float32 { return 1 / (1 + float32(math.Exp(-float64(x)))) }

// SwiGLURef computes y = gate·σ(gate)·up (Shazeer 2020, eq. 5 without biases).
// y may be gate or up.
func SwiGLURef(y, gate, up []float32) {
	together(y, gate, up)
	for i, g := range gate {
		y[i] = g * sigmoid(g) * up[i]
	}
}

// SwiGLUGradRef adds the gradients of SwiGLURef. With s = σ(gate):
//
//	dgate += dy·up·s·(1 + gate·(1-s));  dup += dy·gate·s
func SwiGLUGradRef(dgate, dup, dy, gate, up []float32) {
	together(dgate, dy, gate, up)
	together(need(dup, len(dgate)), dy, gate, up)
	separate(dgate, dup)
	for i, g := range gate {
		s := sigmoid(g)
		dgate[i] += dy[i] * up[i] * s * (1 + g*(1-s))
		dup[i] += dy[i] * g * s
	}
}
