package session

import (
	"errors"
	"runtime"
	"slices"
	"strconv"

	"hornbook/model/checkpoint"
	"hornbook/model/cpu"
	"hornbook/model/opcheck"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/model/train"
	"hornbook/web/protocol"
)

// GPU is a graphics card, as the surroundings of a session lend it.
type GPU struct {
	Name     string
	Software bool                  // it is a program that does as if
	Backend  func() tensor.Backend // over it
	Close    func()                // gives it back; nil where there is nothing to give
}

// gpu is what is known of the host's graphics card.
type gpu struct {
	voice *voice
	open  func() (GPU, error) // nil: there can be none
	goOn  func() error
	lent  *GPU // that is trusted; nil before
	told  protocol.GPU
}

// worth is how much faster a card must be than all ranks together to be used unasked.
const worth = 1.3

// trusted is the card, once each operation was compared with the processor's; nil where
// there is none, or it computes something else, which told says.
func (g *gpu) trusted() *GPU {
	if g.lent != nil || g.open == nil || g.told.State == protocol.GPUWrong || g.told.State == protocol.GPUNone {
		return g.lent
	}
	lent, err := g.open()
	if err != nil {
		g.tell(protocol.GPU{State: protocol.GPUNone, Detail: err.Error()})
		return nil
	}
	known := protocol.GPU{Name: lent.Name, Software: lent.Software, State: protocol.GPURight}
	switch err := opcheck.Compare(lent.Backend(), cpu.New(), g.compared); {
	case errors.Is(err, errCancelled):
		lent.close()
		return nil
	case err != nil:
		lent.close()
		known.State, known.Detail = protocol.GPUWrong, err.Error()
		g.tell(known)
		return nil
	}
	g.lent = &lent
	g.tell(known)
	return g.lent
}

// compared tells how many operations are.
func (g *gpu) compared(done, all int) error {
	if done%16 != 1 {
		return nil
	}
	g.voice.tell(&protocol.Working{Task: "gpu", Done: done, Total: all})
	return g.goOn()
}

// trying tells how many steps of a trial are done.
func (g *gpu) trying(done, all int) error {
	g.voice.tell(&protocol.Working{Task: "gpu_trial", Done: done, Total: all})
	return g.goOn()
}

// wanted is trusted where a backend is it.
func (g *gpu) wanted(name string) *GPU {
	if name != "webgpu" {
		return nil
	}
	return g.trusted()
}

func (g *gpu) tell(known protocol.GPU) {
	g.told = known
	g.voice.tell(&known)
}

// check answers CheckGPU.
func (s *Session) checkGPU() {
	s.gpu.told.State = "" // once more, whatever was found before
	s.gpu.leave()
	lent := s.gpu.trusted()
	if s.gpu.told.State == "" {
		s.gpu.tell(protocol.GPU{State: protocol.GPUNone})
	}
	if lent == nil {
		return
	}
	known := s.gpu.told
	if known.Size = 1024; lent.Software {
		known.Size = 256
	}
	var err error
	if known.GFLOPS, err = train.SquareGFLOPS(lent.Backend(), known.Size); err == nil {
		r, _ := recipe.ByName(writingPreset)
		known.Preset = writingPreset
		known.Writing, err = train.WritingOn(lent.Backend(), r, s.host.Yield)
	}
	if err != nil {
		s.distrust(err.Error())
		return
	}
	s.gpu.tell(known)
}

// staff settles who takes the steps of a run that is to be taken: the card, or ranks.
func (s *Session) staff(r *run, ranks int) {
	if r.asked, r.ranks = ranks, 1; !s.lend(r, ranks) {
		s.runner.share(r, ranks)
	}
}

// lend lets the card take the steps of a run, if that is wished ("webgpu") or, unasked
// (""), it is worth more than so many ranks. It reports whether it does.
func (s *Session) lend(r *run, ranks int) bool {
	wish := s.wished
	if wish == backend || !s.fitsTwice(r.Recipe) {
		return false
	}
	if r.Recipe.Model.Formed() {
		if wish != "" {
			s.voice.tell(&protocol.Problem{Code: protocol.GPULacks})
		}
		return false
	}
	lent, err := s.tried(r)
	if s.goOn() != nil || lent != nil && lent.Software && wish == "" {
		return false
	}
	if err == nil && lent != nil {
		if wish == "" && s.gpu.told.DeviceMs*worth*float64(s.runner.ranks(r.Recipe, len(r.data.Text.IDs), ranks)) > s.gpu.told.HostMs {
			return false
		}
		if err = r.Use(lent.Backend(), s.fell); err == nil {
			return true
		}
		s.distrust(err.Error())
	}
	if wish != "" || err != nil || s.gpu.told.State == protocol.GPUWrong {
		s.voice.tell(&protocol.Problem{Code: protocol.GPUUnused, Detail: s.gpu.told.Detail})
	}
	return false
}

// tried is the card, after three steps of the run that are told; nil for none. One that was
// lost since it was last used is asked for once more.
func (s *Session) tried(r *run) (lent *GPU, err error) {
	for range 2 {
		if lent = s.gpu.trusted(); lent == nil || lent.Software && s.wished == "" {
			return lent, err
		}
		var trial train.Trial
		trial, err = r.Try(lent.Backend(), s.gpu.trying)
		runtime.GC() // what was tried with makes way
		s.host.Yield()
		if errors.Is(err, errCancelled) {
			return nil, nil
		}
		if err == nil {
			known := s.gpu.told
			known.DeviceMs, known.HostMs = trial.Device.Seconds()*1000, trial.Host.Seconds()*1000
			s.gpu.tell(known)
			return lent, nil
		}
		s.distrust(err.Error())
	}
	return nil, err
}

// fitsTwice tells whether there is memory for what a run needs to go on without a card: two
// copies of what trains and its moments, a third while they are made, and, for the trial, of
// all weights.
func (s *Session) fitsTwice(r recipe.Recipe) bool {
	return r.Bytes()+3*4*3*float64(r.Trained())+4*float64(r.Weights()) <= s.host.Memory
}

// distrust lets the card go.
func (s *Session) distrust(why string) {
	known := s.gpu.told
	known.State, known.Detail = protocol.GPUFailed, why
	s.gpu.leave()
	s.gpu.tell(known)
}

func (g *gpu) leave() {
	if g.lent != nil {
		g.lent.close()
	}
	g.lent = nil
}

func (g *GPU) close() {
	if g.Close != nil {
		g.Close()
	}
}

// fell says that the run goes on without the card, from where it is now.
func (s *Session) fell(why string) {
	s.distrust(why)
	step := s.runner.progress().Step
	s.library.rewind(step)
	s.library.current.Backend = backend
	s.writer.restart()
	s.runner.share(s.runner.run, s.runner.run.asked)
	s.voice.tell(&protocol.Problem{Code: protocol.GPULost, Got: strconv.Itoa(step), Detail: why})
	s.library.tellHistory()
}

// rewind forgets what was noted after a step.
func (l *library) rewind(step int) {
	c := l.current
	c.Log = slices.DeleteFunc(c.Log, func(e checkpoint.Entry) bool { return e.Step > step })
	for _, e := range c.Log {
		if e.Evaluated() {
			c.Measures = e.Measures
		}
	}
}
