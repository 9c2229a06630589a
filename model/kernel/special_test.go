package kernel

import (
	"math"
	"testing"
)

var nan, inf = float32(math.NaN()), float32(math.Inf(1))

// specials take every function to its ends.
var specials = []float32{
	nan, inf, -inf, 0, float32(math.Copysign(0, -1)), 1e30, -1e30, 100, -100, 88.72, 88.73, 89.5,
	-86.9, -87.4, -88, -103.9, -104, 3e38, -3e38, 1e-40, -1e-40, 1e-30, 13, -13, 6.5, -6.5, 20, -20,
}

// Kernels of one argument, and of a second that is 1.
func TestSpecials(t *testing.T) {
	ones := make([]float32, len(specials))
	for i := range ones {
		ones[i] = 1
	}
	for _, k := range []struct {
		name      string
		fast, ref func(y, x []float32)
	}{
		{"Exp", Exp, ExpRef},
		{"GELU", func(y, x []float32) { GELU(y, nil, x) }, func(y, x []float32) { GELURef(y, nil, x) }},
		{
			"GELU's slope",
			func(y, x []float32) { GELU(make([]float32, len(y)), y, x) },
			func(y, x []float32) { GELURef(make([]float32, len(y)), y, x) },
		},
		{"GELUTanh", func(y, x []float32) { GELUTanh(y, nil, x) }, func(y, x []float32) { GELUTanhRef(y, nil, x) }},
		{
			"GELUTanh's slope",
			func(y, x []float32) { GELUTanh(make([]float32, len(y)), y, x) },
			func(y, x []float32) { GELUTanhRef(make([]float32, len(y)), y, x) },
		},
		{"ReLU2", ReLU2, ReLU2Ref},
		{"ReLU2Grad", func(y, x []float32) { ReLU2Grad(y, ones, x) }, func(y, x []float32) { ReLU2GradRef(y, ones, x) }},
		{"SwiGLU", func(y, x []float32) { SwiGLU(y, x, ones) }, func(y, x []float32) { SwiGLURef(y, x, ones) }},
		{
			"SwiGLUGrad",
			func(y, x []float32) { SwiGLUGrad(y, make([]float32, len(y)), ones, x, ones) },
			func(y, x []float32) { SwiGLUGradRef(y, make([]float32, len(y)), ones, x, ones) },
		},
	} {
		got, want := make([]float32, len(specials)), make([]float32, len(specials))
		k.fast(got, specials)
		k.ref(want, specials)
		for i, x := range specials {
			if !usual.holds(got[i], float64(want[i])) {
				t.Errorf("%s(%v): got %v, want %v", k.name, x, got[i], want[i])
			}
		}
	}
}

// A NaN at any place reaches what depends on it: the trainer stops on a loss
// that is NaN.
func TestNaNReachesTheLoss(t *testing.T) {
	for _, v := range []int{36, 37} {
		testNaN(t, v)
	}
}

func testNaN(t *testing.T, v int) {
	for at := range v {
		logits, loss, lse := noise(2*v), make([]float32, 2), make([]float32, 2)
		logits[at] = nan
		CrossEntropy(loss, lse, logits, []int32{5, 5}, v)
		if loss[0] == loss[0] || loss[1] != loss[1] {
			t.Fatalf("CrossEntropy with a NaN at %d of row 0: losses %v", at, loss)
		}
		p := noise(v)
		p[at] = nan
		CausalSoftmax(Mat(p, 1, v), 1, make([]float32, 2))
		if p[0] == p[0] || p[v-1] == p[v-1] {
			t.Fatalf("CausalSoftmax with a NaN at %d: %v", at, p)
		}
	}
}

func TestSoftmaxLimits(t *testing.T) {
	p := []float32{-1e30, 1e30, 0, -inf, 3}
	CausalSoftmax(Mat(p, 1, 5), 1, make([]float32, 2))
	for i, want := range []float32{0, 1, 0, 0, 0} {
		if p[i] != want {
			t.Fatalf("CausalSoftmax: %v", p)
		}
	}
	loss, lse := make([]float32, 1), make([]float32, 1)
	CrossEntropy(loss, lse, []float32{1e30, -1e30, -inf}, []int32{0}, 3)
	if loss[0] != 0 {
		t.Fatalf("CrossEntropy: loss %v, want 0", loss[0])
	}
}

// The error that exp_simd.go states, over every exponent.
func TestExpError(t *testing.T) {
	x := make([]float32, 0, 1<<17)
	for v := -86.9; v < 88.7; v += 0.0017 {
		x = append(x, float32(v))
	}
	for v := 1.0; v > 1e-8; v *= 0.999 {
		x = append(x, float32(v), float32(-v))
	}
	y := make([]float32, len(x))
	Exp(y, x)
	var worst float64
	for i := range x {
		want := math.Exp(float64(x[i]))
		ulp := float64(math.Nextafter32(float32(want), inf) - float32(want))
		worst = max(worst, math.Abs(float64(y[i])-want)/ulp)
	}
	t.Logf("largest error %.2f ulp", worst)
	if worst > 2 {
		t.Fatalf("largest error %v ulp, stated 2", worst)
	}
}

func TestGELUError(t *testing.T) {
	var x []float32
	for v := -10.0; v < 10; v += 0.0003 {
		x = append(x, float32(v))
	}
	y, slope := make([]float32, len(x)), make([]float32, len(x))
	GELU(y, slope, x)
	var worst, worstSlope float64
	for i, v := range x {
		z := float64(v)
		worst = max(worst, math.Abs(float64(y[i])-z*normalCDF(z))/max(1, math.Abs(z)))
		want := normalCDF(z) + z*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
		worstSlope = max(worstSlope, math.Abs(float64(slope[i])-want))
	}
	t.Logf("largest errors %.2g and %.2g", worst, worstSlope)
	if worst > 3e-7 || worstSlope > 3e-7 {
		t.Fatalf("largest errors %v and %v, stated 3e-7", worst, worstSlope)
	}
}
