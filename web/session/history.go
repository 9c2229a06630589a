package session

import (
	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// entryOf is an evaluation as a line of the log.
func entryOf(m recipe.Measurement) checkpoint.Entry {
	of := m.Measures.Value
	return checkpoint.Entry{Step: m.Step, TrainLoss: of(recipe.TrainLoss), ValLoss: of(recipe.ValLoss), Bits: of(recipe.BitsPerByte),
		OldLoss: of(recipe.OldLoss), Best: m.Best, Tokens: m.Tokens, Seconds: m.Seconds}
}

// measurementOf is a line of the log that is an evaluation.
func measurementOf(e checkpoint.Entry) recipe.Measurement {
	m := recipe.Measurement{Step: e.Step, Tokens: e.Tokens, Seconds: e.Seconds, Best: e.Best,
		Measures: recipe.Measures{{Name: recipe.TrainLoss, Value: e.TrainLoss}, {Name: recipe.ValLoss, Value: e.ValLoss}}}
	if e.OldLoss > 0 {
		m.Measures = append(m.Measures, recipe.Measure{Name: recipe.OldLoss, Value: e.OldLoss})
	}
	if e.Bits > 0 {
		m.Measures = append(m.Measures, recipe.Measure{Name: recipe.BitsPerByte, Value: e.Bits})
	}
	return m
}

// tellHistory tells what was measured of the open model before.
func (l *library) tellHistory() {
	h := &protocol.History{Steps: []int{}, Losses: []float64{}, Evals: []recipe.Measurement{}}
	var points []checkpoint.Entry
	for _, e := range l.current.Log {
		if e.Loss > 0 {
			points = append(points, e)
			continue
		}
		h.Evals = append(h.Evals, measurementOf(e))
	}
	for _, e := range thinned(points, protocol.MostCurve) {
		h.Steps, h.Losses = append(h.Steps, e.Step), append(h.Losses, e.Loss)
	}
	h.Evals = thinned(h.Evals, protocol.MostEvals)
	l.voice.tell(h)
}

// thinned is at most n of list, evenly chosen, the first and the last among
// them.
func thinned[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	few := make([]T, n)
	for i := range few {
		few[i] = list[i*(len(list)-1)/(n-1)]
	}
	return few
}

// measured tells whether a log has an evaluation.
func measured(log []checkpoint.Entry) bool {
	for _, e := range log {
		if e.Loss == 0 {
			return true
		}
	}
	return false
}

// latest is the loss of the latest batch in a log.
func latest(log []checkpoint.Entry) float64 {
	for i := len(log) - 1; i >= 0; i-- {
		if log[i].Loss > 0 {
			return log[i].Loss
		}
	}
	return 0
}
