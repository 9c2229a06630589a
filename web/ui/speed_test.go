package ui

import (
	"encoding/json"
	"strings"
	"testing"

	"hornbook/web/protocol"
)

// measured answers what the page asks for until it asks no more.
func measured(t *testing.T, p *Page, h *paper) {
	t.Helper()
	for n := len(h.sent) - 1; n < len(h.sent); n++ {
		switch c := h.sent[n].(type) {
		case *protocol.Bench:
			p.Apply(&protocol.Benched{Reply: to(c.ID), Timing: protocol.Timing{Ranks: c.Ranks, MsPerStep: protocol.Spread{Median: 100 / float64(c.Ranks)}, MemoryBytes: 5}})
		case *protocol.Measure:
			p.Apply(&protocol.Measured{Reply: to(c.ID), Core: protocol.Core{PeakGFLOPS: 44.5, Products: []protocol.Product{{Form: "forward", M: 768, N: 128, K: 512, GFLOPS: 40}},
				WritingPreset: "quick", WritingTokens: 3210}})
		default:
			t.Fatalf("the panel sends %T", c)
		}
	}
}

func TestMeasuresTheBrowser(t *testing.T) {
	p, h := opened()
	p.Ready.Ranks, p.Ready.Cores = 2, 4
	if html := draw(t, p); !strings.Contains(html, "jax-js, 2 workers") || !strings.Contains(html, `aria-describedby="speed-says" aria-disabled="false"`) {
		t.Error("before measuring the published numbers are not there, or the button is off")
	}
	of[*Speed](p).MeasureBrowser()
	first := last[*protocol.Bench](t, h)
	if m := first.Recipe.Model; first.Recipe.Preset != "nanogpt-cpu" || m.Layers != 4 || m.Hidden != 512 || first.Ranks != 1 {
		t.Errorf("the first trial is %+v", first)
	}
	if says := of[*Speed](p).says(); says != "Measuring a training step of 4 layers, 128 channels with 1 worker…" || h.spoken[len(h.spoken)-1] != says {
		t.Errorf("it says %q, aloud %q", says, h.spoken)
	}
	sent := len(h.sent)
	of[*Speed](p).MeasureBrowser()
	if len(h.sent) != sent {
		t.Error("a second press measures twice")
	}
	measured(t, p, h)
	html := draw(t, p)
	for _, part := range []string{"This browser, 2 workers", ">100<", ">50<", ">703<", "44.5 GFLOP/s", "3,210 tokens a second", ">Copy as JSON<"} {
		if !strings.Contains(html, part) {
			t.Errorf("the panel lacks %s", part)
		}
	}
	of[*Speed](p).Copy()
	var r map[string]any
	if err := json.Unmarshal([]byte(h.copied), &r); err != nil {
		t.Fatal(err)
	}
	steps, _ := r["steps"].([]any)
	if r["backend"] != "cpu" || r["cores"] != 4.0 || r["ranks"] != 2.0 || r["peak_gflops"] != 44.5 || len(steps) != 4 {
		t.Errorf("it copies %s", h.copied)
	}
	if step := steps[1].(map[string]any); step["ranks"] != 2.0 || step["channels"] != 128.0 || step["ms_per_step"] == nil {
		t.Errorf("a step is copied as %v", step)
	}
}

func TestMeasuresTheLargeModelToo(t *testing.T) {
	p, h := opened()
	of[*Speed](p).Large, p.Ready.Ranks = true, 1
	of[*Speed](p).MeasureBrowser()
	measured(t, p, h)
	if n := len(of[*Speed](p).Done); n != len(works) || of[*Speed](p).rows()[0].Cells[large] != "100" || !of[*Speed](p).Large {
		t.Errorf("%d trials were done: %+v", n, of[*Speed](p).rows()[0])
	}
}

func TestMeasuresNothingWhileTraining(t *testing.T) {
	p, h := trained()
	sent := len(h.sent)
	of[*Speed](p).MeasureBrowser()
	if len(h.sent) != sent || of[*Speed](p).says() != english.Say("measure_later") {
		t.Errorf("it sends %v and says %q", h.sent[sent:], of[*Speed](p).says())
	}
	p.Apply(&protocol.State{State: "done"})
	of[*Speed](p).MeasureBrowser()
	p.Apply(&protocol.Problem{Code: protocol.NoModel, Reply: to(3)}) // of something else
	if !of[*Speed](p).measuring() {
		t.Error("a problem of another request ends the measuring")
	}
	p.Apply(&protocol.Problem{Code: protocol.Busy, Reply: to(h.asked())})
	if of[*Speed](p).measuring() || p.Problems["speed"] == nil || p.Problems["pretrain"] != nil {
		t.Errorf("busy: measuring %v, problems %v", of[*Speed](p).measuring(), p.Problems)
	}
	of[*Speed](p).MeasureBrowser()
	if p.Problems["speed"] != nil || !of[*Speed](p).measuring() {
		t.Error("it does not begin anew")
	}
}
