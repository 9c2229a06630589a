package ui

import (
	"strings"
	"testing"

	"hornbook/web/protocol"
)

// What is known of the graphics card stands at Speed, whatever it is.
func TestGPUSays(t *testing.T) {
	p, h := welcomed()
	has(t, drawAt(t, p, "speed"), english.Say("gpu_none"))
	p.Ready.GPU = true
	has(t, drawAt(t, p, "speed"), english.Say("gpu_unknown"))
	of[*Speed](p).CheckGPU()
	p.Apply(&protocol.Working{Reply: to(last[*protocol.CheckGPU](t, h).ID), Task: "gpu", Done: 40, Total: 80})
	has(t, drawAt(t, p, "speed"), "the results are compared: 50 %")
	c := last[*protocol.CheckGPU](t, h)
	for _, g := range []struct {
		told protocol.GPU
		want []string
	}{
		{protocol.GPU{State: protocol.GPURight, Name: "A card"}, []string{"A card: each operation gives"}},
		{protocol.GPU{State: protocol.GPURight, Name: "A card", Software: true, Size: 1024, GFLOPS: 321, Preset: "quick", Writing: 654, DeviceMs: 12, HostMs: 120}, []string{"no real graphics card", "1,024 × 1,024", "321", "preset quick", "654", "12 ms", "120 ms"}},
		{protocol.GPU{State: protocol.GPUWrong, Name: "A card", Detail: "RMSNorm gives 1"}, []string{"A card does not compute", "RMSNorm gives 1"}},
		{protocol.GPU{State: protocol.GPUFailed, Name: "A card", Detail: "lost"}, []string{"A card failed in a run", "lost"}},
		{protocol.GPU{State: protocol.GPUNone}, []string{english.Say("gpu_none")}},
	} {
		g.told.Reply = to(c.ID)
		p.Apply(&g.told)
		has(t, drawAt(t, p, "speed"), g.want...)
	}
}

// The choice goes with Train, is kept on this device, and is no part of a link; the run says
// what takes its steps.
func TestBackend(t *testing.T) {
	p, h := welcomed()
	p.Ready.GPU = true
	has(t, drawAt(t, p, "pretrain"), english.Say("backend_auto"), english.Say("backend_webgpu"), english.Say("backend_cpu"))
	p.ChooseBackend("webgpu")
	pre(p).Train()
	if c := last[*protocol.Train](t, h); c.Backend != "webgpu" {
		t.Errorf("it sends %+v", c)
	}
	if strings.Contains(p.Address(), "webgpu") || !strings.Contains(p.Memory(), "here.backend=webgpu") {
		t.Errorf("the link is %s, the memory %s", p.Address(), p.Memory())
	}
	_, x := ReadAddress(p.Memory())
	other, _ := welcomed()
	if other.restore(x); other.Backend != "webgpu" {
		t.Errorf("it is found again as %q", other.Backend)
	}
	other.WishBackend("cpu")
	other.WishBackend("abacus")
	if other.restore(x); other.Backend != "cpu" {
		t.Errorf("an address that wishes the processor gives %q", other.Backend)
	}
	p.Apply(&protocol.State{State: "training"})
	p.Apply(&protocol.Step{Step: 3, Steps: 9, Backend: "webgpu"})
	has(t, drawAt(t, p, "pretrain"), `data-backend="webgpu"`)
}
