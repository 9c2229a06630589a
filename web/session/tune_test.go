package session

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/exchange"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// tuning is a short recipe of a method.
func tuning(method string) recipe.Recipe {
	r := recipe.FineTune(brief(), method, 5000)
	r.Steps, r.EvalEvery, r.Batch, r.Tuning.LastLayers, r.Tuning.Patience = 40, 10, 4, 1, 0
	r.LearningRate, r.MuonRate = 4e-3, 0.02
	return r
}

// rhyme is another text than own, that can be learned soon.
var rhyme = []byte(strings.Repeat("A rose is a rose is a rose. ", 400))

// A model is trained further, measured on both texts, and writes as it was
// before and as it is.
func TestTune(t *testing.T) {
	for _, method := range recipe.Methods[1:] {
		d, _ := learned(t, folder(t))
		d.give(rhyme)
		fit := next[*protocol.Fit](d)
		for fit.Tokens != len(rhyme) { // of the text before
			fit = next[*protocol.Fit](d)
		}
		if fit.Unknown != 0 {
			t.Errorf("the text fits as %+v", fit)
		}
		d.commands <- &protocol.Train{Recipe: tuning(method)}
		m := next[*protocol.Model](d)
		if m.From != "own.txt" || m.Old != "own.txt" || !m.Before || m.Trained >= m.Parameters && method != recipe.Full {
			t.Errorf("%s: the model is told as %+v", method, m)
		}
		first := next[*protocol.Eval](d)
		last := first
		for last.Step < 40 {
			last = next[*protocol.Eval](d)
		}
		d.state("done")
		if last.ValLoss > first.ValLoss-0.1 || old(first) <= 0 || math.Abs(old(last)-old(first)) < 1e-4 {
			t.Errorf("%s: the losses went from %+v to %+v", method, first, last)
		}
		write := func(id int, by string) string {
			d.commands <- &protocol.Generate{Request: as(id), Prompt: "A rose", Tokens: 20, By: by, Sampling: protocol.Sampling{Temperature: 0}}
			var text strings.Builder
			for _, c := range d.written(id, 20) {
				text.WriteString(c.Text)
			}
			return text.String()
		}
		if now, was := write(1, ""), write(2, protocol.Before); now == was {
			t.Errorf("%s: before and after write the same %q", method, now)
		}
		d.leave()
	}
}

// A fine-tune goes on without its shelf's texts too, where they can be made
// again, as natively, and one that is stopped keeps the model as it is.
func TestTuneGoesOnWithoutShelf(t *testing.T) {
	saves := map[string]checkpoint.Run{}
	host := func() Host {
		return Host{Save: func(kept checkpoint.Run) error { saves["run"] = copied(t, kept); return nil },
			Load: func(id string) (checkpoint.Run, error) { return copied(t, saves[id]), nil }}
	}
	d := sitAt(t, host())
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1}
	d.state("done")
	for !next[*protocol.Saved](d).Done {
	}
	d.close()
	saves["base"] = saves["run"]

	r := tuning(recipe.Full)
	whole := sitAt(t, host())
	begin := func(d *desk) {
		d.give(rhyme)
		d.commands <- &protocol.Open{ModelID: "base"}
		d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	}
	begin(whole)
	whole.state("done")
	want := whole.weights()
	whole.close()

	cut := sitAt(t, host())
	cut.pauseAt(20)
	begin(cut)
	for next[*protocol.Saved](cut).Step < 20 {
	}
	cut.close()
	if kept := saves["run"]; kept.Old != "own" || kept.State == "done" {
		t.Errorf("saved as %q, forgetting measured on %q", kept.State, kept.Old)
	}
	later := sitAt(t, host())
	later.give(rhyme)
	later.commands <- &protocol.Open{ModelID: "run"}
	later.state("paused")
	later.commands <- &protocol.Resume{}
	later.state("done")
	if got := later.weights(); !bytes.Equal(got, want) {
		t.Error("the run that went on ends with other weights")
	}
}

// copied is kept as it is after a save and a load.
func copied(t *testing.T, kept checkpoint.Run) checkpoint.Run {
	t.Helper()
	var b bytes.Buffer
	if err := exchange.WriteZip(&b, kept); err != nil {
		t.Error(err)
	}
	return unzipped(t, b.Bytes())
}

// unzipped is the run of a zip.
func unzipped(t *testing.T, zip []byte) checkpoint.Run {
	t.Helper()
	run, _, err := exchange.Import(fstest.MapFS{"run.zip": {Data: zip}}, 1e9)
	if err != nil {
		t.Error(err)
	}
	return run
}

// old is the loss on text like the old, that an evaluation took.
func old(e *protocol.Eval) float64 { return e.Measures.Value(recipe.OldLoss) }
