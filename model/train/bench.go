package train

import (
	"slices"
	"time"
)

// Timing is how fast steps of a recipe are on this machine.
type Timing struct {
	Median, Min, Max    time.Duration // of one step
	TokensPerSecond     float64       // at the median
	GFLOPS              float64       // of a whole step at the median; its operations are an estimate
	LossFirst, LossLast float64
}

// mostUnmeasured steps, no more than those that are measured, come first: they fill the
// arena and the caches.
const mostUnmeasured = 3

// Bench times steps of a new run, one by one. between, unless nil, is called
// after each and is not timed.
func Bench(run *Run, steps int, between func()) (t Timing, err error) {
	defer func() { err = lostOr(recover(), err) }()
	unmeasured := min(steps, mostUnmeasured)
	times := make([]time.Duration, 0, steps)
	for i := range unmeasured + steps {
		begin := time.Now()
		if err := run.Step(); err != nil {
			return Timing{}, err
		}
		if run.device != nil { // which may be at it still
			run.Tell()
		}
		if i >= unmeasured {
			times = append(times, time.Since(begin))
		}
		if i == 0 {
			if err := run.Tell(); err != nil {
				return Timing{}, err
			}
			t.LossFirst = run.Loss
		}
		if between != nil {
			between()
		}
	}
	if err := run.Tell(); err != nil {
		return Timing{}, err
	}
	slices.Sort(times)
	t.Median, t.Min, t.Max, t.LossLast = times[steps/2], times[0], times[steps-1], run.Loss
	tokens := float64(run.Recipe.TokensPerStep())
	t.TokensPerSecond = tokens / t.Median.Seconds()
	t.GFLOPS = t.TokensPerSecond * run.Recipe.Model.FLOPsPerToken() / 1e9
	return t, nil
}
