package trainer

import (
	"bytes"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hornbook/model/checkpoint"
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
	id = next[*protocol.Model](d).ID
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
			begin := func() (*desk, shelf.Storage) {
				disk := folder(t)
				d := at(t, disk)
				if method != recipe.Pretrain {
					d.leave()
					d, _ = learned(t, disk)
				}
				d.give(own)
				d.commands <- &protocol.Train{Recipe: r, Ranks: ranks}
				return d, disk
			}
			whole, _ := begin()
			whole.state("done")
			want := whole.weights()

			cut, disk := begin()
			for next[*protocol.Eval](cut).Step < 10 {
			}
			cut.commands <- &protocol.Pause{}
			id := ""
			for saved := next[*protocol.Saved](cut); ; saved = next[*protocol.Saved](cut) {
				if id = saved.ID; saved.Step >= 10 {
					break
				}
			}
			cut.leave()
			later := at(t, disk)
			if s := next[*protocol.Shelf](later); len(s.Cards) == 0 || s.Cards[0].ID != id || s.Cards[0].State != "paused" {
				t.Fatalf("%s: the shelf offers %+v", method, s.Cards)
			}
			later.commands <- &protocol.Open{ID: id}
			m, h := next[*protocol.Model](later), next[*protocol.History](later)
			if m.ID != id || m.Ranks != ranks || len(h.Evals) < 2 || h.Evals[0].Step != 0 || len(h.Steps) == 0 {
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
// after each evaluation.
func (d *desk) restless(r recipe.Recipe) {
	d.give(own)
	d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	for next[*protocol.Eval](d).Step < r.Steps {
		d.commands <- &protocol.Pause{}
		s := next[*protocol.State](d).State
		for s == "training" || s == "preparing" {
			s = next[*protocol.State](d).State
		}
		if s == "done" {
			return
		}
		d.commands <- &protocol.Resume{}
	}
	d.state("done")
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
		later.commands <- &protocol.Open{ID: s.Cards[0].ID}
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
	d.commands <- &protocol.Rename{ID: id, Name: "still there"}
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
	d.commands <- &protocol.Rename{ID: id, Name: "My first"}
	if s = shelf(); s.Cards[0].Name != "My first" {
		t.Errorf("renamed it is %+v", s.Cards[0])
	}
	d.commands <- &protocol.Duplicate{ID: id}
	if s = shelf(); len(s.Cards) != 2 {
		t.Fatalf("with its copy there are %d", len(s.Cards))
	}
	d.commands <- &protocol.Delete{ID: id}
	if s = shelf(); len(s.Cards) != 1 || len(s.Deleted) != 1 || s.Deleted[0].Name != "My first" {
		t.Errorf("after deleting: %+v and %+v", s.Cards, s.Deleted)
	}
	d.commands <- &protocol.Undelete{ID: id}
	if s = shelf(); len(s.Cards) != 2 || len(s.Deleted) != 0 {
		t.Errorf("after undoing: %+v and %+v", s.Cards, s.Deleted)
	}
	d.commands <- &protocol.Open{ID: strings.Repeat("0", 32)}
	d.problem(protocol.ModelUnknown)
	d.commands <- &protocol.Predict{ID: 3, Prompt: "Tom"}
	next[*protocol.Prediction](d) // the open one stays
}

// Without a shelf nothing is kept, and that is told.
func TestWithoutShelf(t *testing.T) {
	d := sit(t)
	if s := next[*protocol.Shelf](d); s.Keeps != protocol.KeepNone {
		t.Errorf("the shelf is %+v", s)
	}
	d.commands <- &protocol.Delete{ID: "x"}
	d.problem(protocol.KeepNone)
}

// tuning is a short recipe of a method.
func tuning(method string) recipe.Recipe {
	r := recipe.FineTune(brief(), method, 5000)
	r.Steps, r.EvalEvery, r.Batch, r.Tuning.LastLayers, r.Tuning.Patience, r.LearningRate = 40, 10, 4, 1, 0, 4e-3
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
		if last.ValLoss > first.ValLoss-0.1 || first.OldLoss <= 0 || math.Abs(last.OldLoss-first.OldLoss) < 1e-4 {
			t.Errorf("%s: the losses went from %+v to %+v", method, first, last)
		}
		write := func(id int, before bool) string {
			d.commands <- &protocol.Generate{ID: id, Prompt: "A rose", Tokens: 20, Before: before, Sampling: protocol.Sampling{Temperature: 0}}
			var text strings.Builder
			for _, c := range d.written(id, 20) {
				text.WriteString(c.Text)
			}
			return text.String()
		}
		if now, was := write(1, false), write(2, true); now == was {
			t.Errorf("%s: before and after write the same %q", method, now)
		}
		d.leave()
	}
}

// An adapter is switched off and on, taken along, laid on its model again and
// merged.
func TestAdapter(t *testing.T) {
	d, id := learned(t, folder(t))
	bare := d.weights()
	d.commands <- &protocol.Adapt{On: false}
	d.problem(protocol.AdapterNone)
	d.give(rhyme)
	d.commands <- &protocol.Train{Recipe: tuning(recipe.Lora)}
	d.state("done")
	merged := d.weights()
	if bytes.Equal(merged, bare) {
		t.Fatal("taken along, the adapter is not in the weights")
	}
	likely := func() float64 {
		d.commands <- &protocol.Predict{ID: 9, Prompt: "A rose is a "}
		return next[*protocol.Prediction](d).Choices[0].Probability
	}
	with := likely()
	d.commands <- &protocol.Adapt{On: false}
	if a := next[*protocol.Adapted](d); !a.Has || a.On || likely() == with {
		t.Errorf("switched off: %+v, still %v", a, with)
	}
	d.commands <- &protocol.Adapt{On: true}
	if a := next[*protocol.Adapted](d); !a.On || likely() != with {
		t.Errorf("switched on again: %+v", a)
	}
	d.commands <- &protocol.Export{Format: "peft", DType: "f32"}
	adapter := next[*protocol.File](d)
	d.commands <- &protocol.Open{ID: id}
	d.state("idle")
	d.commands <- &protocol.Import{Names: []string{adapter.Name}, Files: zipped(adapter)}
	for m := next[*protocol.Model](d); m.Recipe.Method != recipe.Lora; m = next[*protocol.Model](d) {
	}
	if got := d.weights(); !bytes.Equal(got, merged) {
		t.Error("the adapter that came in again makes other weights")
	}
	d.commands <- &protocol.Merge{}
	for m := next[*protocol.Model](d); m.Recipe.Method != recipe.Full; m = next[*protocol.Model](d) {
	}
	if got := d.weights(); !bytes.Equal(got, merged) {
		t.Error("merged for good it has other weights")
	}
}

func zipped(f *protocol.File) fs.FS { return fstest.MapFS{f.Name: {Data: f.Data}} }

// What is taken along comes in again as it was.
func TestThereAndBack(t *testing.T) {
	d, _ := learned(t, folder(t))
	want := d.weights()
	for _, c := range []struct{ format, dtype string }{{"zip", "f32"}, {"hf", "f32"}, {"gguf", "f32"}} {
		d.commands <- &protocol.Export{Format: c.format, DType: c.dtype}
		file := next[*protocol.File](d)
		if file.Size != int64(len(file.Data)) || !strings.HasPrefix(file.Name, "own-txt") {
			t.Errorf("%s is told as %+v", c.format, file)
		}
		d.commands <- &protocol.Import{Names: []string{file.Name}, Files: zipped(file)}
		d.state("idle")
		if got := d.weights(); !bytes.Equal(got, want) {
			t.Errorf("%s came back with other weights", c.format)
		}
	}
	d.commands <- &protocol.Export{Format: "gguf", DType: "q4_0"}
	d.problem(protocol.BadMessage)
}

// What cannot come in leaves what is open and kept alone.
func TestBadImports(t *testing.T) {
	d, id := learned(t, folder(t))
	before := d.weights()
	for what, files := range map[string]fstest.MapFS{
		"nothing":   {},
		"a picture": {"photo.png": {Data: []byte("\x89PNG")}},
		"half":      {"config.json": {Data: []byte(`{"architectures":["LlamaForCausalLM"]}`)}},
		"no zip":    {"model.zip": {Data: []byte("PK not really")}},
	} {
		d.commands <- &protocol.Import{Files: files}
		p := next[*protocol.Problem](d)
		if !slices.Contains([]protocol.Code{protocol.ModelNone, protocol.ModelDamaged, protocol.ModelUnsupported}, p.Code) {
			t.Errorf("%s is refused with %+v", what, p)
		}
	}
	if !bytes.Equal(d.weights(), before) {
		t.Error("the open model has changed")
	}
	d.commands <- &protocol.Rename{ID: id, Name: "still there"}
	if s := next[*protocol.Shelf](d); len(s.Cards) != 1 {
		for len(s.Cards) != 1 {
			s = next[*protocol.Shelf](d)
		}
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
		d.commands <- &protocol.Open{ID: "base"}
		d.commands <- &protocol.Train{Recipe: r, Ranks: 1}
	}
	begin(whole)
	whole.state("done")
	want := whole.weights()
	whole.close()

	cut := sitAt(t, host())
	begin(cut)
	for next[*protocol.Eval](cut).Step < 20 {
	}
	cut.commands <- &protocol.Pause{}
	for next[*protocol.Saved](cut).Step < 20 {
	}
	cut.close()
	if kept := saves["run"]; kept.Old != "own" || kept.State != "paused" {
		t.Errorf("saved as %q, forgetting measured on %q", kept.State, kept.Old)
	}
	later := sitAt(t, host())
	later.give(rhyme)
	later.commands <- &protocol.Open{ID: "run"}
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
	if err := checkpoint.WriteZip(&b, kept); err != nil {
		t.Error(err)
	}
	again, _, err := checkpoint.Import(fstest.MapFS{"run.zip": {Data: b.Bytes()}}, 1e9)
	if err != nil {
		t.Error(err)
	}
	return again
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
		ids = append(ids, next[*protocol.Model](d).ID)
		next[*protocol.Eval](d)
		d.commands <- &protocol.Pause{}
		d.state("paused")
		d.commands <- &protocol.Open{ID: finished}
		d.state("idle")
	}
	for _, id := range []string{ids[0], ids[1], ids[0]} {
		d.commands <- &protocol.Open{ID: id}
		if m := next[*protocol.Model](d); m.ID != id || m.Ranks != 2 {
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
