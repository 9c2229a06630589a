package session

import (
	"errors"

	"hornbook/model/train"
	"hornbook/web/protocol"
)

// wish is what the training loop is to do.
func (s *Session) wish() train.Wish {
	s.drain()
	s.answer()
	switch {
	case s.closed || s.stopping != nil:
		return train.Stop
	case s.phase == paused || s.unkept || len(s.slow) > 0:
		return train.Hold
	}
	return train.GoOn
}

// long is a slow command while it is handled.
type long struct {
	id        int
	cancelled bool
}

// errCancelled ends what takes long and is of no more use.
var errCancelled = errors.New("session: cancelled")

// goOn is called again and again by what takes long, which its error ends.
func (s *Session) goOn() error {
	s.drain()
	s.answer()
	if s.closed || s.long.cancelled {
		return errCancelled
	}
	return nil
}

// refuse says why a slow command cannot be handled while a run is under way,
// nil if it can.
func (s *Session) refuse(c protocol.Command) *protocol.Problem {
	busy := false
	switch c := c.(type) {
	case *protocol.Train, *protocol.Bench, *protocol.Measure, *protocol.Draw, *protocol.Adapt, *protocol.Merge:
		busy = s.phase.active()
	case *protocol.Open, *protocol.Import:
		busy = s.occupied()
	case *protocol.Delete:
		busy = s.phase.active() && s.library.isOpen(c.ModelID)
	}
	if !busy {
		return nil
	}
	return &protocol.Problem{Code: protocol.Busy, Got: string(s.phase)}
}

// occupied tells whether the open model cannot be let go without loss: its run
// goes on, or is paused and not kept.
func (s *Session) occupied() bool {
	return s.phase == training || s.runner.unkept() || s.phase == paused && !s.library.placed()
}

// cancel ends the command with this id early.
func (s *Session) cancel(id int) {
	s.writer.cancel(id)
	if s.long != nil && s.long.id == id {
		s.long.cancelled = true
	}
	s.dismiss(func(c protocol.Command) bool { return c.Asks() == id })
}

// dismiss answers slow commands that need not be handled any more, and reports
// whether there were some.
func (s *Session) dismiss(which func(protocol.Command) bool) (some bool) {
	var rest []protocol.Command
	for _, c := range s.slow {
		if !which(c) {
			rest = append(rest, c)
			continue
		}
		some = true
		s.voice.answer(c.Asks(), &protocol.Problem{Code: protocol.Cancelled})
	}
	s.slow = rest
	return some
}
