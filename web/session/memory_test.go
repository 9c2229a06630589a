package session

import (
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// A model of the shelf that needs more memory than there is now is refused before any is
// taken.
func TestShelfKeepsToMemory(t *testing.T) {
	dir := folder(t)
	d, id := learned(t, dir)
	d.leave()
	d = sitAt(t, Host{Shelf: shelf.New(dir), Memory: 1 << 10})
	d.commands <- &protocol.Open{ModelID: id}
	if p := d.problem(protocol.ModelTooLarge); p.Want != "1024" || len(p.Got) < 6 {
		t.Errorf("it says %+v", p)
	}
	d.leave()
}

// What a run will take is said before it is prepared. One that does not fit is refused with
// what would fit, and that does: here a shorter context, of a model that can see more.
func TestMemoryIsSaidBefore(t *testing.T) {
	of := brief()
	of.Model.Context = 64
	d := sitAt(t, Host{Memory: of.Bytes() + 1<<20})
	d.give(own)
	d.commands <- &protocol.Train{Recipe: of, Ranks: 1}
	if told := next[*protocol.Taking](d); told.Bytes < 1e5 || told.Bytes > told.Of {
		t.Errorf("it is said to take %+v", told)
	}
	before := next[*protocol.Model](d)
	d.state("done")

	r := recipe.FineTune(before.Recipe, recipe.Full, 5000)
	r.Batch, r.Steps, r.EvalEvery, r.SampleEvery = 64, 2, 1, 0
	d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	p := d.problem(protocol.OutOfMemory)
	_, less, fits := protocol.ReadLess(p.Want)
	if !fits || less.Batch == 0 || strings.Contains(p.Detail, " ") {
		t.Fatalf("what would fit: %+v, of %+v", less, p)
	}
	r.Batch = less.Batch
	r.Model.Context = 16
	d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	m := next[*protocol.Model](d)
	if m.Recipe.Model.Context != 16 || m.Recipe.Batch != less.Batch {
		t.Errorf("it trains with %d rows of %d tokens", m.Recipe.Batch, m.Recipe.Model.Context)
	}
	d.state("done")
	d.leave()
}
