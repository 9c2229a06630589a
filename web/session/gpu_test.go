package session

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hornbook/model/backendtest"
	"hornbook/model/tensor"
	"hornbook/web/protocol"
)

// pulled is a backend that fails after some products.
type pulled struct {
	tensor.Backend
	left *int
}

func (p pulled) Beside(steady bool) tensor.Backend { return pulled{p.Backend.Beside(steady), p.left} }

func (p pulled) Linear(y, x, w, b *tensor.Tensor) {
	if *p.left--; *p.left == 0 {
		panic(tensor.Lost{Why: "it was pulled out"})
	}
	p.Backend.Linear(y, x, w, b)
}

// slow is a backend that takes its time.
type slow struct{ tensor.Backend }

func (s slow) Beside(steady bool) tensor.Backend { return slow{s.Backend.Beside(steady)} }

func (s slow) Squares(sums *tensor.Tensor, xs []*tensor.Tensor) {
	time.Sleep(100 * time.Millisecond)
	s.Backend.Squares(sums, xs)
}

// lending is a host with a card.
func lending(software bool, backend func() tensor.Backend) Host {
	return Host{GPU: func() (GPU, error) { return GPU{Name: "a card", Software: software, Backend: backend}, nil }}
}

// A ran is what a run came to: its losses by step, what took its last step, and what was
// told besides.
type ran struct {
	losses  map[int]float64
	backend string
	gpus    []protocol.GPU
	codes   []protocol.Code
}

func (d *desk) ran(wish string) (r ran) {
	d.Helper()
	r.losses = map[int]float64{}
	d.give(own)
	d.commands <- &protocol.Train{Recipe: brief(), Backend: wish}
	for {
		switch e := next[protocol.Event](d).(type) {
		case *protocol.Eval:
			if was, is := r.losses[e.Step]; is && was != e.ValLoss {
				d.Errorf("at step %d it measured %v, then %v", e.Step, was, e.ValLoss)
			}
			r.losses[e.Step] = e.ValLoss
		case *protocol.Step:
			r.backend = e.Backend
		case *protocol.GPU:
			r.gpus = append(r.gpus, *e)
		case *protocol.Problem:
			r.codes = append(r.codes, e.Code)
		case *protocol.State:
			if e.State == "done" {
				if e.Reason != protocol.Finished {
					d.Errorf("it ends because %s", e.Reason)
				}
				return r
			}
		}
	}
}

// Whatever a graphics card is or does, the run ends with the processor's losses, and what
// became of the card is told.
func TestGPU(t *testing.T) {
	shadow := func() tensor.Backend { return backendtest.NewShadow() }
	broken := func() tensor.Backend {
		s := backendtest.NewShadow()
		s.Break("RMSNorm")
		return s
	}
	left := 0
	failing := func(after int) func() tensor.Backend {
		return func() tensor.Backend {
			left = after
			return pulled{backendtest.NewShadow(), &left}
		}
	}
	want := sitAt(t, Host{}).ran("")
	for _, c := range []struct {
		name    string
		host    Host
		wish    string
		backend string
		states  []string
		codes   []protocol.Code
	}{
		{"used if it is wished", lending(true, shadow), "webgpu", "shadow", []string{protocol.GPURight, protocol.GPURight}, nil},
		{"not used if that is wished", lending(false, shadow), "cpu", "cpu", nil, nil},
		{"not used unasked if it is slower", lending(false, func() tensor.Backend { return slow{shadow()} }), "", "cpu", []string{protocol.GPURight, protocol.GPURight}, nil},
		{"not even tried if it is a program", lending(true, shadow), "", "cpu", []string{protocol.GPURight}, nil},
		{"not there", Host{GPU: func() (GPU, error) { return GPU{}, errors.New("none") }}, "webgpu", "cpu", []string{protocol.GPUNone}, []protocol.Code{protocol.GPUUnused}},
		{"not there, unasked", Host{GPU: func() (GPU, error) { return GPU{}, errors.New("none") }}, "", "cpu", []string{protocol.GPUNone}, nil},
		{"no browser's", Host{}, "webgpu", "cpu", nil, []protocol.Code{protocol.GPUUnused}},
		{"wrong", lending(false, broken), "", "cpu", []string{protocol.GPUWrong}, []protocol.Code{protocol.GPUUnused}},
		{"failing when it is tried", lending(false, failing(30)), "webgpu", "cpu", []string{protocol.GPURight, protocol.GPUFailed, protocol.GPURight, protocol.GPUFailed}, []protocol.Code{protocol.GPUUnused}},
		{"failing in the run", lending(false, failing(400)), "webgpu", "cpu", []string{protocol.GPURight, protocol.GPURight, protocol.GPUFailed}, []protocol.Code{protocol.GPULost}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sitAt(t, c.host).ran(c.wish)
			var states []string
			for _, g := range r.gpus {
				states = append(states, g.State)
				if g.State != protocol.GPUNone && g.Name != "a card" {
					t.Errorf("the card is called %q", g.Name)
				}
			}
			if r.backend != c.backend || !slices.Equal(states, c.states) || !slices.Equal(r.codes, c.codes) {
				t.Errorf("its last step is %s's; the card is told as %v, the problems are %v", r.backend, states, r.codes)
			}
			for step, loss := range want.losses {
				if r.losses[step] != loss {
					t.Errorf("at step %d the loss is %v, the processor's %v", step, r.losses[step], loss)
				}
			}
		})
	}
}

// A card that was found wrong is compared again when that is asked for.
func TestCheckGPU(t *testing.T) {
	wrong := true
	d := sitAt(t, lending(true, func() tensor.Backend {
		s := backendtest.NewShadow()
		if wrong {
			s.Break("Linear")
		}
		return s
	}))
	d.commands <- &protocol.CheckGPU{Request: as(3)}
	if g := next[*protocol.GPU](d); g.State != protocol.GPUWrong || g.ID != 3 || g.Detail == "" {
		t.Errorf("a wrong card is told as %+v", g)
	}
	wrong = false
	d.commands <- &protocol.CheckGPU{Request: as(4)}
	if g := next[*protocol.GPU](d); g.State != protocol.GPURight || g.ID != 4 {
		t.Errorf("a right card is told as %+v", g)
	}
	if g := next[*protocol.GPU](d); g.Size == 0 || g.GFLOPS <= 0 || g.Preset != writingPreset || g.Writing <= 0 {
		t.Errorf("its speed is told as %+v", g)
	}
	d = sit(t)
	d.commands <- &protocol.CheckGPU{Request: as(5)}
	if g := next[*protocol.GPU](d); g.State != protocol.GPUNone || g.ID != 5 {
		t.Errorf("no card is told as %+v", g)
	}
}

// While a card is compared or tried for a run, Stop and Cancel end what leads to the run,
// and the card is as good as before.
func TestStopWhileTheCardIsTried(t *testing.T) {
	d := sitAt(t, lending(true, func() tensor.Backend { return backendtest.NewShadow() }))
	d.give(own)
	for i, task := range []string{"gpu", "gpu_trial"} {
		d.while(task, []protocol.Command{&protocol.Stop{}, &protocol.Cancel{Request: as(31 + i)}}[i])
		d.commands <- &protocol.Train{Request: as(31 + i), Recipe: brief(), Backend: "webgpu"}
		d.state("preparing")
		d.cancelled(31 + i)
		d.state("idle")
	}
	if r := d.ran("webgpu"); r.backend != "shadow" || len(r.codes) > 0 {
		t.Errorf("its last step is %s's, the problems are %v", r.backend, r.codes)
	}
}
