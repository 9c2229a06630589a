package session

import (
	"testing"

	"hornbook/web/protocol"
)

// A change is one phase after another.
type change struct{ from, to phase }

// changes are all that the table has.
func changes() map[change]bool {
	all := map[change]bool{}
	for from, list := range follows {
		for _, to := range list {
			all[change{from, to}] = true
		}
	}
	return all
}

// What the table has is done and told; what it lacks is told as a mistake of
// ours, and the phase stays.
func TestTableOfPhases(t *testing.T) {
	table := changes()
	for from := range follows {
		for to := range follows {
			var told protocol.Event
			s := New(Host{Emit: func(e protocol.Event) { told = e }})
			s.phase = from
			s.move(to, protocol.Stopped)
			if table[change{from, to}] {
				if state, is := told.(*protocol.State); !is || s.phase != to || state.State != string(to) || state.Reason != protocol.Stopped {
					t.Errorf("from %s to %s: it is %s, and tells %+v", from, to, s.phase, told)
				}
			} else if p, is := told.(*protocol.Problem); !is || s.phase != from || p.Code != protocol.Internal {
				t.Errorf("from %s to %s: it is %s, and tells %+v", from, to, s.phase, told)
			}
		}
	}
}

// Every change of the table happens, and no other: the events of a long session
// show each.
func TestEveryChangeOfPhase(t *testing.T) {
	seen, now := map[change]bool{}, idle
	d := at(t, folder(t))
	d.watch = func(e protocol.Event) {
		if s, is := e.(*protocol.State); is {
			seen[change{now, phase(s.State)}] = true
			now = phase(s.State)
		}
	}
	endless, wrong, wild := brief(), brief(), offTheRails()
	endless.Steps, endless.EvalEvery, wrong.Model.Heads = 100000, 100000, 5
	train := func() (id string) {
		d.commands <- &protocol.Train{Recipe: endless, Ranks: 1}
		id = next[*protocol.Model](d).ModelID
		d.state("training")
		next[*protocol.Step](d)
		return id
	}
	pause := func() {
		d.commands <- &protocol.Pause{}
		for next[*protocol.Saved](d).Step == 0 {
		}
	}
	refused := func(from string) {
		d.commands <- &protocol.Train{Recipe: wrong}
		d.problem(protocol.RecipeWrong)
		d.state(from)
	}
	open := func(id, as string) {
		d.commands <- &protocol.Open{ModelID: id}
		d.state(as)
	}
	fail := func() {
		d.commands <- &protocol.Train{Recipe: wild, Ranks: 1}
		d.state("failed")
	}
	d.give(own)
	refused("idle")
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1}
	finished := next[*protocol.Model](d).ModelID
	d.state("done")
	refused("done")
	first := train()
	pause()
	d.commands <- &protocol.Resume{}
	d.state("training")
	pause()
	open(finished, "idle")
	open(finished, "idle")
	second := train()
	pause()
	open(first, "paused")
	open(finished, "idle")
	open(second, "paused")
	d.commands <- &protocol.Stop{}
	d.state("done")
	open(first, "paused")
	open(finished, "idle")
	open(finished, "idle")
	fail()
	refused("failed")
	open(first, "paused")
	open(finished, "idle")
	fail()
	open(finished, "idle")
	train()
	d.commands <- &protocol.Stop{}
	d.state("done")
	open(finished, "idle")
	d.leave()
	want := changes()
	delete(want, change{paused, failed}) // the loss was lost in the evaluation in which the run was paused
	for c := range want {
		if !seen[c] {
			t.Errorf("it never goes from %s to %s", c.from, c.to)
		}
	}
}
