package train

import (
	"slices"
	"time"

	"hornbook/model/kernel"
)

// Timing is how fast steps of a recipe are on this machine.
type Timing struct {
	Median, Min, Max    time.Duration // of one step
	TokensPerSecond     float64       // at the median
	GFLOPS              float64       // of a whole step at the median; its operations are an estimate
	PeakGFLOPS          float64       // of one large matmul
	LossFirst, LossLast float64
}

// unmeasured steps come first: they fill the arena and the caches.
const unmeasured = 3

// Bench times steps of a new run, one by one. between, unless nil, is called
// after each and is not timed.
func Bench(run *Run, steps int, between func()) (Timing, error) {
	var t Timing
	times := make([]time.Duration, 0, steps)
	for i := range unmeasured + steps {
		begin := time.Now()
		if err := run.Step(); err != nil {
			return Timing{}, err
		}
		if i >= unmeasured {
			times = append(times, time.Since(begin))
		}
		if i == 0 {
			t.LossFirst = run.Loss
		}
		if between != nil {
			between()
		}
	}
	slices.Sort(times)
	t.Median, t.Min, t.Max, t.LossLast = times[steps/2], times[0], times[steps-1], run.Loss
	tokens := float64(run.Recipe.TokensPerStep())
	t.TokensPerSecond = tokens / t.Median.Seconds()
	t.GFLOPS = t.TokensPerSecond * run.Recipe.Model.FLOPsPerToken() / 1e9
	t.PeakGFLOPS = peak()
	return t, nil
}

// peak is the speed of the fastest of some products of 512×512 matrices.
func peak() float64 {
	const n, tries = 512, 8
	x := make([]float32, n*n)
	for i := range x {
		x[i] = float32(i%7) - 3
	}
	a, c := kernel.Mat(x, n, n), kernel.Mat(make([]float32, n*n), n, n)
	var ws kernel.Workspace
	best := time.Hour
	for range tries {
		begin := time.Now()
		kernel.Matmul(c, a, a, false, &ws)
		best = min(best, time.Since(begin))
	}
	return 2 * n * n * n / best.Seconds() / 1e9
}
