package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"hornbook/model/format"
	"hornbook/model/recipe"
)

// Entry is a line of log.jsonl: an evaluation, or a point of the curve, which
// has Step and Loss only.
type Entry struct {
	Step     int              `json:"step"`
	Loss     float64          `json:"loss,omitzero"` // of the step's own batch; 0 of an evaluation
	Tokens   int              `json:"tokens,omitzero"`
	Seconds  float64          `json:"seconds,omitzero"`
	Best     bool             `json:"best,omitzero"` // the lowest validation loss so far
	Measures recipe.Measures  `json:"measures,omitempty"`
	Replies  []recipe.Replied `json:"replies,omitempty"`
}

// Evaluation is what was measured as an entry.
func Evaluation(m recipe.Measurement) Entry {
	return Entry{Step: m.Step, Tokens: m.Tokens, Seconds: m.Seconds, Best: m.Best, Measures: m.Measures, Replies: m.Replies}
}

// Evaluated tells whether e is an evaluation.
func (e Entry) Evaluated() bool { return e.Loss == 0 }

// The most entries of each kind that a log keeps.
const (
	mostEvaluations = 512
	mostPoints      = 600
)

// Noted is log with e at its end. Where that is more of e's kind than are kept,
// the kind is thinned, so that a run may take as long as it likes: the same
// entries noted one after the other always give the same log.
func Noted(log []Entry, e Entry) []Entry {
	log = append(log, e)
	most, count := mostPoints, 0
	if e.Evaluated() {
		most = mostEvaluations
	}
	for _, other := range log {
		if other.Evaluated() == e.Evaluated() {
			count++
		}
	}
	if count <= most {
		return log
	}
	return thinned(log, e, most/2)
}

// thinned keeps of the entries of last's kind the first in each stretch of
// steps, a power of two long, so that at most about so many remain; and the last
// and the best one.
func thinned(log []Entry, last Entry, most int) (thin []Entry) {
	stretch, best := 1, -1
	for last.Step/stretch >= most {
		stretch *= 2
	}
	for i, e := range log {
		if e.Best {
			best = i
		}
	}
	next := 0 // stretch
	for i, e := range log {
		switch {
		case e.Evaluated() != last.Evaluated() || i == best || i == len(log)-1:
			thin = append(thin, e)
		case e.Step/stretch >= next:
			thin = append(thin, e)
		default:
			continue
		}
		if e.Evaluated() == last.Evaluated() {
			next = max(next, e.Step/stretch+1)
		}
	}
	return thin
}

// MeasuredAt are the measures of the evaluation at a step, nil if there are none.
func (run Run) MeasuredAt(step int) recipe.Measures {
	for _, e := range slices.Backward(run.Log) {
		if e.Evaluated() && e.Step == step {
			return e.Measures
		}
	}
	return nil
}

// maxLog bounds log.jsonl in bytes: before logs were thinned, a million steps
// took 40 MB.
const maxLog = 128 << 20

// writeLog writes a line an entry. What is not finite counts as unknown.
func writeLog(w io.Writer, log []Entry) error {
	enc := json.NewEncoder(w)
	for _, e := range log {
		e.Loss, e.Seconds = finite(e.Loss), finite(e.Seconds)
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// readLog reads a log, thinned if it is long.
func readLog(fsys fs.FS) (log []Entry, err error) {
	r, err := format.InOrder(fsys, logFile, maxLog)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	for line := 1; ; line++ {
		var e struct {
			Entry
			losses
		}
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			return log, nil
		}
		if err != nil {
			return nil, format.Unreadable(logFile, fmt.Errorf("line %d: %w", line, err))
		}
		e.Measures = e.measures(e.Measures)
		log = Noted(log, e.Entry)
	}
}

// losses are what run.json and log.jsonl had in place of measures. 0 is unknown.
type losses struct {
	TrainLoss float64 `json:"train_loss,omitzero"`
	ValLoss   float64 `json:"val_loss,omitzero"`
	OldLoss   float64 `json:"old_loss,omitzero"`
	Bits      float64 `json:"bits_per_byte,omitzero"`
}

// measures are m, or where there are none the losses by name.
func (l losses) measures(m recipe.Measures) recipe.Measures {
	if m != nil {
		return m
	}
	for _, one := range []recipe.Measure{{Name: recipe.TrainLoss, Value: l.TrainLoss}, {Name: recipe.ValLoss, Value: l.ValLoss},
		{Name: recipe.OldLoss, Value: l.OldLoss}, {Name: recipe.BitsPerByte, Value: l.Bits}} {
		if one.Value != 0 {
			m = append(m, one)
		}
	}
	return m
}
