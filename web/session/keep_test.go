package session

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
	"hornbook/web/shelf/shelftest"
)

// at is a desk beside a shelf, with two cores.
func at(t *testing.T, s shelf.Storage) *desk {
	return sitAt(t, Host{Shelf: shelf.New(s), Cores: 2, Launch: train.Goroutines})
}

// folder is a storage that lasts as long as the test.
func folder(t *testing.T) shelf.Storage {
	t.Helper()
	s, err := shelf.Dir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// leave ends the session as closing the tab does.
func (d *desk) leave() {
	d.close()
}

// weights are the open model's, as a file.
func (d *desk) weights() []byte {
	d.Helper()
	d.commands <- &protocol.Export{Format: "safetensors", DType: "f32"}
	return next[*protocol.File](d).Data
}

// learned is a desk with a model that has learned a little, and its id.
func learned(t *testing.T, s shelf.Storage) (d *desk, id string) {
	t.Helper()
	d = at(t, s)
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1}
	id = next[*protocol.Model](d).ModelID
	d.state("done")
	for !next[*protocol.Saved](d).Done {
	}
	return d, id
}

// A run that is paused, left and opened again goes on to the same bits, losses
// and log, with one worker and with two, by every method.
func TestRunGoesOn(t *testing.T) {
	methods := recipe.Methods
	if testing.Short() {
		methods = []string{recipe.Pretrain, recipe.Lora}
	}
	for _, method := range methods {
		for ranks := 1; ranks <= 2; ranks++ {
			r := brief()
			if method != recipe.Pretrain {
				r = recipe.FineTune(brief(), method, 5000)
				r.Steps, r.EvalEvery, r.Batch, r.Tuning.LastLayers, r.Tuning.LoRA.Dropout = 30, 5, 4, 1, 0.1
			}
			begin := func(pause int) (*desk, shelf.Storage) {
				disk := folder(t)
				d := at(t, disk)
				if method != recipe.Pretrain {
					d.leave()
					d, _ = learned(t, disk)
				}
				d.give(own)
				d.pauseAt(pause)
				d.commands <- &protocol.Train{Recipe: r, Ranks: ranks}
				return d, disk
			}
			whole, _ := begin(-1)
			whole.state("done")
			want := whole.weights()

			cut, disk := begin(10)
			id := ""
			for saved := next[*protocol.Saved](cut); ; saved = next[*protocol.Saved](cut) {
				if id = saved.ModelID; saved.Step >= 10 {
					break
				}
			}
			cut.leave()
			later := at(t, disk)
			if s := next[*protocol.Shelf](later); len(s.Cards) == 0 || s.Cards[0].ID != id || s.Cards[0].State == "done" { // "training", if it was due just before the pause
				t.Fatalf("%s: the shelf offers %+v", method, s.Cards)
			}
			later.commands <- &protocol.Open{ModelID: id}
			m, h := next[*protocol.Model](later), next[*protocol.History](later)
			if m.ModelID != id || m.Ranks != ranks || len(h.Evals) < 2 || h.Evals[0].Step != 0 || len(h.Steps) == 0 {
				t.Errorf("%s: opened as %+v with %+v", method, m, h)
			}
			later.state("paused")
			later.commands <- &protocol.Resume{}
			later.state("done")
			if got := later.weights(); !bytes.Equal(got, want) {
				t.Errorf("%s with %d: the run that went on ends with other weights", method, ranks)
			}
			whole.leave()
			later.leave()
		}
	}
}

// restless trains and saves about as often as it takes steps: it is paused
// after each evaluation, and goes on.
func (d *desk) restless(r recipe.Recipe) {
	d.give(own)
	d.on(func(e protocol.Event) protocol.Command {
		switch e := e.(type) {
		case *protocol.Eval:
			if e.Step < r.Steps {
				return &protocol.Pause{}
			}
		case *protocol.State:
			if e.State == "paused" { // which is saved before anything slow is done
				return &protocol.Export{Format: "safetensors", DType: "f32"}
			}
		case *protocol.File:
			return &protocol.Resume{}
		}
		return nil
	})
	d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	d.state("done")
	d.on(func(protocol.Event) protocol.Command { return nil })
}

// Whenever the power fails, the run can go on from a save, to the same bits.
func TestPowerFails(t *testing.T) {
	r := brief()
	r.Steps, r.EvalEvery = 12, 1
	calm := shelftest.NewMemory(1)
	calm.Fuel = 1 << 30
	d := at(t, calm)
	d.restless(r)
	want := d.weights()
	d.leave()
	used := 1<<30 - calm.Fuel
	tries := 25
	if testing.Short() {
		tries = 5
	}
	offered := 0
	for try := range tries {
		disk := shelftest.NewMemory(uint64(try))
		disk.Fuel = 1 + used*try/tries
		d := at(t, disk)
		d.restless(r) // it trains on, only nothing is kept any more
		d.leave()
		later := at(t, disk.Restart())
		s := next[*protocol.Shelf](later)
		if len(s.Cards) == 0 {
			later.leave()
			continue // before the first save was whole
		}
		offered++
		later.give(own)
		later.commands <- &protocol.Open{ModelID: s.Cards[0].ID}
		next[*protocol.Model](later)
		if next[*protocol.State](later).State == "paused" {
			later.commands <- &protocol.Resume{}
			later.state("done")
		}
		if got := later.weights(); !bytes.Equal(got, want) {
			t.Fatalf("try %d: the run went on to other weights", try)
		}
		later.leave()
	}
	if offered < tries*3/4 {
		t.Errorf("of %d runs only %d could go on", tries, offered)
	}
}

// A full disk is told of, and costs neither the run nor the save before.
func TestDiskFull(t *testing.T) {
	disk := shelftest.NewMemory(1)
	d := at(t, disk)
	d.give(own)
	r := brief()
	r.Steps = 100000
	d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	next[*protocol.Eval](d)
	d.commands <- &protocol.Pause{}
	d.state("paused")
	next[*protocol.Saved](d) // from now on nobody else uses the disk
	disk.Room = disk.Bytes()
	d.commands <- &protocol.Resume{}
	d.commands <- &protocol.Stop{}
	d.problem(protocol.KeepFull)
	id := next[*protocol.Shelf](d).Cards[0].ID
	disk.Room = 1 << 30
	d.commands <- &protocol.Rename{ModelID: id, Name: "still there"}
	if c := next[*protocol.Shelf](d).Cards[0]; c.Name != "still there" || c.Damaged || c.State != "paused" {
		t.Errorf("of the save before is left %+v", c)
	}
}

// The shelf is changed by commands, and tells what it holds.
func TestShelf(t *testing.T) {
	d, id := learned(t, folder(t))
	shelf := func() *protocol.Shelf { return next[*protocol.Shelf](d) }
	s := shelf()
	for len(s.Cards) == 0 || s.Cards[0].State != "done" {
		s = shelf()
	}
	c := s.Cards[0]
	if c.ID != id || c.Name != "own.txt" || c.Steps != 30 || c.Step != 30 || c.ValLoss <= 0 || len(c.Curve) < 10 || c.Bytes < 10000 || s.Open != id || s.Keeps != "" {
		t.Errorf("the card is %+v on %+v", c, s)
	}
	d.commands <- &protocol.Rename{ModelID: id, Name: "My first"}
	if s = shelf(); s.Cards[0].Name != "My first" {
		t.Errorf("renamed it is %+v", s.Cards[0])
	}
	d.commands <- &protocol.Duplicate{ModelID: id}
	if s = shelf(); len(s.Cards) != 2 {
		t.Fatalf("with its copy there are %d", len(s.Cards))
	}
	d.commands <- &protocol.Delete{ModelID: id}
	if s = shelf(); len(s.Cards) != 1 || len(s.Deleted) != 1 || s.Deleted[0].Name != "My first" {
		t.Errorf("after deleting: %+v and %+v", s.Cards, s.Deleted)
	}
	d.commands <- &protocol.Undelete{ModelID: id}
	if s = shelf(); len(s.Cards) != 2 || len(s.Deleted) != 0 {
		t.Errorf("after undoing: %+v and %+v", s.Cards, s.Deleted)
	}
	d.commands <- &protocol.Open{ModelID: strings.Repeat("0", 32)}
	d.problem(protocol.ModelUnknown)
	d.commands <- &protocol.Predict{Request: as(3), Prompt: "Tom"}
	next[*protocol.Prediction](d) // the open one stays
}

// Without a shelf nothing is kept, and that is told.
func TestWithoutShelf(t *testing.T) {
	d := sit(t)
	if s := next[*protocol.Shelf](d); s.Keeps != protocol.KeepNone {
		t.Errorf("the shelf is %+v", s)
	}
	d.commands <- &protocol.Delete{ModelID: "x"}
	d.problem(protocol.KeepNone)
	d = sitAt(t, Host{Why: protocol.KeepInsecure})
	if s := next[*protocol.Shelf](d); s.Keeps != protocol.KeepInsecure {
		t.Errorf("by plain http the shelf is %+v", s)
	}
	d.commands <- &protocol.Delete{ModelID: "x"}
	d.problem(protocol.KeepInsecure)
}

// A paused run makes way for another, which goes on with workers of its own.
func TestPausedRunMakesWay(t *testing.T) {
	disk := folder(t)
	d, finished := learned(t, disk)
	r := brief()
	r.Steps = 100000
	var ids []string
	for range 2 {
		d.commands <- &protocol.Train{Recipe: r, Ranks: 2}
		ids = append(ids, next[*protocol.Model](d).ModelID)
		next[*protocol.Eval](d)
		d.commands <- &protocol.Pause{}
		d.state("paused")
		d.commands <- &protocol.Open{ModelID: finished}
		d.state("idle")
	}
	for _, id := range []string{ids[0], ids[1], ids[0]} {
		d.commands <- &protocol.Open{ModelID: id}
		if m := next[*protocol.Model](d); m.ModelID != id || m.Ranks != 2 {
			t.Errorf("opened as %+v", m)
		}
		d.state("paused")
	}
	d.commands <- &protocol.Resume{}
	d.state("training")
	if s := next[*protocol.Step](d); s.Ranks != 2 {
		t.Errorf("it goes on with %d workers", s.Ranks)
	}
	d.commands <- &protocol.Stop{}
	d.state("done")
}

// A model of the shelf is asked beside the open one, which stays open; one that
// is not there is a problem.
func TestAskedBeside(t *testing.T) {
	disk := folder(t)
	d, first := learned(t, disk)
	d.commands <- &protocol.Generate{Request: as(5), Prompt: "Tom", Tokens: 12, Sampling: protocol.Sampling{TopP: 1, Seed: 3}}
	want := d.written(5, 12)
	r := brief()
	r.Seed++
	d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	d.state("done")
	for i := range 2 { // read, and as it was read
		d.commands <- &protocol.Generate{Request: as(6 + i), Prompt: "Tom", Tokens: 12, By: first, Sampling: protocol.Sampling{TopP: 1, Seed: 3}}
		if got := d.written(6+i, 12); !slices.Equal(got, want) {
			t.Errorf("asked beside it writes %v, alone it wrote %v", got, want)
		}
	}
	d.commands <- &protocol.Generate{Request: as(9), Prompt: "Tom", Tokens: 12, By: "", Sampling: protocol.Sampling{TopP: 1, Seed: 3}}
	if got := d.written(9, 12); slices.Equal(got, want) {
		t.Error("the open model is another one than was trained")
	}
	d.commands <- &protocol.Generate{Prompt: "Tom", Tokens: 12, By: shelf.NewID(), Sampling: protocol.Sampling{TopP: 1}}
	d.problem(protocol.ModelUnknown)
	d.leave()
}

// What the shelf holds is told without reading again what has not changed.
func TestTellsAgain(t *testing.T) {
	counted := &countingStorage{Storage: folder(t), opened: map[string]int{}}
	d, id := learned(t, counted)
	renamed := func(name string) protocol.Card {
		d.Helper()
		d.commands <- &protocol.Rename{ModelID: id, Name: name}
		for {
			if s := next[*protocol.Shelf](d); len(s.Cards) == 1 && s.Cards[0].Name == name {
				return s.Cards[0]
			}
		}
	}
	first := renamed("one")
	before := counted.of("/run.json")
	if before == 0 || first.State != "done" {
		t.Fatalf("after %d readings it is told as %+v", before, first)
	}
	if again := renamed("two"); counted.of("/run.json") != before || again.State != first.State || again.Step != first.Step {
		t.Errorf("%d times read again, it is told as %+v", counted.of("/run.json")-before, again)
	}
}

// countingStorage counts how often files are opened.
type countingStorage struct {
	shelf.Storage
	lock   sync.Mutex
	opened map[string]int
}

func (c *countingStorage) Open(name string) (fs.File, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.opened[name]++
	return c.Storage.Open(name)
}

// of counts those whose name ends so.
func (c *countingStorage) of(end string) (n int) {
	c.lock.Lock()
	defer c.lock.Unlock()
	for name, times := range c.opened {
		if strings.HasSuffix(name, end) {
			n += times
		}
	}
	return n
}
