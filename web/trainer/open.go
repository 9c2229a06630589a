package trainer

import (
	"io/fs"
	"slices"
	"time"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/kernel"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// openModel opens a model of the shelf or of the host's. One whose run is not
// over is paused, and can go on.
func (s *Session) openModel(id string) {
	if s.occupied() {
		s.fail(&protocol.Problem{Code: protocol.Busy, Got: s.state})
		return
	}
	kept, problem := s.load(id)
	if problem != nil {
		s.fail(problem)
		s.tellShelf()
		return
	}
	s.enter(id, kept)
}

// occupied tells whether the open model cannot be let go without loss: its run
// goes on, or is paused and not kept.
func (s *Session) occupied() bool {
	return s.state == "training" || s.run != nil && (s.open.id == "" || s.run.unsaved != "")
}

// enter opens what was loaded.
func (s *Session) enter(id string, kept checkpoint.Run) {
	next := newCurrent(id, kept, s.beforeOf(kept))
	var r *run
	if unfinished(kept.State) {
		var problem *protocol.Problem
		if r, problem = s.revive(next); problem != nil {
			s.fail(problem)
		}
	}
	if r != nil {
		next.Moments, next.Best = nil, nil // the run's own now
		s.endRun()                         // its workers make way
		s.share(r, kept.Ranks)
	}
	s.use(next, r)
	s.tellHistory()
	if r == nil {
		s.setState("idle", "")
	} else {
		s.tellStep()
		s.setState("paused", "")
		s.tellFewer()
		if kept.Ranks != r.ranks || kept.Fused != kernel.Fused {
			s.fail(&protocol.Problem{Code: protocol.SameBits})
		}
	}
	s.tellShelf()
}

// unfinished tells whether a run in this state can go on.
func unfinished(state string) bool { return state == "training" || state == "paused" }

// load reads a model.
func (s *Session) load(id string) (checkpoint.Run, *protocol.Problem) {
	kept, err := s.find(id)
	if err == nil {
		return kept, nil
	}
	told := unopened(err)
	if id == protocol.Base {
		told.Code = protocol.BaseFailed
	}
	return kept, told
}

func (s *Session) find(id string) (checkpoint.Run, error) {
	if s.host.Shelf != nil {
		files, err := s.host.Shelf.Open(id)
		if err == nil {
			kept, err := checkpoint.Read(files)
			if name := s.labelled(id); name != "" {
				kept.Name = name
			}
			return kept, err
		}
		if s.host.Load == nil || id != protocol.Base {
			return checkpoint.Run{}, err
		}
	}
	if s.host.Load == nil {
		return checkpoint.Run{}, fs.ErrNotExist
	}
	return s.host.Load(id)
}

// labelled is the name that a model of the shelf was given.
func (s *Session) labelled(id string) string {
	items, _ := s.host.Shelf.List()
	for _, item := range items {
		if item.ID == id {
			return item.Name
		}
	}
	return ""
}

// mostBeside is the number of weights up to which a model's origin is opened
// beside it, to be compared with.
const mostBeside = 16 << 20

// beforeOf is what kept was trained further from, nil if that cannot be had.
func (s *Session) beforeOf(kept checkpoint.Run) *model.GPT {
	if kept.From == nil || kept.From.ID == "" || kept.Recipe.Weights() > mostBeside || s.host.Shelf == nil && !unfinished(kept.State) {
		return nil
	}
	if s.host.Shelf != nil && kept.From.ID != protocol.Base {
		files, err := s.host.Shelf.Peek(kept.From.ID)
		if err != nil {
			return nil
		}
		if from, err := checkpoint.Describe(files); err != nil || from.Recipe.Model != kept.Recipe.Model {
			return nil
		}
	}
	from, err := s.find(kept.From.ID)
	if err != nil || from.Recipe.Model != kept.Recipe.Model {
		return nil
	}
	return from.Model
}

// revive is the run of c, which is not over, as it was when it was saved.
func (s *Session) revive(c *current) (*run, *protocol.Problem) {
	text, err := s.textOf(c.TextSHA256)
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.TextGone, Got: c.Text, Detail: err.Error()}
	}
	old, problem := s.oldAgain(c)
	if problem != nil {
		return nil, problem
	}
	if problem := fits(c.Recipe); problem != nil {
		return nil, problem
	}
	learns, problem := s.learns(c.Recipe, c.Tokenizer, text, old)
	if problem != nil {
		return nil, problem
	}
	r := &run{tokens: len(learns.Text.IDs), texts: [][]byte{text}, saved: time.Now(), fresh: !measured(c.Log)}
	if old != nil {
		r.texts = append(r.texts, old)
	}
	if r.Run, err = train.On(c.Model, c.Recipe, learns); err != nil {
		return nil, wrong(err)
	}
	if err := r.Resume(stateOf(c.Run)); err != nil {
		return nil, &protocol.Problem{Code: protocol.ModelDamaged, Detail: err.Error()}
	}
	r.Loss = latest(c.Log)
	if s.host.Shelf != nil {
		if r.release, err = s.host.Shelf.Hold(c.id); err != nil {
			return nil, unsaved(err)
		}
	}
	return r, nil
}

// measured tells whether a log has an evaluation.
func measured(log []checkpoint.Entry) bool {
	return slices.ContainsFunc(log, func(e checkpoint.Entry) bool { return e.Loss == 0 })
}

// latest is the loss of the latest batch in a log.
func latest(log []checkpoint.Entry) float64 {
	for _, e := range slices.Backward(log) {
		if e.Loss > 0 {
			return e.Loss
		}
	}
	return 0
}

// oldAgain is the text by which c's forgetting is measured: one that is kept,
// or the same made again.
func (s *Session) oldAgain(c *current) ([]byte, *protocol.Problem) {
	if c.OldSHA256 == "" {
		return nil, nil
	}
	text, err := s.keptText(c.OldSHA256)
	switch {
	case err == nil:
		return text, nil
	case c.Old == "own" && c.before != nil:
		text = s.ownWriting(c.before, c.Tokenizer)
	case slices.Contains(SampleNames, c.Old):
		text, _ = s.sampleLike(c.Old)
	}
	if sum(text) != c.OldSHA256 {
		return nil, &protocol.Problem{Code: protocol.TextGone, Got: c.Old, Detail: err.Error()}
	}
	return text, nil
}

// encoded is nil for no text.
func encoded(tok tokenizer.Tokenizer, text []byte) []int32 {
	if text == nil {
		return nil
	}
	return tok.Encode(text)
}

// textOf finds a text by its hash: the one that is given, or one of the shelf.
func (s *Session) textOf(hash string) ([]byte, error) {
	if s.text.bytes != nil && sum(s.text.bytes) == hash {
		return s.text.bytes, nil
	}
	return s.keptText(hash)
}

// stateOf is what a save holds of its run.
func stateOf(kept checkpoint.Run) train.State {
	state := train.State{Done: kept.Step, Training: time.Duration(kept.Seconds * float64(time.Second)), Stale: kept.Stale, Moments: kept.Moments}
	if b := kept.Best; b != nil {
		state.Best = &train.Best{Step: b.Step, Loss: b.Loss, Weights: b.Weights}
	}
	return state
}
