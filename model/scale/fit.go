package scale

import (
	"errors"
	"math"
)

// How a law is fitted. For one exponent α the law is a line, L = E + A·x with x = C^-α, and
// fitting it is ordinary least squares: a forecast is Student's t about it. Three points
// fit almost any exponent, so none is chosen: each has the weight with which the points
// speak for it, and a forecast is the mixture of all. So it holds the noise of the runs,
// that of the line, and that nobody knows how much it bends.
//
// What is taken for granted before any point is seen:
//   - α lies between leastExponent and mostExponent, and is as likely below a half of that
//     as half of it is below a quarter: nobody knows its order. Kaplan et al. 2020 have 0.05
//     without a floor, Hoffmann et al. 2022 about 0.15 with one; models as small as these
//     fall more steeply. E is not below 0.
//   - runs that differ in their seed alone deviate by about usualNoise of the loss (LOG.md).
//     This counts as usualRuns runs do, so that two seeds that happen to agree make nobody
//     sure. The mean of a size's runs counts as one run: sizes differ by more than chance,
//     since width, rates and steps go in steps.
const (
	leastExponent, mostExponent, exponentStep = 0.02, 0.5, 0.02

	usualNoise = 0.006
	usualRuns  = 4

	// Sure is the part of forecasts that hold.
	Sure = 0.95
)

// LeastSizes are those that a law is fitted to.
const LeastSizes = 3

// Law is what some points say of all sizes.
type Law struct {
	lines   []line
	freedom int     // degrees of freedom of each line
	Noise   float64 // deviation of runs that differ in their seed alone
	Sizes   []Point // the rungs: the mean of their runs
}

// line is the law for one exponent.
type line struct {
	exponent, weight  float64
	small, large      float64 // the least and the most operations
	high, low         float64 // its losses there
	spread            float64 // of runs about it
	middle, deviation float64 // of x: its mean, and the sum of squares about it
	points            float64
}

// The errors of Fit.
var (
	ErrFewSizes   = errors.New("scale: a law needs runs of three sizes")
	ErrNotFalling = errors.New("scale: the loss does not fall from size to size")
)

// Fit fits a law to runs; those of as many operations are of one size.
func Fit(runs []Point) (Law, error) {
	sizes, squares, repeated := bySize(runs)
	if len(sizes) < LeastSizes {
		return Law{}, ErrFewSizes
	}
	usual := usualNoise * sizes[len(sizes)-1].Loss
	known := usualRuns + repeated
	noise := (usualRuns*usual*usual + squares) / float64(known)
	law := Law{freedom: known + len(sizes) - 2, Noise: math.Sqrt(noise), Sizes: sizes}
	for e := leastExponent; e < mostExponent+exponentStep/2; e += exponentStep {
		if l := along(e, sizes, noise, known); l.high > l.low && l.floor() >= 0 {
			law.lines = append(law.lines, l)
		}
	}
	if law.lines == nil {
		return Law{}, ErrNotFalling
	}
	return law, nil
}

// bySize are the means of runs of one size, smallest first, with the sum of squares about
// them and how many runs there are beyond the first of each.
func bySize(runs []Point) (sizes []Point, squares float64, repeated int) {
	runs = inOrder(runs)
	for len(runs) > 0 {
		n, sum := 0, 0.0
		for ; n < len(runs) && runs[n].Ops == runs[0].Ops; n++ {
			sum += runs[n].Loss
		}
		mean := sum / float64(n)
		for _, r := range runs[:n] {
			squares += (r.Loss - mean) * (r.Loss - mean)
		}
		sizes, repeated, runs = append(sizes, Point{runs[0].Ops, mean}), repeated+n-1, runs[n:]
	}
	return sizes, squares, repeated
}

// inOrder are runs by their operations and losses: a few, so by insertion, which is less
// code for the page than a sort.
func inOrder(runs []Point) (sorted []Point) {
	for _, r := range runs {
		at := 0
		for at < len(sorted) && (sorted[at].Ops < r.Ops || sorted[at].Ops == r.Ops && sorted[at].Loss < r.Loss) {
			at++
		}
		sorted = append(sorted, r)
		copy(sorted[at+1:], sorted[at:])
		sorted[at] = r
	}
	return sorted
}

// along is the line for an exponent. x is 1 at the smallest size and 0 at the largest, so
// that what is taken for granted, nothing of the losses there, is the same for all.
func along(exponent float64, sizes []Point, noise float64, known int) line {
	l := line{exponent: exponent, small: sizes[0].Ops, large: sizes[len(sizes)-1].Ops, points: float64(len(sizes))}
	xs, ys := make([]float64, len(sizes)), make([]float64, len(sizes))
	for i, p := range sizes {
		xs[i], ys[i] = l.x(p.Ops), p.Loss
	}
	slope := 0.0
	l.low, slope = regress(xs, ys)
	l.high = l.low + slope
	squares := 0.0
	for i, x := range xs {
		l.middle += x / l.points
		squares += (ys[i] - l.low - slope*x) * (ys[i] - l.low - slope*x)
	}
	for _, x := range xs {
		l.deviation += (x - l.middle) * (x - l.middle)
	}
	freedom := float64(known + len(sizes) - 2)
	all := float64(known)*noise + squares
	l.spread = math.Sqrt(all / freedom)
	l.weight = math.Pow(all/(float64(known)*noise), -freedom/2) / math.Sqrt(l.points*l.deviation) / exponent
	return l
}

// regress is the line of least squares, y = at0 + slope·x.
func regress(xs, ys []float64) (at0, slope float64) {
	n, mx, my := float64(len(xs)), 0.0, 0.0
	for i, x := range xs {
		mx, my = mx+x/n, my+ys[i]/n
	}
	xy, xx := 0.0, 0.0
	for i, x := range xs {
		xy, xx = xy+(x-mx)*(ys[i]-my), xx+(x-mx)*(x-mx)
	}
	slope = xy / xx
	return my - slope*mx, slope
}

// x is how far the power of C is from that of the largest size, in parts of the way to
// the smallest.
func (l line) x(ops float64) float64 {
	least := math.Pow(l.large/l.small, -l.exponent)
	return (math.Pow(ops/l.small, -l.exponent) - least) / (1 - least)
}

// at is the loss at so many operations, and floor that of endless ones.
func (l line) at(ops float64) float64 { return l.low + (l.high-l.low)*l.x(ops) }

func (l line) floor() float64 { return l.at(math.Inf(1)) }

// about is the spread of a run's loss about at.
func (l line) about(ops float64) float64 {
	off := l.x(ops) - l.middle
	return l.spread * math.Sqrt(1+1/l.points+off*off/l.deviation)
}

// Forecast is what a law says of a run: its loss lies between Low and High in 95 of 100
// cases, and is as likely above Loss as below.
type Forecast struct {
	Ops  float64 `json:"ops"`
	Loss float64 `json:"loss"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Holds tells whether a run came out as was said.
func (f Forecast) Holds(loss float64) bool { return f.Low <= loss && loss <= f.High }

// At is the forecast for a run of so many operations.
func (l Law) At(ops float64) Forecast {
	return Forecast{ops, l.quantile(ops, 0.5), l.quantile(ops, (1-Sure)/2), l.quantile(ops, (1+Sure)/2)}
}

// quantile is the loss under which a run ends with that probability.
func (l Law) quantile(ops, probability float64) float64 {
	low, high := 0.0, 2*l.Sizes[0].Loss
	for range 50 {
		if middle := (low + high) / 2; l.below(ops, middle) < probability {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// below is the probability that a run ends under a loss.
func (l Law) below(ops, loss float64) float64 {
	part, whole := 0.0, 0.0
	for _, one := range l.lines {
		part += one.weight * studentBelow((loss-one.at(ops))/one.about(ops), l.freedom)
		whole += one.weight
	}
	return part / whole
}

// Exponent and Floor are α and E as the points speak for them: the mean of all.
func (l Law) Exponent() float64 { return l.mean(func(one line) float64 { return one.exponent }) }

// Floor is E.
func (l Law) Floor() float64 { return l.mean(line.floor) }

func (l Law) mean(of func(line) float64) float64 {
	sum, whole := 0.0, 0.0
	for _, one := range l.lines {
		sum, whole = sum+one.weight*of(one), whole+one.weight
	}
	return sum / whole
}

// Ruler is the loss that a straight line through the points says on logarithmic axes,
// which knows no floor.
func (l Law) Ruler(ops float64) float64 {
	var xs, ys []float64
	for _, p := range l.Sizes {
		xs, ys = append(xs, math.Log(p.Ops)), append(ys, math.Log(p.Loss))
	}
	at0, slope := regress(xs, ys)
	return math.Exp(at0 + slope*math.Log(ops))
}
