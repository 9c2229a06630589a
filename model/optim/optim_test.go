package optim

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// The schedule of nanoGPT's CPU preset at chosen steps, worked out by hand.
func TestSchedule(t *testing.T) {
	nano, _ := recipe.ByName("nanogpt-cpu")
	line := recipe.Recipe{Steps: 100, WarmUp: 0, Hold: 0.5, FinalFraction: 0.2, Schedule: "linear"}
	flat := recipe.Recipe{Steps: 100, WarmUp: 10, Schedule: "constant", FinalFraction: 0.1}
	for _, c := range []struct {
		r    recipe.Recipe
		step int
		want float64
	}{
		{nano, 0, 1.0 / 101}, {nano, 99, 100.0 / 101}, {nano, 100, 1}, {nano, 1050, 0.55}, {nano, 2000, 0.1}, {nano, 9999, 0.1},
		{line, 0, 1}, {line, 50, 1}, {line, 75, 0.6}, {line, 100, 0.2},
		{flat, 0, 1.0 / 11}, {flat, 10, 1}, {flat, 99, 1},
	} {
		if got := Fraction(c.r, c.step); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s at step %d of %d: %v, want %v", c.r.Schedule, c.step, c.r.Steps, got, c.want)
		}
	}
}

func parameter(name string, w, g float32, dims ...int) *tensor.Tensor {
	p := tensor.Parameter(name, dims...)
	for i := range p.Data {
		p.Data[i], p.Grad.Data[i] = w, g
	}
	return p
}

// Two steps of AdamW on one number, by the formula in float64; decay is for
// matrices only.
func TestAdamW(t *testing.T) {
	r := recipe.Recipe{Optimizer: "adamw", LearningRate: 0.01, Beta1: 0.9, Beta2: 0.99, WeightDecay: 0.1, Steps: 10, Schedule: "constant"}
	matrix, vector := parameter("m", 2, 0.5, 3, 3), parameter("v", 2, 0.5, 3)
	o := New(r, []*tensor.Tensor{matrix, vector})
	want := func(decay float64, steps int) float64 {
		w, m, v := 2.0, 0.0, 0.0
		for i := 1; i <= steps; i++ {
			g := 0.5
			m, v = 0.9*m+0.1*g, 0.99*v+0.01*g*g
			w -= 0.01 * decay * w
			w -= 0.01 * (m / (1 - math.Pow(0.9, float64(i)))) / (math.Sqrt(v/(1-math.Pow(0.99, float64(i)))) + 1e-8)
		}
		return w
	}
	for i := 1; i <= 2; i++ {
		o.Step()
		if got := float64(matrix.Data[0]); math.Abs(got-want(0.1, i)) > 1e-6 {
			t.Errorf("matrix after step %d: %v, want %v", i, got, want(0.1, i))
		}
		if got := float64(vector.Data[0]); math.Abs(got-want(0, i)) > 1e-6 {
			t.Errorf("vector after step %d: %v, want %v", i, got, want(0, i))
		}
	}
}

func TestClip(t *testing.T) {
	p := []*tensor.Tensor{parameter("a", 0, 3, 1), parameter("b", 0, 4, 1, 1)}
	if n := Norm(p); math.Abs(n-5) > 1e-6 {
		t.Fatalf("the norm of (3, 4) is %v", n)
	}
	for _, limit := range []float64{0, 5.1} {
		Clip(p, 5, limit)
		if p[0].Grad.Data[0] != 3 {
			t.Errorf("a limit of %v changed a gradient of norm 5", limit)
		}
	}
	Clip(p, 5, 1)
	if n := Norm(p); math.Abs(n-1) > 1e-5 {
		t.Errorf("clipped to a norm of %v, want 1", n)
	}
}

// Muon's direction has singular values near 1, whatever the shape.
func TestOrthogonal(t *testing.T) {
	for _, dims := range [][2]int{{8, 8}, {20, 8}, {8, 20}, {33, 17}, {1, 5}} {
		rows, cols := dims[0], dims[1]
		g, dense := make([]float32, rows*cols), make([]float64, rows*cols)
		for i := range g {
			g[i] = float32(math.Sin(float64(i*i+1)) * 3)
		}
		var ns newtonSchulz
		for i, u := range ns.orthogonal(g, rows, cols) {
			dense[i] = float64(u)
		}
		var svd mat.SVD
		if !svd.Factorize(mat.NewDense(rows, cols, dense), mat.SVDNone) {
			t.Fatal("no singular values")
		}
		for _, s := range svd.Values(nil) {
			if s < 0.5 || s > 1.3 { // where the quintic's five steps end
				t.Errorf("%dx%d: a singular value is %v", rows, cols, s)
			}
		}
	}
}

// Muon takes the matrices of the blocks and nothing else.
func TestMuonsShare(t *testing.T) {
	params := []*tensor.Tensor{parameter("tokens.weight", 0, 1, 4, 4), parameter("blocks.0.mlp.up.weight", 0, 1, 4, 4),
		parameter("blocks.0.norm1.gain", 0, 1, 4), parameter("head.weight", 0, 1, 4, 4)}
	o := New(recipe.Recipe{Optimizer: "muon"}, params)
	for i, s := range o.states {
		if (s.v == nil) != (i == 1) || s.p != params[i] {
			t.Errorf("%s is not with its optimizer", s.p.Name)
		}
	}
}

// Moments that were laid out and taken over, or named and copied, go on to the
// same bits.
func TestMomentsLast(t *testing.T) {
	r := recipe.Recipe{Optimizer: "muon", LearningRate: 0.01, MuonRate: 0.02, Beta1: 0.9, Beta2: 0.99, Momentum: 0.95, Steps: 10, Schedule: "constant"}
	make2 := func() ([]*tensor.Tensor, *Optimizer) {
		params := []*tensor.Tensor{tensor.Parameter("tokens.weight", 4, 3), tensor.Parameter("blocks.0.mlp.up.weight", 3, 4)}
		return params, New(r, params)
	}
	walk := func(params []*tensor.Tensor, o *Optimizer, from, to int) {
		for step := from; step < to; step++ {
			for _, p := range params {
				for i := range p.Grad.Data {
					p.Grad.Data[i] = float32((i*7+step*3)%5) - 2
				}
			}
			o.Step()
		}
	}
	params, o := make2()
	walk(params, o, 0, 4)
	for _, how := range []string{"flat", "named"} {
		later, next := make2()
		for i, p := range later {
			copy(p.Data, params[i].Data)
		}
		next.Continue(4, nil)
		if how == "flat" {
			m, v := make([]float32, 24), make([]float32, 24)
			o.Flat(m, v)
			next.SetFlat(m, v)
		} else {
			for i, m := range next.Moments() {
				from := o.Moments()[i]
				if m.Name != from.Name {
					t.Fatalf("%s comes after %s", m.Name, from.Name)
				}
				copy(m.Data, from.Data)
			}
		}
		walk(later, next, 4, 8)
		straight, same := make2()
		walk(straight, same, 0, 8)
		for i, p := range later {
			if !slices.Equal(p.Data, straight[i].Data) {
				t.Errorf("%s: %s went another way", how, p.Name)
			}
		}
	}
}
