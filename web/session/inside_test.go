package session

import (
	"errors"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// deep is brief in DeepSeek's form.
func deep(steps int) recipe.Recipe {
	r := brief()
	r.Steps, r.EvalEvery, r.SampleEvery = steps, steps, 0
	r.Model.QKNorm, r.Model.Tied, r.Model.Ahead = false, true, 1
	r.Model.Latent = recipe.Latent{Query: 16, Rank: 8, Plain: 8, Turned: 4, Value: 8}
	r.Model.Experts = recipe.Experts{Count: 4, Chosen: 2, Shared: 1, Hidden: 12, Dense: 1, Normed: true, Scale: 1}
	return r
}

// Each token of a text goes to as many experts as the form says; loads are counted on what
// no run learns from, with what balances and without.
func TestLookInside(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.LookInside{}
	d.problem(protocol.NoModel)
	d.give(own)
	d.commands <- &protocol.Train{Recipe: deep(40)}
	d.state("training")
	d.commands <- &protocol.LookInside{Request: as(4), Text: "Tom", Count: true}
	if during := next[*protocol.Inside](d); during.ID != 4 || during.Held == 0 || len(during.Pieces) != 3 {
		t.Errorf("while it trains it tells %+v", during)
	}
	d.state("done")
	d.commands <- &protocol.LookInside{Request: as(5), Text: "Tom ran ☃", Count: true}
	told := next[*protocol.Inside](d)
	if len(told.Pieces) != 8 || len(told.Unknown) != 1 || told.Held != 256 || told.Second == 0 || told.Right > told.Second || told.Step != 0 {
		t.Errorf("it tells of %d tokens, %v, %d held out, %d of %d right, step %d", len(told.Pieces), told.Unknown, told.Held, told.Right, told.Second, told.Step)
	}
	if len(told.Blocks) != 2 || told.Blocks[0].Block != 2 || told.Blocks[1].Block != 0 || len(told.Blocks[1].Turns) != 0 {
		t.Fatalf("the blocks with experts are %+v", told.Blocks)
	}
	for _, b := range told.Blocks {
		places := told.Held // the one that looks ahead has no last one of each sequence
		if b.Block == 0 {
			places -= insideBatches * insideRows
		}
		for _, load := range [][]int{b.Load, b.Alone} {
			sum := 0
			for _, n := range load {
				sum += n
			}
			if len(load) != 4 || sum != 2*places {
				t.Errorf("block %d: the loads are %v, of %d tokens", b.Block, load, places)
			}
		}
	}
	for i, turns := range told.Blocks[0].Turns {
		if sum := turns[0].Weight + turns[1].Weight; len(turns) != 2 || turns[0].Expert == turns[1].Expert || turns[0].Weight < turns[1].Weight || sum < 0.999 || sum > 1.001 {
			t.Errorf("token %d goes to %+v", i, turns)
		}
	}
}

// A model with many tokens, or a wide one, is looked into a little at a time.
func TestInsideSize(t *testing.T) {
	small, _ := recipe.ByName("deepseek")
	small.Model.Vocab = 1024
	large := small.Model
	large.Vocab, large.Context = 129280, 4096
	for _, c := range []struct {
		of         recipe.Model
		rows, time int
	}{{small.Model, 4, 128}, {large, 1, 128}} {
		if rows, time := insideSize(c.of); rows != c.rows || time != c.time {
			t.Errorf("of %d tokens and a context of %d it reads %d times %d", c.of.Vocab, c.of.Context, rows, time)
		}
	}
}

// With drafts it writes what it writes without, and says which words were drafts.
func TestSpeculate(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.Speculate{Tokens: 5}
	d.problem(protocol.NoModel)
	d.give(own)
	r := deep(150)
	r.Model.Context = 48
	d.commands <- &protocol.Train{Recipe: r}
	d.state("done")
	d.commands <- &protocol.Speculate{Tokens: 201}
	d.problem(protocol.RecipeWrong)
	d.commands <- &protocol.Generate{Request: as(1), Prompt: "Tom", Tokens: 30}
	want := ""
	for _, token := range d.written(1, 30) {
		want += token.Text
	}
	d.commands <- &protocol.Speculate{Request: as(2), Prompt: "Tom", Tokens: 30}
	told := next[*protocol.Speculated](d)
	got, kept := "", 0
	for _, w := range told.Written {
		if got += w.Text; w.Draft {
			kept++
		}
	}
	if !told.Same || got != want || told.Prompt != "Tom" {
		t.Errorf("after %q it writes %q, without drafts %q", told.Prompt, got, want)
	}
	sum := told.Drafts.Passes + kept // the last pass may have had one token more than was wanted
	if kept == 0 || kept > told.Drafted || told.Plain.Passes != 30 || sum < 30 || sum > 31 {
		t.Errorf("of %d drafts %d are kept, in %d passes in place of %d", told.Drafted, kept, told.Drafts.Passes, told.Plain.Passes)
	}
	if told.Plain.Seconds <= 0 || told.Drafts.Seconds <= 0 {
		t.Errorf("it takes %+v and %+v", told.Plain, told.Drafts)
	}
}

// A model of another form has nothing of this to show.
func TestNothingInside(t *testing.T) {
	d := sit(t)
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief()}
	d.state("done")
	d.commands <- &protocol.LookInside{}
	d.problem(protocol.BadMessage)
	d.commands <- &protocol.Speculate{Tokens: 5}
	d.problem(protocol.BadMessage)
}

// A card is not asked to train what it has no programs for, and that is said.
func TestNoCardForExperts(t *testing.T) {
	d := sitAt(t, Host{GPU: func() (GPU, error) {
		t.Error("the card is asked for")
		return GPU{}, errors.New("none")
	}})
	d.give(own)
	d.commands <- &protocol.Train{Recipe: deep(2), Backend: "webgpu"}
	d.problem(protocol.GPULacks)
	d.state("done")
}

// Of a model that only looks ahead the second words are counted.
func TestOnlyAhead(t *testing.T) {
	d := sit(t)
	d.give(own)
	r := deep(4)
	r.Model.Experts, r.Model.Latent = recipe.Experts{}, recipe.Latent{}
	d.commands <- &protocol.Train{Recipe: r}
	d.state("done")
	d.commands <- &protocol.LookInside{Text: "Tom", Count: true}
	if told := next[*protocol.Inside](d); len(told.Blocks) != 0 || told.Second == 0 || len(told.Pieces) != 3 {
		t.Errorf("it tells of %d blocks, %d second words", len(told.Blocks), told.Second)
	}
}
