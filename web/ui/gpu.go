package ui

import (
	"slices"

	"hornbook/web/protocol"
)

// The graphics card: whether it is to take the steps, and what is known of it.

// backends are what a person can choose: what is faster, the card, the processor.
var backends = []string{"", "webgpu", "cpu"}

// ChooseBackend sets what is to take the steps.
func (p *Page) ChooseBackend(name string) { p.Backend = name }

// WishBackend is ChooseBackend by an address, which may say anything.
func (p *Page) WishBackend(name string) {
	if slices.Contains(backends, name) {
		p.Backend = name
	}
}

func (p *Page) backendName(name string) string {
	return p.W.Say(map[string]string{"": "backend_auto", "webgpu": "backend_webgpu", "cpu": "backend_cpu"}[name])
}

// backend names what takes the run's steps.
func (p *Page) backend() string {
	if p.begun() && p.Step.Backend != "" {
		return p.Step.Backend
	}
	return p.Ready.Backend
}

// gpuProgress says how far its check is.
func (p *Page) gpuProgress() string {
	done, says := 0.0, "gpu_checking"
	if p.loading("gpu_trial") {
		says = "gpu_trying"
	}
	if w := p.Working; w != nil && (w.Task == "gpu" || w.Task == "gpu_trial") {
		done = float64(w.Done) / float64(max(1, w.Total))
	}
	return p.W.Say(says, "done", p.W.PercentDone(done))
}

// CheckGPU asks for the card to be compared with the processor.
func (s *Speed) CheckGPU() {
	if s.canMeasure() {
		s.checking = s.ask(&protocol.CheckGPU{})
	}
}

// gpuSays is what is known of the card, a sentence each.
func (s *Speed) gpuSays() (says []string) {
	g, w := s.Page.GPU, s.Page.W
	switch {
	case s.checking != 0:
		return []string{s.Page.gpuProgress()}
	case !s.Page.Ready.GPU || g != nil && g.State == protocol.GPUNone:
		return []string{w.Say("gpu_none")}
	case g == nil:
		return []string{w.Say("gpu_unknown")}
	case g.State == protocol.GPUWrong:
		return []string{w.Say("gpu_wrong", "name", g.Name, "detail", g.Detail)}
	case g.State == protocol.GPUFailed:
		return []string{w.Say("gpu_failed", "name", g.Name, "detail", g.Detail)}
	}
	says = []string{w.Say("gpu_right", "name", g.Name)}
	if g.Software {
		says = append(says, w.Say("gpu_software"))
	}
	if g.Size > 0 {
		says = append(says, w.Say("gpu_product", "size", w.Count(g.Size), "speed", w.GFLOPS(g.GFLOPS)))
	}
	if g.Writing > 0 {
		says = append(says, w.Say("gpu_writing", "preset", g.Preset, "speed", w.PerSecond(g.Writing)))
	}
	if g.HostMs > 0 {
		says = append(says, w.Say("gpu_speed", "device", w.Milliseconds(g.DeviceMs), "host", w.Milliseconds(g.HostMs)))
	}
	return says
}
