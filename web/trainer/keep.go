package trainer

import (
	"errors"
	"io/fs"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// A run is saved each time that it has trained an eighth longer, but not more
// often than every second nor more rarely than every saveEvery, and saving takes
// at most one part in saveRest of the time.
const (
	saveEvery = 15 * time.Second
	saveRest  = 30
)

// keeps tells whether models can be kept here.
func (s *Session) keeps() bool { return s.host.Shelf != nil || s.host.Save != nil }

// newID is the id of a new model, "" if it will not be kept.
func (s *Session) newID() string {
	switch {
	case s.host.Shelf != nil:
		return shelf.NewID()
	case s.host.Save != nil:
		return "run"
	}
	return ""
}

// due tells whether it is time to save the run.
func (s *Session) due() bool {
	r := s.run
	rest := min(max(r.Training/8, time.Second), saveEvery)
	return s.open.id != "" && time.Since(r.saved) >= max(rest, saveRest*r.saving)
}

// keepFirst saves a run before its first step.
func (s *Session) keepFirst() {
	if s.host.Shelf != nil {
		s.run.release, _ = s.host.Shelf.Hold(s.open.id) // a new id: nobody else has it
	}
	s.keep("training")
	s.tellShelf()
}

// keepTexts keeps the texts that the run needs to go on, and gives their hashes.
func (s *Session) keepTexts() ([]string, error) {
	r := s.run
	if r == nil || s.host.Shelf == nil {
		return nil, nil
	}
	for ; len(r.texts) > 0; r.texts = r.texts[1:] {
		hash, err := s.host.Shelf.KeepText(r.texts[0])
		if err != nil {
			return nil, err
		}
		r.hashes = append(r.hashes, hash)
	}
	return r.hashes, nil
}

// keep saves the open model, and its run in a state in which it can go on if
// it is not over. What goes wrong is told once; the save before stays.
func (s *Session) keep(state string) {
	s.unkept = false
	s.catchUp(state)
	if s.open.id == "" || !s.keeps() {
		return
	}
	begin := time.Now()
	hashes, err := s.keepTexts()
	if err == nil {
		err = s.save(s.open.id, s.snapshot(state), hashes)
	}
	var problem *protocol.Problem
	if err != nil {
		problem = unsaved(err)
	}
	if r := s.run; r != nil {
		told := problem != nil && r.unsaved == problem.Code && unfinished(state)
		r.saved, r.saving, r.unsaved = time.Now(), time.Since(begin), ""
		if problem != nil {
			r.unsaved = problem.Code
		}
		if told {
			return
		}
	}
	if problem != nil {
		s.fail(problem)
		return
	}
	s.host.Emit(&protocol.Saved{ID: s.open.id, Step: s.open.Step, Done: !unfinished(state)})
}

// catchUp brings what is known of the open model up to its run.
func (s *Session) catchUp(state string) {
	o, r := s.open, s.run
	o.State = state
	if r != nil {
		o.Step, o.Tokens, o.Seconds, o.Ranks = r.Done, r.Tokens(), r.Training.Seconds(), r.ranks
	}
}

// snapshot is the open model as it is to be saved.
func (s *Session) snapshot(state string) checkpoint.Run {
	kept, r := s.open.Run, s.run
	if r == nil || !unfinished(state) {
		return kept
	}
	now := train.State{Best: r.Best}
	if r.Done > 0 { // before, the moments are zero
		now = r.State()
	}
	kept.Stale = now.Stale
	kept.Moments = now.Moments
	if b := now.Best; b != nil {
		kept.Best = &checkpoint.Best{Step: b.Step, Loss: b.Loss, Weights: b.Weights}
	}
	return kept
}

func (s *Session) save(id string, kept checkpoint.Run, texts []string) error {
	if s.host.Shelf == nil {
		return s.host.Save(kept)
	}
	return s.host.Shelf.Save(id, func(sink shelf.Sink) error { return checkpoint.Write(sink, kept) }, texts...)
}

// unsaved is why something was not kept.
func unsaved(err error) *protocol.Problem {
	switch {
	case errors.Is(err, shelf.ErrFull):
		return &protocol.Problem{Code: protocol.KeepFull, Detail: err.Error()}
	case errors.Is(err, shelf.ErrBusy):
		return &protocol.Problem{Code: protocol.ModelElsewhere, Detail: err.Error()}
	case errors.Is(err, fs.ErrNotExist):
		return &protocol.Problem{Code: protocol.ModelUnknown, Detail: err.Error()}
	}
	return &protocol.Problem{Code: protocol.KeepFailed, Detail: err.Error()}
}

// keptText is a text of the shelf by its hash.
func (s *Session) keptText(hash string) ([]byte, error) {
	if s.host.Shelf == nil || hash == "" {
		return nil, fs.ErrNotExist
	}
	return s.host.Shelf.Text(hash)
}

// purge forgets what was deleted before this start.
func (s *Session) purge() {
	if s.purged {
		return
	}
	s.purged = true
	if err := s.host.Shelf.Purge(); err != nil {
		s.fail(undone(err))
	}
}

// change does what a command asks of the shelf.
func (s *Session) change(c protocol.Command) {
	if s.host.Shelf == nil {
		s.fail(&protocol.Problem{Code: protocol.KeepNone})
		return
	}
	var err error
	switch c := c.(type) {
	case *protocol.Rename:
		err = s.rename(c)
	case *protocol.Duplicate:
		_, err = s.host.Shelf.Duplicate(c.ID)
	case *protocol.Delete:
		err = s.remove(c.ID)
	case *protocol.Undelete:
		err = s.host.Shelf.Undelete(c.ID)
	}
	if err != nil {
		s.fail(undone(err))
	}
	s.tellShelf()
}

// undone is why the shelf was not changed.
func undone(err error) *protocol.Problem {
	told := unsaved(err)
	if told.Code == protocol.KeepFailed {
		told.Code = protocol.ShelfFailed
	}
	return told
}

func (s *Session) rename(c *protocol.Rename) error {
	if err := s.host.Shelf.Rename(c.ID, c.Name); err != nil {
		return err
	}
	if s.open != nil && s.open.id == c.ID {
		s.open.Name = c.Name
	}
	return nil
}

// remove deletes a model. The one that is open stays open; while its run goes
// on or is paused it is not deleted.
func (s *Session) remove(id string) error {
	if s.open != nil && s.open.id == id && s.busy() {
		s.fail(&protocol.Problem{Code: protocol.Busy, Got: s.state})
		return nil
	}
	return s.host.Shelf.Delete(id)
}

// cardPoints are those of a card's curve.
const cardPoints = 60

// tellShelf tells what the shelf holds.
func (s *Session) tellShelf() {
	told := &protocol.Shelf{Keeps: protocol.KeepNone, Cards: []protocol.Card{}, Deleted: []protocol.Card{}, Left: -1}
	if s.open != nil {
		told.Open = s.open.id
	}
	if here := s.host.Shelf; here != nil {
		s.purge()
		told.Keeps = ""
		var err error
		if told.Cards, err = s.cards(here.List()); err == nil {
			told.Deleted, err = s.cards(here.Deleted())
		}
		space, spaceErr := here.Space()
		told.Used, told.Left, told.Lasting = space.Used, space.Left, space.Lasting
		if err = errors.Join(err, spaceErr); err != nil {
			s.fail(undone(err))
		}
	}
	s.host.Emit(told)
}

func (s *Session) cards(items []shelf.Item, err error) ([]protocol.Card, error) {
	cards := []protocol.Card{}
	for _, item := range items {
		cards = append(cards, s.card(item))
	}
	return cards, err
}

// card describes a model of the shelf without reading its weights.
func (s *Session) card(item shelf.Item) protocol.Card {
	c := protocol.Card{ID: item.ID, Name: item.Name, Saved: item.Saved.UnixMilli(), Bytes: item.Bytes, Damaged: item.Damaged, Newer: item.Newer, Curve: []float64{}}
	if c.Newer || c.Damaged {
		return c
	}
	var kept checkpoint.Run
	files, err := s.host.Shelf.Peek(item.ID)
	if err == nil {
		kept, err = checkpoint.Describe(files)
	}
	if err != nil {
		c.Damaged = true
		return c
	}
	if c.Name == "" {
		c.Name = kept.Name
	}
	c.State, c.Method, c.Text, c.Parameters = kept.State, kept.Recipe.Method(), kept.Text, kept.Recipe.Weights()
	if kept.Recipe.Preset == "imported" && kept.Recipe.From == recipe.New {
		c.Method = "imported"
	}
	c.Step, c.Steps, c.ValLoss, c.Curve = kept.Step, kept.Recipe.Steps, kept.ValLoss, curve(kept.Log)
	return c
}

// curve is the training loss, of batches or of evaluations, at most cardPoints
// of them.
func curve(log []checkpoint.Entry) []float64 {
	losses := []float64{}
	for _, e := range log {
		losses = append(losses, max(e.Loss, e.TrainLoss))
	}
	every := (len(losses) + cardPoints - 1) / cardPoints
	if every < 2 {
		return losses
	}
	var thin []float64
	for i := 0; i < len(losses); i += every {
		thin = append(thin, losses[i])
	}
	return thin
}
