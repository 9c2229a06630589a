// Package session is what stands behind the page: it takes the protocol's
// commands and gives its events. It knows no browser: in the worker commands
// come by postMessage, in tests over a channel.
//
// A Session wires four parts, each of which alone knows its fields: texts (what
// there is to learn from), library (the open model and those that are kept),
// writer (what the open model writes) and runner (its training).
//
// One goroutine does all the work. The training loop, and whatever else takes
// long, asks again and again what is wished: then the commands that have come
// are read and the quick ones answered, so that predictions are made and texts
// written between two steps. Pause, Stop and Cancel are wishes; slow commands
// wait until the loop has returned, which a wish to hold makes it do at the
// next step, and then it is called again. So nothing ends a run that is at work.
package session

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"hornbook/model/checkpoint"
	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/model/task/taste"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// Session is the state machine and what wires its parts.
type Session struct {
	host     Host
	voice    *voice
	phase    phase
	texts    *texts
	pairs    *text // that preferences are learned from; nil: the text holds them
	library  *library
	writer   *writer
	runner   *runner
	gpu      *gpu
	wished   string // what is to take the steps: the latest Train's Backend, or that of the run that was opened
	commands <-chan protocol.Command
	closed   bool               // no more will come
	slow     []protocol.Command // that wait
	long     *long              // the slow one that is handled; nil for none
	stopping *protocol.Stop     // the run is to end, once it is not at work; nil: it is not
	unkept   bool               // the run was paused, so that it is to be saved once it is not at work
}

// Host is what a session needs of its surroundings.
type Host struct {
	Emit     func(protocol.Event)                    // sends an event; never blocks
	Yield    func()                                  // lets new commands arrive
	Sample   func(name string) ([]byte, error)       // fetches a built-in text that is a file
	Cores    int                                     // that can work at once; 0 for one
	Memory   float64                                 // bytes that a model may take to be trained or opened; 0 for protocol.MaxMemory
	Resident func() int                              // the most bytes of memory that the program has had; nil or 0: what it has taken from the system
	GPU      func() (GPU, error)                     // lends a graphics card; nil where there can be none
	Launch   train.Launch                            // starts other ranks; nil where there can be none
	Shelf    *shelf.Shelf                            // where models are kept; nil: nowhere
	Why      protocol.Code                           // there is no Shelf; "" for protocol.KeepNone
	Base     bool                                    // Load has a model Base to begin with
	Load     func(id string) (checkpoint.Run, error) // opens a model that is not of the shelf; nil for none
	Save     func(checkpoint.Run) error              // keeps the run where there is no shelf; nil for nowhere
}

// SampleNames lists the built-in texts; the page begins with the first, which
// is made here. The others are files.
var SampleNames = []string{"village", "opticks"}

// backend is what computes.
const backend = "cpu"

// New returns a session without a text.
func New(host Host) *Session {
	host.Memory = cmp.Or(host.Memory, protocol.MaxMemory)
	s := &Session{host: host, phase: idle, voice: &voice{emit: host.Emit}}
	s.texts = &texts{voice: s.voice, fetch: host.Sample, goOn: s.goOn}
	s.library = &library{voice: s.voice, shelf: host.Shelf, none: cmp.Or(host.Why, protocol.KeepNone), memory: host.Memory, elsewhere: host.Load, folder: host.Save, cards: map[string]described{}}
	s.texts.keep, s.texts.kept = s.library.keepText, s.library.text
	s.writer = &writer{voice: s.voice, load: s.library.small}
	s.runner = &runner{voice: s.voice, cores: host.Cores, memory: host.Memory, launch: host.Launch}
	s.gpu = &gpu{voice: s.voice, open: host.GPU, goOn: s.goOn}
	return s
}

// Serve handles commands until the channel is closed.
func (s *Session) Serve(commands <-chan protocol.Command) {
	s.commands = commands
	defer s.runner.end()
	s.voice.tell(&protocol.Ready{Backend: backend, SIMD: kernel.Fast, Fused: kernel.Fused, Cores: max(1, s.host.Cores),
		Ranks: min(s.runner.most(), train.MostRanks), Memory: s.host.Memory, Presets: slices.Concat(recipe.Presets(), recipe.Further()), Default: recipe.Default, Labs: recipe.Labs(), Samples: SampleNames, Tasks: task.Names, Tastes: taste.Names, Verifiers: task.Verifiers, Base: s.host.Base, GPU: s.host.GPU != nil})
	s.move(idle, "")
	if !s.host.Base { // else it is told when Base has been opened, which comes first
		s.library.tellShelf()
	}
	for s.listen() {
		s.work()
	}
}

// listen handles the commands that have come; where there is nothing else to
// do it waits for one. It reports false once no more will come.
func (s *Session) listen() bool {
	if !s.working() {
		c, open := <-s.commands
		if !open {
			return false
		}
		s.handle(c)
	}
	s.drain()
	return !s.closed
}

// drain handles the commands that have come.
func (s *Session) drain() {
	s.host.Yield()
	for !s.closed {
		select {
		case c, open := <-s.commands:
			if !open {
				s.closed = true
				return
			}
			s.handle(c)
		default:
			return
		}
	}
}

// working tells whether there is something to do besides waiting.
func (s *Session) working() bool {
	return s.phase == training || s.unkept || s.stopping != nil || len(s.slow) > 0 || s.texts.asked() || s.writer.asked()
}

// work does what is quick and one thing that takes long. No run is at work when
// it is called.
func (s *Session) work() {
	s.answer()
	switch {
	case s.stopping != nil:
		s.voice.during(s.stopping.ID, s.stopped)
	case s.unkept:
		s.keep(s.phase)
	case len(s.slow) > 0:
		c := s.slow[0]
		s.slow = s.slow[1:]
		s.voice.during(c.Asks(), func() { s.handleSlow(c) })
	case s.phase == training:
		s.loop()
	}
}

// writeFor is how long the session writes before it tells what it wrote and
// goes on: a step of training takes a few times as long, so that both get on.
const writeFor = 60 * time.Millisecond

// answer does what is quick: a request of each kind, and some written tokens.
func (s *Session) answer() {
	s.texts.answer()
	s.writer.answer(writeFor)
}

// handle takes a command: a quick one is done or waits for a moment between two
// steps, a slow one waits until no run is at work.
func (s *Session) handle(c protocol.Command) {
	s.voice.during(c.Asks(), func() {
		switch c := c.(type) {
		case *protocol.Tokenize:
			s.texts.ask(c)
		case *protocol.Predict:
			s.writer.ask(c)
		case *protocol.Generate:
			s.voice.problem(s.writer.generate(c))
		case *protocol.Pause:
			s.pause()
		case *protocol.Resume:
			s.resume()
		case *protocol.Stop:
			s.stop(c)
		case *protocol.Cancel:
			s.cancel(c.ID)
		default:
			s.slow = append(s.slow, c)
		}
	})
}

// handleSlow handles a command that takes long or changes what a run needs.
func (s *Session) handleSlow(c protocol.Command) {
	debug.SetMemoryLimit(allowed) // what the run before was kept to is too little for another, or for what comes beside it
	s.long = &long{id: c.Asks()}
	defer func() { s.long = nil }()
	if s.voice.problem(s.refuse(c)) {
		return
	}
	switch c := c.(type) {
	case *protocol.SetText:
		s.setText(c)
	case *protocol.SetTokenizer:
		s.voice.problem(s.texts.setTokenizer(c))
	case *protocol.SetSpecial:
		if !s.voice.problem(s.texts.setSpecial(c)) {
			s.tellFit()
		}
	case *protocol.CheckTasks:
		s.check(c)
	case *protocol.Train:
		s.train(c)
	case *protocol.Bench:
		s.bench(c)
	case *protocol.Measure:
		s.measure(c)
	case *protocol.CheckGPU:
		s.checkGPU()
	case *protocol.Draw:
		s.voice.problem(s.draw(c))
	case *protocol.SetPairs:
		s.voice.problem(s.setPairs(c))
	case *protocol.Open:
		s.open(c.ModelID)
	case *protocol.Export:
		s.export(c)
	case *protocol.Import:
		s.importModel(c)
	case *protocol.Adapt:
		s.adapt(c)
	case *protocol.Merge:
		s.merge()
	case *protocol.Outcomes:
		s.outcomes(c)
	case *protocol.LookInside:
		s.lookInside(c)
	case *protocol.Speculate:
		s.speculate(c)
	case *protocol.Rename, *protocol.Duplicate, *protocol.Delete, *protocol.Undelete:
		s.library.change(c)
	default:
		s.voice.tell(&protocol.Problem{Code: protocol.BadMessage, Detail: fmt.Sprintf("no handler for %T", c)})
	}
}
