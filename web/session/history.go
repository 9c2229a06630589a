package session

import (
	"slices"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// measurementOf is a line of the log that is an evaluation.
func measurementOf(e checkpoint.Entry) recipe.Measurement {
	return recipe.Measurement{Step: e.Step, Tokens: e.Tokens, Seconds: e.Seconds, Best: e.Best, Measures: e.Measures, Replies: e.Replies}
}

// tellHistory tells what was measured of the open model before; a log holds no
// more than a message can.
func (l *library) tellHistory() {
	h := &protocol.History{Steps: []int{}, Losses: []float64{}, Evals: []recipe.Measurement{}}
	for _, e := range l.current.Log {
		if e.Evaluated() {
			h.Evals = append(h.Evals, measurementOf(e))
			continue
		}
		h.Steps, h.Losses = append(h.Steps, e.Step), append(h.Losses, e.Loss)
	}
	l.voice.tell(h)
}

// measured tells whether a log has an evaluation.
func measured(log []checkpoint.Entry) bool {
	return slices.ContainsFunc(log, checkpoint.Entry.Evaluated)
}

// latest is the loss of the latest batch in a log.
func latest(log []checkpoint.Entry) float64 {
	for _, e := range slices.Backward(log) {
		if e.Loss > 0 {
			return e.Loss
		}
	}
	return 0
}
