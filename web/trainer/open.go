package trainer

import (
	"io/fs"
	"time"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/kernel"
	"hornbook/model/tensor"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// openModel opens a model of the shelf or of the host's. One whose run is not
// over is paused, and can go on.
func (s *Session) openModel(id string) {
	if s.state == "training" || s.state == "preparing" {
		s.fail(&protocol.Problem{Code: protocol.Busy, Got: s.state})
		return
	}
	kept, problem := s.load(id)
	if problem != nil {
		s.fail(problem)
		return
	}
	s.take(id, kept)
}

// take opens what was loaded.
func (s *Session) take(id string, kept checkpoint.Run) {
	next := newCurrent(id, kept, s.beforeOf(kept))
	var r *run
	if kept.State == "training" || kept.State == "paused" {
		var problem *protocol.Problem
		if r, problem = s.revive(next); problem != nil {
			s.fail(problem)
		}
	}
	next.Moments, next.Best = nil, nil // the run's own now
	s.use(next, r)
	s.tellHistory()
	if r == nil {
		s.setState("idle", "")
	} else {
		s.tellStep()
		s.setState("paused", "")
		s.tellFewer(r.asked)
		if kept.Ranks != r.ranks || kept.Fused != kernel.Fused {
			s.fail(&protocol.Problem{Code: protocol.SameBits})
		}
	}
	s.tellShelf()
}

// load reads a model.
func (s *Session) load(id string) (checkpoint.Run, *protocol.Problem) {
	kept, err := s.find(id)
	if err != nil {
		return kept, unopened(err)
	}
	return kept, nil
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
	if kept.From == nil || kept.From.ID == "" || kept.Recipe.Weights() > mostBeside {
		return nil
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
	old, err := s.textOf(c.OldSHA256)
	if c.OldSHA256 != "" && err != nil {
		return nil, &protocol.Problem{Code: protocol.TextGone, Got: c.Old, Detail: err.Error()}
	}
	if problem := fits(c.Recipe); problem != nil {
		return nil, problem
	}
	r := &run{ids: c.Tokenizer.Encode(text), saved: time.Now()}
	if r.Run, err = train.On(c.Model, c.Recipe, r.ids, encoded(c.Tokenizer, old), len(text)); err != nil {
		return nil, wrong(err)
	}
	if c.Step > 0 {
		if err := r.Resume(stateOf(c.Run)); err != nil {
			return nil, &protocol.Problem{Code: protocol.ModelDamaged, Detail: err.Error()}
		}
	}
	if s.host.Shelf != nil {
		if r.release, err = s.host.Shelf.Hold(c.id); err != nil {
			return nil, unsaved(err)
		}
		r.hashes = append(r.hashes, c.TextSHA256)
		if c.OldSHA256 != "" {
			r.hashes = append(r.hashes, c.OldSHA256)
		}
	}
	s.share(r, c.Ranks)
	return r, nil
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
	state := train.State{Done: kept.Step, Training: time.Duration(kept.Seconds * float64(time.Second)), Stale: kept.Stale}
	for _, m := range kept.Moments {
		state.Moments = append(state.Moments, tensor.Weight(m.Data, m.Name, m.Shape...))
	}
	if b := kept.Best; b != nil {
		state.Best = &train.Best{Step: b.Step, Loss: b.Loss, Weights: b.Weights}
	}
	return state
}
