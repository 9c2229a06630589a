package session

import (
	"testing"

	"hornbook/web/protocol"
)

func TestBench(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.Bench{Recipe: brief(), Steps: 4}
	b := next[*protocol.Benched](d)
	if b.MsPerStep.Median <= 0 || b.LossFirst == b.LossLast || b.MemoryBytes < 1<<20 {
		t.Errorf("measured %+v", b)
	}
	d.commands <- &protocol.Bench{Recipe: brief(), Steps: 0}
	d.problem(protocol.RecipeWrong)
}

func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("large products are not for -short")
	}
	d := sit(t)
	d.commands <- &protocol.Measure{}
	m := next[*protocol.Measured](d)
	if m.PeakGFLOPS <= 0 || m.WritingTokens <= 0 || m.WritingPreset != "quick" {
		t.Errorf("measured %+v", m)
	}
	forms := map[string]int{}
	for _, p := range m.Products {
		forms[p.Form]++
		if p.GFLOPS <= 0 || p.M < 768 || p.N < 128 || p.K < 512 {
			t.Errorf("a product is told as %+v", p)
		}
	}
	if forms["forward"] != 2 || forms["input"] != 1 || forms["weight"] != 1 {
		t.Errorf("the products are %+v", m.Products)
	}
}

// While a run is under way, paused or not, nothing is measured.
func TestMeasureWaitsForTheRun(t *testing.T) {
	d := sit(t)
	d.give(own)
	r := brief()
	r.Steps = 100000
	d.commands <- &protocol.Train{Recipe: r}
	d.state("training")
	d.commands <- &protocol.Measure{}
	d.problem(protocol.Busy)
	d.commands <- &protocol.Pause{}
	d.state("paused")
	d.commands <- &protocol.Measure{}
	d.problem(protocol.Busy)
	d.commands <- &protocol.Bench{Recipe: brief(), Steps: 1}
	d.problem(protocol.Busy)
	d.commands <- &protocol.Stop{}
	d.state("done")
}
