package session

import (
	"math"
	"testing"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// What is told of the past of a run that was evaluated very often is a message
// that can be sent.
func TestLongHistory(t *testing.T) {
	var told protocol.Event
	l := &library{current: &current{}, voice: &voice{emit: func(e protocol.Event) { told = e }}}
	for step := range 25_000 {
		m := recipe.Measurement{Step: step, Tokens: step << 12, Seconds: math.Pi * float64(step)}
		for _, name := range []string{recipe.TrainLoss, recipe.ValLoss, recipe.OldLoss, recipe.BitsPerByte, recipe.Exact, "accuracy"} {
			m.Measures = append(m.Measures, recipe.Measure{Name: name, Value: 1 / math.Pi})
		}
		l.current.Log = checkpoint.Noted(l.current.Log, checkpoint.Entry{Step: step, Loss: math.Pi})
		l.current.Log = checkpoint.Noted(l.current.Log, checkpoint.Evaluation(m))
	}
	l.tellHistory()
	text, err := protocol.EncodeEvent(told)
	if err != nil || len(text) > protocol.MaxMessage/8 {
		t.Errorf("it has %d bytes (%v)", len(text), err)
	}
	if h := told.(*protocol.History); len(h.Evals) < 128 || h.Evals[len(h.Evals)-1].Step != 24_999 {
		t.Errorf("it has %d evaluations", len(h.Evals))
	}
}
