package optim

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hornbook/model/cpu"
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

var backend = cpu.New()

func parameter(name string, w, g float32, dims ...int) *tensor.Tensor {
	p := tensor.Parameter(backend, name, dims...)
	backend.Fill(p, w)
	backend.Fill(p.Grad, g)
	return p
}

// Two steps of AdamW on one number, by the formula in float64; decay is for
// matrices only.
func TestAdamW(t *testing.T) {
	r := recipe.Recipe{Optimizer: "adamw", LearningRate: 0.01, Beta1: 0.9, Beta2: 0.99, WeightDecay: 0.1, Steps: 10, Schedule: "constant"}
	matrix, vector := parameter("m", 2, 0.5, 3, 3), parameter("v", 2, 0.5, 3)
	o := New(backend, r, []*tensor.Tensor{matrix, vector})
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
		if got := float64(matrix.Numbers()[0]); math.Abs(got-want(0.1, i)) > 1e-6 {
			t.Errorf("matrix after step %d: %v, want %v", i, got, want(0.1, i))
		}
		if got := float64(vector.Numbers()[0]); math.Abs(got-want(0, i)) > 1e-6 {
			t.Errorf("vector after step %d: %v, want %v", i, got, want(0, i))
		}
	}
}

func TestClip(t *testing.T) {
	p := []*tensor.Tensor{parameter("a", 0, 3, 1), parameter("b", 0, 4, 1, 1)}
	clipped := func(limit float64) float64 {
		c := NewClipper(backend, recipe.Recipe{Clip: limit}, p)
		c.Measure()
		c.Clip()
		return c.Norm()
	}
	if n := clipped(0); math.Abs(n-5) > 1e-6 {
		t.Fatalf("the norm of (3, 4) is %v", n)
	}
	for _, limit := range []float64{0, 5.1} {
		clipped(limit)
		if p[0].Grad.Number() != 3 {
			t.Errorf("a limit of %v changed a gradient of norm 5", limit)
		}
	}
	clipped(1)
	if n := clipped(1); math.Abs(n-1) > 1e-5 {
		t.Errorf("clipped to a norm of %v, want 1", n)
	}
}

// Muon takes the matrices of the blocks and nothing else.
func TestMuonsShare(t *testing.T) {
	r, _ := recipe.ByName("speedrun")
	r.Model.Vocab, r.Optimizer = 5, "muon"
	var params []*tensor.Tensor
	for _, t := range r.Tensors() {
		params = append(params, parameter(t.Name, 0, 1, t.Dims...))
	}
	muons := 0
	for i, s := range New(backend, r, params).states {
		matrix := strings.HasPrefix(s.p.Name, "blocks.") && strings.HasSuffix(s.p.Name, ".weight")
		if (s.v == nil) != matrix || s.p != params[i] {
			t.Errorf("%s is not with its optimizer", s.p.Name)
		}
		if matrix {
			muons++
		}
	}
	if muons == 0 || muons == len(params) {
		t.Errorf("of %d tensors %d are Muon's", len(params), muons)
	}
}

// Moments that were laid out and taken over, or named and copied, go on to the
// same bits.
func TestMomentsLast(t *testing.T) {
	r := recipe.Recipe{Optimizer: "muon", LearningRate: 0.01, MuonRate: 0.02, Beta1: 0.9, Beta2: 0.99, Momentum: 0.95, Steps: 10, Schedule: "constant"}
	make2 := func() ([]*tensor.Tensor, *Optimizer) {
		params := []*tensor.Tensor{tensor.Parameter(backend, "tokens.weight", 4, 3), tensor.Parameter(backend, "blocks.0.mlp.up.weight", 3, 4)}
		return params, New(backend, r, params)
	}
	walk := func(params []*tensor.Tensor, o *Optimizer, from, to int) {
		for step := from; step < to; step++ {
			for _, p := range params {
				g := make([]float32, p.Len())
				for i := range g {
					g[i] = float32((i*7+step*3)%5) - 2
				}
				p.Grad.Upload(g)
			}
			o.Step()
		}
	}
	params, o := make2()
	walk(params, o, 0, 4)
	for _, how := range []string{"flat", "named"} {
		later, next := make2()
		for i, p := range later {
			p.Upload(params[i].Numbers())
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
				m.Upload(from.Numbers())
			}
		}
		walk(later, next, 4, 8)
		straight, same := make2()
		walk(straight, same, 0, 8)
		for i, p := range later {
			if !slices.Equal(p.Numbers(), straight[i].Numbers()) {
				t.Errorf("%s: %s went another way", how, p.Name)
			}
		}
	}
}
