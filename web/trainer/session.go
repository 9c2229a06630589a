// Package trainer is the session behind the page: a state machine that takes
// the protocol's commands and gives its events. It knows no browser: in the
// worker commands come by postMessage, in tests over a channel.
//
// One goroutine does all the work. Between two training steps, two stretches
// of writing or two batches of an evaluation it looks for commands and answers the
// quick ones, so that Pause is answered within one step, and predictions are
// made while training. Slow ones (a text, a tokenizer, a new run) wait until
// the evaluation is over; Stop cuts it short.
package trainer

import (
	"fmt"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// Session holds the text, its tokenizer, the open model and at most one run.
type Session struct {
	host     Host
	commands <-chan protocol.Command
	text     text
	open     *current // nil before the first Train or Open
	run      *run     // of the open model; nil unless it trains or is paused
	state    string
	unkept   bool               // the run was paused and is to be saved, once no evaluation is under way
	purged   bool               // the shelf has forgotten what was deleted before this start
	slow     []protocol.Command // that wait
	predict  *protocol.Predict  // the newest that waits
	tokenize *protocol.Tokenize // the newest that waits
	writing  *writing           // the Generate under way
	lastStep time.Time          // when the latest Step event was sent
}

// Host is what a session needs of its surroundings.
type Host struct {
	Emit   func(protocol.Event)                    // sends an event; never blocks
	Yield  func()                                  // lets new commands arrive
	Sample func(name string) ([]byte, error)       // fetches a built-in text that is a file
	Cores  int                                     // that can work at once; 0 for one
	Launch train.Launch                            // starts other ranks; nil where there can be none
	Shelf  *shelf.Shelf                            // where models are kept; nil: nowhere
	Base   bool                                    // Load has a model Base to begin with
	Load   func(id string) (checkpoint.Run, error) // opens a model that is not of the shelf; nil for none
	Save   func(checkpoint.Run) error              // keeps the run where there is no shelf; nil for nowhere
}

// SampleNames lists the built-in texts; the page begins with the first, which
// is made here. The others are files.
var SampleNames = []string{"village", "opticks"}

// backend is what computes.
const backend = "cpu"

// New returns a session without a text.
func New(host Host) *Session { return &Session{host: host, state: "idle"} }

// Serve handles commands until the channel is closed.
func (s *Session) Serve(commands <-chan protocol.Command) {
	s.commands = commands
	defer s.endRun()
	s.host.Emit(&protocol.Ready{Backend: backend, SIMD: kernel.Fast, Fused: kernel.Fused, Cores: max(1, s.host.Cores),
		Ranks: min(s.cores(), train.MostRanks), Presets: recipe.Presets(), Default: recipe.Default, Samples: SampleNames, Base: s.host.Base})
	s.setState("idle", "")
	if !s.host.Base { // else it is told when Base has been opened, which comes first
		s.tellShelf()
	}
	for {
		if !s.working() {
			c, ok := <-commands
			if !ok {
				return
			}
			s.handle(c)
			continue
		}
		if !s.drain() {
			return
		}
		s.work()
	}
}

// drain handles the commands that wait; it reports false once the channel is
// closed.
func (s *Session) drain() bool {
	s.host.Yield()
	for {
		select {
		case c, ok := <-s.commands:
			if !ok {
				return false
			}
			s.handle(c)
		default:
			return true
		}
	}
}

// working tells whether there is something to do besides waiting.
func (s *Session) working() bool {
	return s.state == "training" || s.unkept || len(s.slow) > 0 || s.predict != nil || s.tokenize != nil || s.writing != nil
}

// work does one small piece of each thing that is under way.
func (s *Session) work() {
	if s.unkept {
		s.keep(s.state)
	}
	s.answer()
	switch {
	case len(s.slow) > 0:
		next := s.slow[0]
		s.slow = s.slow[1:]
		s.handleSlow(next)
	case s.state == "training":
		s.step()
	}
}

// writeFor is how long the session writes before it tells what it wrote and
// trains on: a step of training takes a few times as long, so that both get on.
const writeFor = 60 * time.Millisecond

// answer does what is quick: a request of each kind, and some written tokens.
func (s *Session) answer() {
	if c := s.tokenize; c != nil {
		s.tokenize = nil
		s.answerTokenize(c)
	}
	if c := s.predict; c != nil {
		s.predict = nil
		s.answerPredict(c)
	}
	for begin := time.Now(); s.writing != nil && time.Since(begin) < writeFor; {
		s.write()
	}
	s.tellWriting()
}

// between keeps the session alive while the run is measured; it reports false
// once that is of no more use.
func (s *Session) between() bool {
	open := s.drain()
	s.answer()
	return open && s.busy()
}

func (s *Session) handle(c protocol.Command) {
	switch c := c.(type) {
	case *protocol.SetText, *protocol.SetTokenizer, *protocol.Train, *protocol.Bench, *protocol.Measure, *protocol.Open,
		*protocol.Rename, *protocol.Duplicate, *protocol.Delete, *protocol.Undelete, *protocol.Export, *protocol.Import, *protocol.Merge:
		s.slow = append(s.slow, c)
	case *protocol.Tokenize:
		s.tokenize = c
	case *protocol.Pause:
		s.move("training", "paused")
	case *protocol.Resume:
		s.move("paused", "training")
	case *protocol.Stop:
		s.stop()
	case *protocol.Predict:
		s.predict = c
	case *protocol.Generate:
		s.generate(c)
	case *protocol.Cancel:
		s.cancel(c)
	case *protocol.Adapt:
		s.adapt(c)
	default:
		s.fail(&protocol.Problem{Code: protocol.BadMessage, Detail: fmt.Sprintf("no handler for %T", c)})
	}
}

func (s *Session) handleSlow(c protocol.Command) {
	switch c := c.(type) {
	case *protocol.SetText:
		s.setText(c)
	case *protocol.SetTokenizer:
		s.setTokenizer(c)
	case *protocol.Train:
		s.train(c)
	case *protocol.Bench:
		s.bench(c)
	case *protocol.Measure:
		s.measure(c)
	case *protocol.Open:
		s.openModel(c.ID)
	case *protocol.Export:
		s.export(c)
	case *protocol.Import:
		s.importModel(c)
	case *protocol.Merge:
		s.merge()
	default:
		s.change(c)
	}
}

// busy tells whether a run is under way.
func (s *Session) busy() bool { return unfinished(s.state) }

// move changes the run's state if it is in state from.
func (s *Session) move(from, to string) {
	if s.state != from {
		s.fail(&protocol.Problem{Code: protocol.NotTraining, Got: s.state, Want: from})
		return
	}
	if to == "paused" {
		s.tellStep()
	}
	s.setState(to, "")
	s.unkept = to == "paused"
}

func (s *Session) stop() {
	if !s.busy() {
		s.fail(&protocol.Problem{Code: protocol.NotTraining, Got: s.state})
		return
	}
	s.tellStep()
	s.finish("done", protocol.Stopped)
}

func (s *Session) setState(state string, reason protocol.Code) {
	s.state = state
	s.host.Emit(&protocol.State{State: state, Reason: reason})
}

func (s *Session) fail(p *protocol.Problem) { s.host.Emit(p) }
