package session

import (
	"slices"
	"strconv"

	"hornbook/model/checkpoint"
	"hornbook/model/cpu"
	"hornbook/model/opcheck"
	"hornbook/model/tensor"
	"hornbook/model/train"
	"hornbook/web/protocol"
)

// GPU is a graphics card, as the surroundings of a session lend it.
type GPU struct {
	Name     string
	Software bool                  // it is a program that does as if
	Backend  func() tensor.Backend // over it
}

// gpu is what is known of the host's graphics card.
type gpu struct {
	voice *voice
	open  func() (GPU, error) // nil: there can be none
	yield func()
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
	if err := opcheck.Compare(lent.Backend(), cpu.New(), g.yield); err != nil {
		known.State, known.Detail = protocol.GPUWrong, err.Error()
		g.tell(known)
		return nil
	}
	g.lent = &lent
	g.tell(known)
	return g.lent
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
	s.gpu.lent = nil
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
	if known.GFLOPS, err = train.SquareGFLOPS(lent.Backend(), known.Size); err != nil {
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
	g, wish := s.gpu, s.wished
	if wish == backend {
		return false
	}
	lent := g.trusted()
	switch {
	case lent == nil && (wish != "" || g.told.State == protocol.GPUWrong):
		s.voice.tell(&protocol.Problem{Code: protocol.GPUUnused, Detail: g.told.Detail})
		return false
	case lent == nil || lent.Software && wish == "":
		return false
	}
	trial, err := r.Try(lent.Backend())
	if err == nil {
		known := g.told
		known.DeviceMs, known.HostMs = trial.Device.Seconds()*1000, trial.Host.Seconds()*1000
		g.tell(known)
		ranks = s.runner.ranks(r.Recipe, len(r.data.Text.IDs), ranks)
		if wish == "" && trial.Device.Seconds()*worth*float64(ranks) > trial.Host.Seconds() {
			return false
		}
		err = r.Use(lent.Backend(), s.fell)
	}
	if err != nil {
		s.distrust(err.Error())
		s.voice.tell(&protocol.Problem{Code: protocol.GPUUnused, Detail: err.Error()})
	}
	return err == nil
}

// distrust lets the card go.
func (s *Session) distrust(why string) {
	known := s.gpu.told
	known.State, known.Detail = protocol.GPUFailed, why
	s.gpu.lent = nil
	s.gpu.tell(known)
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

// device names the backend that takes the run's steps.
func (r *runner) device() string {
	if r.run == nil {
		return backend
	}
	return r.run.Device()
}
