package session

import (
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// while sends commands when the next long task of this name is first told of.
func (d *desk) while(task string, commands ...protocol.Command) {
	d.on(func(e protocol.Event) protocol.Command {
		if w, is := e.(*protocol.Working); !is || w.Task != task || len(commands) == 0 {
			return nil
		}
		c := commands[0]
		commands = commands[1:]
		return c
	})
}

// cancelled waits for the command with this id to be answered as cancelled.
func (d *desk) cancelled(id int) {
	d.Helper()
	if p := d.problem(protocol.Cancelled); p.ID != id {
		d.Errorf("%d is cancelled instead of %d", p.ID, id)
	}
}

// While the model writes what its forgetting is measured by, both Stop and
// Cancel end what leads to the run; the model stays, and can be trained anew.
func TestStopWhilePreparing(t *testing.T) {
	d, id := learned(t, folder(t))
	d.give(rhyme)
	r := tuning(recipe.Full)
	r.Tuning.Old = "own"
	for i, end := range []protocol.Command{&protocol.Stop{}, &protocol.Cancel{Request: as(32)}} {
		d.while("old", &protocol.Predict{Request: as(90), Prompt: "A rose"}, end)
		d.commands <- &protocol.Train{Request: as(31 + i), Recipe: r}
		d.state("preparing")
		if p := next[*protocol.Prediction](d); p.ID != 90 {
			t.Errorf("while it prepares it answers %+v", p)
		}
		d.cancelled(31 + i)
		if s := d.state("done"); s.ID != 31+i {
			t.Errorf("after %T the state answers %d", end, s.ID)
		}
	}
	if open := d.opened(); open != id {
		t.Errorf("%q is open instead of %q", open, id)
	}
	d.commands <- &protocol.Train{Recipe: r}
	d.state("training")
	d.state("done")
}

// opened is the id of the open model.
func (d *desk) opened() string {
	d.Helper()
	d.commands <- &protocol.Rename{Request: as(77), ModelID: "none", Name: "x"} // is answered by the shelf all the same
	for {
		if s := next[*protocol.Shelf](d); s.ID == 77 {
			return s.Open
		}
	}
}

// Learning which pieces are common can be ended, and the text is cut as before.
func TestCancelTheTokenizer(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.SetText{Request: as(1), Source: "sample", Name: "village"}
	before := next[*protocol.Tokenizer](d)
	if before.ID != 1 {
		t.Errorf("the tokenizer of the text answers %d", before.ID)
	}
	for i, end := range []protocol.Command{&protocol.Cancel{Request: as(2)}, &protocol.Stop{}} {
		d.while("tokenizer", end)
		d.commands <- &protocol.SetTokenizer{Request: as(2 + i), Kind: "bpe", Size: 8192}
		d.cancelled(2 + i)
	}
	d.while("tokenizer", &protocol.Stop{})
	d.commands <- &protocol.Train{Request: as(4), Recipe: large()}
	d.cancelled(4)
	d.state("idle")
	d.commands <- &protocol.SetTokenizer{Kind: before.Kind, Size: before.Size} // there still, or it would be learned anew
	for {
		switch e := (<-d.events).(type) {
		case *protocol.Working:
			t.Fatalf("the tokenizer of before is gone: %+v", e)
		case *protocol.Tokenizer:
			if e.Size != before.Size || e.Tokens != before.Tokens {
				t.Errorf("the text is cut as %+v, before %+v", e, before)
			}
			return
		}
	}
}

// large is a recipe whose pieces take long to be learned.
func large() recipe.Recipe {
	r := brief()
	r.Tokenizer, r.VocabSize = "bpe", 8192
	return r
}

// A command that waits for another can be taken back before its turn.
func TestCancelWhatWaits(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.SetText{Source: "sample", Name: "village"}
	next[*protocol.Tokenizer](d)
	d.while("tokenizer", &protocol.SetTokenizer{Request: as(6), Kind: "bytes"}, &protocol.Cancel{Request: as(6)},
		&protocol.Train{Request: as(7), Recipe: brief()}, &protocol.Stop{})
	d.commands <- &protocol.SetTokenizer{Request: as(5), Kind: "bpe", Size: 8192}
	d.cancelled(6)
	d.cancelled(7)
	d.cancelled(5)
	d.commands <- &protocol.Stop{}
	d.problem(protocol.NotTraining)
}

// Whatever answers a command carries its id, and what comes by itself none.
func TestAnswersKnowTheirCommand(t *testing.T) {
	d, id := learned(t, folder(t))
	d.commands <- &protocol.SetText{Request: as(11), Source: "upload", Name: "own.txt", Data: own}
	d.commands <- &protocol.SetText{Request: as(12), Source: "sample", Name: "opticks"}
	d.commands <- &protocol.SetTokenizer{Request: as(13), Kind: "bytes"}
	d.commands <- &protocol.Export{Request: as(14), ModelID: id, Format: "zip", DType: "f32"}
	d.commands <- &protocol.Rename{Request: as(15), ModelID: id, Name: "x"}
	d.commands <- &protocol.Open{Request: as(16), ModelID: id}
	r := brief()
	r.Steps = 100000
	d.commands <- &protocol.Train{Request: as(17), Recipe: r, Ranks: 1}
	for _, want := range []struct {
		what string
		id   int
		got  int
	}{
		{"text", 11, next[*protocol.Text](d).ID}, {"problem", 12, next[*protocol.Problem](d).ID}, {"tokenizer", 13, next[*protocol.Tokenizer](d).ID},
		{"file", 14, next[*protocol.File](d).ID}, {"shelf", 15, next[*protocol.Shelf](d).ID}, {"model", 16, next[*protocol.Model](d).ID},
		{"history", 16, next[*protocol.History](d).ID}, {"state", 16, next[*protocol.State](d).ID}, {"model", 17, next[*protocol.Model](d).ID},
		{"state", 17, d.state("training").ID}, {"evaluation", 0, next[*protocol.Eval](d).ID}, {"step", 0, next[*protocol.Step](d).ID},
	} {
		if want.got != want.id {
			t.Errorf("a %s answers %d, want %d", want.what, want.got, want.id)
		}
	}
	d.commands <- &protocol.Pause{Request: as(18)}
	d.commands <- &protocol.Stop{Request: as(19)}
	if a, b := d.state("paused").ID, d.state("done").ID; a != 18 || b != 19 {
		t.Errorf("the states answer %d and %d", a, b)
	}
}

// A slow command is done between two steps of a run, which goes on.
func TestSlowCommandsBetweenSteps(t *testing.T) {
	d := sit(t)
	d.give(own)
	r := brief()
	r.Steps, r.EvalEvery = 100000, 100000
	d.commands <- &protocol.Train{Recipe: r}
	d.state("training")
	for id := range 5 {
		before := next[*protocol.Step](d).Step
		d.commands <- &protocol.SetTokenizer{Request: as(id + 1), Kind: []string{"bytes", "chars"}[id%2]}
		if tok := next[*protocol.Tokenizer](d); tok.ID != id+1 {
			t.Errorf("the tokenizer answers %d", tok.ID)
		}
		if after := next[*protocol.Step](d).Step; after <= before {
			t.Errorf("step %d follows %d", after, before)
		}
	}
	d.commands <- &protocol.Stop{}
	d.state("done")
}
