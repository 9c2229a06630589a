package session

import (
	"slices"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/kernel"
	"hornbook/model/train"
	"hornbook/web/protocol"
)

// open opens a model of the shelf or of the host's. One whose run is not over is
// paused, and can go on.
func (s *Session) open(id string) {
	kept, problem := s.library.load(id)
	if problem != nil {
		s.voice.tell(problem)
		s.library.tellShelf()
		return
	}
	s.enter(id, kept)
}

// enter opens what was loaded. A run that cannot go on is let go; the model is
// opened all the same.
func (s *Session) enter(id string, kept checkpoint.Run) {
	next := &current{id: id, Run: kept, before: s.library.beforeOf(kept)}
	var r *run
	if phase(kept.State).active() {
		var problem *protocol.Problem
		r, problem = s.revive(next)
		if s.voice.problem(problem) && problem.Code == protocol.Cancelled {
			return
		}
	}
	if r == nil {
		s.take(next, nil)
		s.tellOpen()
		s.library.tellHistory()
		s.tellOutcome()
		s.move(idle, "")
	} else {
		s.enterRun(next, r)
	}
	s.library.tellShelf()
}

// enterRun opens a model whose run can go on, by other ranks: those of the run
// before make way.
func (s *Session) enterRun(next *current, r *run) {
	next.Moments, next.Best, next.Frozen, next.Tally = nil, nil, nil, nil // the run's own now
	text := r.texts[0]
	s.runner.end()
	ranks := next.Ranks
	if s.wished = next.Backend; s.wished != backend { // a card's; without it as many ranks as help
		ranks = 0
	}
	s.staff(r, ranks)
	s.take(next, r)
	if !shows(next.Recipe) {
		s.texts.again(next.Text, text, next.TextSHA256, next.Tokenizer)
	}
	s.tellOpen()
	s.library.tellHistory()
	s.runner.tellStep()
	s.move(paused, "")
	s.runner.tellFewer()
	if next.Ranks != s.runner.progress().Ranks || next.Fused != kernel.Fused || next.Backend != r.Device() {
		next.Backend = r.Device()
		s.voice.tell(&protocol.Problem{Code: protocol.SameBits})
	}
}

// revive is the run of c, which is not over, as it was when it was saved.
func (s *Session) revive(c *current) (*run, *protocol.Problem) {
	text, err := s.text(c.TextSHA256)
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.TextGone, Got: c.Text, Detail: err.Error()}
	}
	old, problem := s.oldAgain(c)
	if problem != nil {
		return nil, problem
	}
	c.Recipe.WeightBytes = weightBytes(c.Model)
	if problem := s.fits(c.Recipe, 0); problem != nil {
		return nil, problem
	}
	d, problem := s.learns(c.Recipe, c.Tokenizer, text, old)
	if problem != nil {
		return nil, problem
	}
	r := &run{data: d, job: d.Job, text: text, texts: [][]byte{text}}
	if old != nil {
		r.texts = append(r.texts, old)
	}
	if r.Run, err = train.On(c.Model, c.Recipe, r.data); err != nil {
		return nil, wrong(err)
	}
	if err := r.Resume(stateOf(c.Run)); err != nil {
		return nil, &protocol.Problem{Code: protocol.ModelDamaged, Detail: err.Error()}
	}
	r.Loss = latest(c.Log)
	if r.release, err = s.library.hold(c.id); err != nil {
		return nil, unsaved(err)
	}
	return r, nil
}

// oldAgain is the text by which c's forgetting is measured: one that is kept,
// or the same made again.
func (s *Session) oldAgain(c *current) ([]byte, *protocol.Problem) {
	if c.OldSHA256 == "" {
		return nil, nil
	}
	text, err := s.library.text(c.OldSHA256)
	var problem *protocol.Problem
	switch {
	case err == nil:
		return text, nil
	case c.Old == "own" && c.before != nil:
		text, problem = s.ownWriting(c.before, c.Tokenizer)
	case slices.Contains(SampleNames, c.Old):
		text, _ = s.texts.sampleLike(c.Old)
	}
	if problem != nil {
		return nil, problem
	}
	if sum(text) != c.OldSHA256 {
		return nil, &protocol.Problem{Code: protocol.TextGone, Got: c.Old, Detail: err.Error()}
	}
	return text, nil
}

// text finds a text by its sum: the one that is given, or one of the shelf.
func (s *Session) text(hash string) ([]byte, error) {
	if given, is := s.texts.find(hash); is {
		return given, nil
	}
	return s.library.text(hash)
}

// stateOf is what a save holds of its run.
func stateOf(kept checkpoint.Run) train.State {
	state := train.State{Done: kept.Step, Measured: measured(kept.Log), Tokens: kept.Tokens, Written: kept.Written, Frozen: kept.Frozen, Tally: kept.Tally, Training: time.Duration(kept.Seconds * float64(time.Second)), Stale: kept.Stale, Moments: kept.Moments}
	if b := kept.Best; b != nil {
		state.Best = &train.Best{Step: b.Step, Loss: b.Loss, Weights: b.Weights}
	}
	return state
}
