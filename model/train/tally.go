package train

import "slices"

// tally adds up what steps and rounds tell, between two evaluations.
type tally struct {
	steps  float64
	sums   sums
	rounds float64
	rolled [3]float64 // reward, spread, flat
}

func (t *tally) step(s sums) {
	t.steps++
	t.sums.add(s)
}

func (t *tally) round(s Seen) {
	t.rounds++
	for i, x := range [...]float64{s.Reward, s.Spread, s.Flat} {
		t.rolled[i] += x
	}
}

// numbers are t's, nil if there is nothing in it.
func (t *tally) numbers() []float64 {
	if t.steps == 0 && t.rounds == 0 {
		return nil
	}
	return slices.Concat([]float64{t.steps, t.rounds}, t.sums[:], t.rolled[:])
}

// set takes over what numbers gave.
func (t *tally) set(x []float64) {
	*t = tally{}
	if len(x) == 2+len(t.sums)+len(t.rolled) {
		t.steps, t.rounds = x[0], x[1]
		copy(t.rolled[:], x[2+copy(t.sums[:], x[2:]):])
	}
}
