package session

import (
	"strconv"

	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/web/protocol"
)

// loop lets the run train until it is over, or holds for what waits.
func (s *Session) loop() {
	hooks := train.Hooks{Wish: s.wish, Stepped: s.stepped, Measured: s.measured, Sampled: s.sampled, Rolled: s.runner.rolled}
	if s.library.placed() {
		hooks.Save = func() { s.keep(training) }
	}
	switch outcome, err := s.runner.loop(hooks); outcome {
	case train.Finished:
		s.over(done, protocol.Finished)
	case train.Exhausted:
		s.over(done, protocol.StoppedEarly)
	case train.Diverged:
		s.voice.tell(&protocol.Problem{Code: protocol.LossNaN, Got: strconv.Itoa(s.runner.progress().Step), Detail: err.Error()})
		s.over(failed, protocol.LossNaN)
	}
}

// stepped notes a step. What was read is stale by the new weights.
func (s *Session) stepped() {
	s.writer.restart()
	if loss, due := s.runner.stepped(); due {
		s.library.noteLoss(s.runner.progress().Step, loss)
	}
}

func (s *Session) measured(m recipe.Measurement) {
	s.library.noteMeasures(m)
	s.voice.tell(protocol.NewEval(m))
}

func (s *Session) sampled(ids []int32) {
	writing := s.library.decode(ids)
	s.voice.tell(&protocol.Sample{Step: s.runner.progress().Step, Text: writing, Growth: s.runner.growth().of(writing)})
}

func (s *Session) pause() {
	if s.wrongPhase(training) {
		return
	}
	s.runner.tellStep()
	s.move(paused, "")
	s.unkept = true
}

func (s *Session) resume() {
	if s.wrongPhase(paused) {
		return
	}
	s.move(training, "")
}

// wrongPhase tells so if the phase is not the one that a command is for.
func (s *Session) wrongPhase(want phase) bool {
	if s.phase == want {
		return false
	}
	s.voice.tell(&protocol.Problem{Code: protocol.NotTraining, Got: string(s.phase), Want: string(want)})
	return true
}

// stop ends what takes long, and the run as soon as it is not at work.
func (s *Session) stop(c *protocol.Stop) {
	some := s.dismiss(func(c protocol.Command) bool { _, is := c.(*protocol.Train); return is })
	if s.long != nil {
		s.long.cancelled, some = true, true
	}
	if s.phase.active() {
		s.stopping, some = c, true
	}
	if !some {
		s.voice.tell(&protocol.Problem{Code: protocol.NotTraining, Got: string(s.phase)})
	}
}

// stopped ends the run where it is. What is kept of it can still go on, as after
// a pause.
func (s *Session) stopped() {
	s.runner.tellStep()
	s.finish(done, paused, protocol.Stopped)
}

// over ends a run of which the model is now the best that it was, if that was
// kept.
func (s *Session) over(end phase, why protocol.Code) {
	if step, kept := s.runner.best(); kept {
		s.library.noteBest(step)
	}
	s.writer.restart()
	s.finish(end, end, why)
}

// finish ends the run, which is not at work; the model is what it is, and is
// kept as in a phase.
func (s *Session) finish(end, as phase, why protocol.Code) {
	s.stopping = nil
	if !as.active() { // else the other ranks still have a part of what is kept
		s.runner.close()
	}
	s.move(end, why)
	s.keep(as)
	s.tellOutcome()
	s.runner.end()
	s.library.tellShelf()
}

// keep saves the open model as it is in a phase: with all that its run needs to
// go on, if it is not over. What goes wrong is told once; the save before stays.
func (s *Session) keep(as phase) {
	s.unkept = false
	s.library.catchUp(as, s.runner.progress())
	if !s.library.placed() {
		return
	}
	texts, err := s.runner.keepTexts(s.library.keepText)
	if err == nil {
		err = s.library.keep(s.runner.state(as), texts)
	}
	if err == nil {
		s.runner.saved("")
		s.library.tellSaved()
		return
	}
	problem := unsaved(err)
	if again := s.runner.saved(problem.Code); !again || !as.active() {
		s.voice.tell(problem)
	}
}
