package ui

import (
	"encoding/json"

	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// SpeedPanel is the part of the page that measures the browser; it has
// problems of its own, as the stations have.
const SpeedPanel = "speed"

// Measuring is what was measured of this browser, one trial after the other.
type Measuring struct {
	Large    bool               // the large work too
	Left     []trial            // to be measured, the first of them now
	Done     []trial            // with what came out
	Measured *protocol.Measured // nil before the end
	Copied   bool
	asked    int // id of the command that measures now
}

// A trial is a work with a number of workers that share it or, without any,
// everything else that is measured.
type trial struct {
	work, ranks int
	result      *protocol.Benched
}

func (s *State) measuring() bool { return len(s.Speed.Left) > 0 }

func (p *Page) canMeasure() bool { return !p.measuring() && !p.Active() && p.Ready.Backend != "" }

// MeasureBrowser begins to measure; the answers lead from trial to trial. The
// first work is shared by every number of workers, the others by one and all.
func (p *Page) MeasureBrowser() {
	if !p.canMeasure() {
		return
	}
	p.solve(SpeedPanel)
	s := Measuring{Large: p.Speed.Large}
	for w := range works {
		if w == large && !s.Large {
			continue
		}
		for ranks := 1; ranks <= p.mostRanks(); ranks++ {
			if w == 0 || ranks == 1 || ranks == p.mostRanks() {
				s.Left = append(s.Left, trial{work: w, ranks: ranks})
			}
		}
	}
	s.Left = append(s.Left, trial{})
	p.Speed = s
	p.measureNext()
}

func (p *Page) mostRanks() int { return max(1, p.Ready.Ranks) }

// measureNext asks for the first trial that is left.
func (p *Page) measureNext() {
	p.Host.Say(p.speedSays())
	switch t := p.Speed.Left[0]; t.ranks {
	case 0:
		p.Speed.asked = p.ask(&protocol.Measure{})
	default:
		w := works[t.work]
		p.Speed.asked = p.ask(&protocol.Bench{Recipe: w.recipe(p.preset("nanogpt-cpu")), Steps: w.steps, Ranks: t.ranks})
	}
}

// applySpeed takes over what was measured and asks for the next trial.
func (p *Page) applySpeed(e protocol.Event) {
	s := &p.Speed
	if !p.measuring() || e.Answers() != s.asked && !gone(e) {
		return
	}
	switch e := e.(type) {
	case *protocol.Benched:
		t := s.Left[0]
		t.result, t.ranks = e, e.Ranks // fewer, where workers could not be had
		s.Done, s.Left = append(s.Done, t), s.Left[1:]
		p.measureNext()
	case *protocol.Measured:
		s.Measured, s.Left = e, nil
		p.Host.Say(p.speedSays())
	case *protocol.Problem:
		s.Left = nil
	}
}

// gone tells whether e says that no answer will come any more.
func gone(e protocol.Event) bool {
	p, is := e.(*protocol.Problem)
	return is && p.Code == protocol.TrainerGone
}

// speedSays is where the measuring is, or what there is to know before it.
func (p *Page) speedSays() string {
	s := &p.Speed
	switch {
	case p.measuring() && s.Left[0].ranks == 0:
		return wording.MeasuringCore
	case p.measuring():
		return wording.MeasuringStep(works[s.Left[0].work].String(), s.Left[0].ranks)
	case p.Active():
		return wording.MeasureLater
	case s.Measured != nil:
		return wording.SpeedDone(s.Done[0].result.MsPerStep.Median, s.Measured.WritingTokens)
	}
	return wording.MeasureNow
}

// A speedRow is a line of the table of steps: a program and its milliseconds
// for each work.
type speedRow struct {
	Name, Class string
	Cells       []string
}

// speedRows are this browser's lines, then the published ones.
func (p *Page) speedRows() []speedRow {
	var rows []speedRow
	for ranks := 1; ranks <= p.mostRanks(); ranks++ {
		row := speedRow{Name: wording.ByWorkers(wording.ThisBrowser, ranks), Class: "own", Cells: make([]string, len(works))}
		for i := range row.Cells {
			row.Cells[i] = wording.NotMeasured
		}
		for _, t := range p.Speed.Done {
			if t.ranks == ranks {
				row.Cells[t.work] = wording.Milliseconds(t.result.MsPerStep.Median)
			}
		}
		rows = append(rows, row)
	}
	for _, other := range published {
		rows = append(rows, speedRow{Name: other.name, Cells: other.ms[:]})
	}
	return rows
}

// coreFacts are what one core does, once it is measured.
func (p *Page) coreFacts() []fact {
	m := p.Speed.Measured
	if m == nil {
		return nil
	}
	facts := []fact{{Name: wording.PeakSpeed, Value: wording.GFLOPS(m.PeakGFLOPS)}}
	for _, product := range m.Products {
		facts = append(facts, fact{Name: wording.ProductOf(product), Value: wording.GFLOPS(product.GFLOPS)})
	}
	return append(facts, fact{Name: wording.WritingOf(m.WritingPreset), Value: wording.PerSecond(m.WritingTokens)},
		fact{Name: wording.ByWorkers(wording.WritingMany(m.Sequences), m.SequencesRanks), Value: wording.PerSecond(m.SequencesTokens)})
}

// speedReport is what is copied as JSON.
type speedReport struct {
	Backend string `json:"backend"`
	Cores   int    `json:"cores"`
	SIMD    bool   `json:"simd"`
	Fused   bool   `json:"fused"`
	Ranks   int    `json:"ranks"` // the most that can train together
	protocol.Core
	Steps []stepReport `json:"steps"`
}

type stepReport struct {
	Layers   int `json:"layers"`
	Heads    int `json:"heads"`
	Channels int `json:"channels"`
	Context  int `json:"context"`
	Batch    int `json:"batch"`
	protocol.Timing
}

// CopySpeed puts all that was measured on the clipboard.
func (p *Page) CopySpeed() {
	if p.Speed.Measured == nil {
		return
	}
	r := speedReport{Backend: p.Ready.Backend, Cores: p.Ready.Cores, SIMD: p.Ready.SIMD, Fused: p.Ready.Fused,
		Ranks: p.mostRanks(), Core: p.Speed.Measured.Core}
	for _, t := range p.Speed.Done {
		w := works[t.work]
		r.Steps = append(r.Steps, stepReport{w.layers, w.heads, w.channels, w.context, w.batch, t.result.Timing})
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // all are plain numbers
	}
	p.Host.Copy(string(text))
	p.Speed.Copied = true
	p.Host.Say(wording.Copied)
}

func (p *Page) copySpeedLabel() string {
	if p.Speed.Copied {
		return wording.Copied
	}
	return wording.CopyJSON
}
