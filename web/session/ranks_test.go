package session

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"hornbook/model/train"
	"hornbook/web/protocol"
)

// crowded is a desk on a machine of cores.
func crowded(t *testing.T, cores int, launch train.Launch) *desk {
	return sitAt(t, Host{Cores: cores, Launch: launch})
}

// Several workers train as one does: told of, paused, resumed, stopped.
func TestRunOfSeveralRanks(t *testing.T) {
	d := crowded(t, 3, train.Goroutines)
	if r := next[*protocol.Ready](d); r.Cores != 3 || r.Ranks != 3 {
		t.Errorf("ready with %d cores and %d ranks", r.Cores, r.Ranks)
	}
	d.give(own)
	r := brief()
	r.Steps, r.EvalEvery = 100000, 50
	d.commands <- &protocol.Train{Recipe: r, Ranks: 3}
	if m := next[*protocol.Model](d); m.Ranks != 3 || m.Bytes != int(m.Recipe.BytesOn(3)) {
		t.Errorf("the model is told as %+v", m)
	}
	if s := next[*protocol.Step](d); s.Ranks != 3 {
		t.Errorf("step %d is told of %d ranks", s.Step, s.Ranks)
	}
	d.commands <- &protocol.Pause{}
	d.state("paused")
	d.commands <- &protocol.Predict{Request: as(5), Prompt: "Tom"}
	next[*protocol.Prediction](d)
	d.commands <- &protocol.Resume{}
	d.state("training")
	before := next[*protocol.Step](d).Step
	if after := next[*protocol.Step](d).Step; after <= before {
		t.Errorf("after Resume step %d follows %d", after, before)
	}
	d.commands <- &protocol.Stop{}
	d.state("done")
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 2}
	if m := next[*protocol.Model](d); m.Ranks != 2 {
		t.Errorf("the next run has %d ranks", m.Ranks)
	}
	d.state("done")
}

func TestHowManyRanks(t *testing.T) {
	d := crowded(t, 2, train.Goroutines)
	d.give(own)
	for _, c := range []struct{ asked, ranks int }{{0, 1}, {1, 1}, {2, 2}} { // brief is too small to be shared
		d.commands <- &protocol.Train{Recipe: brief(), Ranks: c.asked}
		if m := next[*protocol.Model](d); m.Ranks != c.ranks {
			t.Errorf("%d asked for, %d train", c.asked, m.Ranks)
		}
		d.state("done")
	}
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 100}
	if p := d.problem(protocol.RanksFewer); p.Got != "100" || p.Want != "2" {
		t.Errorf("too many are told as %+v", p)
	}
	d.state("done")
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: -1}
	if p := d.problem(protocol.RecipeWrong); p.Key != "ranks" {
		t.Errorf("the wrong number is %q", p.Key)
	}
}

func TestBenchOfRanks(t *testing.T) {
	if testing.Short() {
		t.Skip("a bench is not for -short")
	}
	d := crowded(t, 2, train.Goroutines)
	for _, c := range []struct{ asked, ranks int }{{0, 1}, {1, 1}, {2, 2}, {9, 2}} {
		d.commands <- &protocol.Bench{Recipe: brief(), Steps: 2, Ranks: c.asked}
		if b := next[*protocol.Benched](d); b.Ranks != c.ranks {
			t.Errorf("a bench of %d ranks is told as %+v", c.asked, b)
		}
	}
}

// brittle is a crew of which a rank ends at the nth meeting.
type brittle struct {
	train.Crew
	n *atomic.Int64
}

func (b brittle) Sync(patience time.Duration) error {
	if b.n.Add(-1) == 0 {
		return train.ErrRankLost
	}
	return b.Crew.Sync(patience)
}

// A lost worker is told of, and the run goes on to its end.
func TestLostRank(t *testing.T) {
	n := new(atomic.Int64)
	n.Store(20)
	d := crowded(t, 3, func(task train.Task, size int) (train.Crew, error) {
		c, err := train.Goroutines(task, size)
		return brittle{c, n}, err
	})
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 3}
	if p := d.problem(protocol.RankLost); p.Got != "2" {
		t.Errorf("the loss is told as %+v", p)
	}
	if s := d.state("done"); s.Reason != protocol.Finished {
		t.Errorf("done because %s", s.Reason)
	}
}

// Where no worker can be started, the trainer goes on alone and says so.
func TestNoWorker(t *testing.T) {
	d := crowded(t, 2, func(train.Task, int) (train.Crew, error) { return nil, errors.New("no worker") })
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 2}
	if p := d.problem(protocol.RanksFewer); p.Want != "1" {
		t.Errorf("it is told as %+v", p)
	}
	d.state("done")
}
