package scale

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by*max(1, math.Abs(b)) }

func TestStudent(t *testing.T) {
	for freedom := 1; freedom <= 40; freedom++ {
		want := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(freedom)}
		for x := -30.0; x <= 30; x += 0.37 {
			if got := studentBelow(x, freedom); !near(got, want.CDF(x), 1e-12) {
				t.Fatalf("below %g with %d degrees of freedom: %g, gonum has %g", x, freedom, got, want.CDF(x))
			}
		}
	}
}

// TestLine compares a line of one exponent, and its prediction, with gonum's.
func TestLine(t *testing.T) {
	sizes := []Point{{1e10, 2.2}, {4e10, 1.99}, {1.5e11, 1.9}, {6e11, 1.75}}
	const noise, known = 1e-4, 4
	for _, exponent := range []float64{0.02, 0.15, 0.5} {
		l := along(exponent, sizes, noise, known)
		var powers, losses []float64
		for _, p := range sizes {
			powers, losses = append(powers, math.Pow(p.Ops, -exponent)), append(losses, p.Loss)
		}
		floor, slope := stat.LinearRegression(powers, losses, nil, false)
		if !near(l.floor(), floor, 1e-9) {
			t.Errorf("α %g: the floor is %g, gonum has %g", exponent, l.floor(), floor)
		}
		next := math.Pow(2.4e12, -exponent)
		if want := floor + slope*next; !near(l.at(2.4e12), want, 1e-9) {
			t.Errorf("α %g: %g at the next size, gonum has %g", exponent, l.at(2.4e12), want)
		}
		squares := 0.0
		for i, x := range powers {
			squares += math.Pow(losses[i]-floor-slope*x, 2)
		}
		mean, variance := stat.MeanVariance(powers, nil)
		n := float64(len(sizes))
		spread := math.Sqrt((known*noise + squares) / (known + n - 2))
		if want := spread * math.Sqrt(1+1/n+math.Pow(next-mean, 2)/(variance*(n-1))); !near(l.about(2.4e12), want, 1e-9) {
			t.Errorf("α %g: a run lies within %g, want %g", exponent, l.about(2.4e12), want)
		}
	}
}

// TestRuler compares the straight line on logarithmic axes with gonum's.
func TestRuler(t *testing.T) {
	runs := []Point{{1e10, 2.2}, {4e10, 1.99}, {1.5e11, 1.9}}
	law, err := Fit(runs)
	if err != nil {
		t.Fatal(err)
	}
	at0, slope := stat.LinearRegression([]float64{math.Log(1e10), math.Log(4e10), math.Log(1.5e11)}, []float64{math.Log(2.2), math.Log(1.99), math.Log(1.9)}, nil, false)
	if want := math.Exp(at0 + slope*math.Log(6e11)); !near(law.Ruler(6e11), want, 1e-9) {
		t.Errorf("the ruler says %g, gonum %g", law.Ruler(6e11), want)
	}
}

// TestForecastsHold makes runs by laws of many floors and exponents, with noise, and
// counts how many forecasts hold: about as many as they say, and not by being wide.
func TestForecastsHold(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	held, wide, rounds := 0, 0.0, 100
	for range rounds {
		exponent := 0.05 + 0.4*draw.Float64()
		floor, above := 0.3+1.2*draw.Float64(), 0.5+0.5*draw.Float64()
		run := func(rung int) Point {
			loss := floor + above*math.Pow(4, -exponent*float64(rung))
			return Point{1e10 * math.Pow(4, float64(rung)), loss * (1 + 0.006*draw.NormFloat64())}
		}
		law, err := Fit([]Point{run(0), run(0), run(1), run(1), run(2), run(2)})
		if errors.Is(err, ErrNotFalling) {
			continue
		}
		next := run(3)
		f := law.At(next.Ops)
		if f.Holds(next.Loss) {
			held++
		}
		wide += (f.High - f.Low) / f.Loss / float64(rounds)
	}
	if part := float64(held) / float64(rounds); part < 0.93 {
		t.Errorf("%.3f of forecasts hold, of %.2f that should", part, Sure)
	}
	if wide > 0.12 {
		t.Errorf("forecasts are %.3f of the loss wide", wide)
	}
	t.Logf("%d of %d hold, %.3f of the loss wide", held, rounds, wide)
}

func TestFitRefuses(t *testing.T) {
	if _, err := Fit([]Point{{1, 2}, {1, 2.1}, {4, 1.9}}); !errors.Is(err, ErrFewSizes) {
		t.Errorf("two sizes: %v", err)
	}
	if _, err := Fit([]Point{{1, 2}, {4, 2.1}, {16, 2.2}}); !errors.Is(err, ErrNotFalling) {
		t.Errorf("a loss that rises: %v", err)
	}
}

// TestMoreSeedsAreSurer has the forecast narrow as runs of a size agree.
func TestMoreSeedsAreSurer(t *testing.T) {
	runs := []Point{{1e10, 2.2}, {4e10, 2.0}, {16e10, 1.85}}
	few, err := Fit(runs)
	if err != nil {
		t.Fatal(err)
	}
	more, err := Fit(append(append(append([]Point{}, runs...), runs...), runs...))
	if err != nil {
		t.Fatal(err)
	}
	a, b := few.At(64e10), more.At(64e10)
	if b.High-b.Low >= a.High-a.Low {
		t.Errorf("%v with one run of each size, %v with three that agree", a, b)
	}
}
