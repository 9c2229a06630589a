package ui

import (
	"encoding/json"

	"hornbook/web/protocol"
)

// Speed is the station that measures this browser, beside what others have
// published.
type Speed struct {
	desk
	Measuring
}

func newSpeed(p *Page) *Speed { return &Speed{desk: desk{p, Place{"speed", "keep"}}} }

// Stand tells whether there is something measured.
func (s *Speed) Stand() Stand {
	switch w := s.Page.W; {
	case s.measuring():
		return Stand{Says: w.Say("measuring")}
	case s.Measured != nil:
		return Stand{w.Say("measured"), "done"}
	}
	return Stand{Says: s.Page.W.Say("can_try")}
}

// Keep writes nothing down.
func (s *Speed) Keep(Experiment) {}

// Restore takes nothing over.
func (s *Speed) Restore(Experiment) {}

// Measuring is what was measured of this browser, one trial after the other.
type Measuring struct {
	Large    bool               // the large work too
	Left     []trial            // to be measured, the first of them now
	Done     []trial            // with what came out
	Measured *protocol.Measured // nil before the end
	Copied   bool
	asked    int // id of the command that measures now
	checking int // id of the CheckGPU under way, 0 for none
}

// A trial is a work with a number of workers that share it or, without any,
// everything else that is measured.
type trial struct {
	work, ranks int
	result      *protocol.Benched
}

func (m *Measuring) measuring() bool { return len(m.Left) > 0 }

func (s *Speed) canMeasure() bool {
	return !s.measuring() && !s.Page.Active() && s.Page.Ready.Backend != ""
}

// MeasureBrowser begins to measure; the answers lead from trial to trial. The
// first work is shared by every number of workers, the others by one and all.
func (s *Speed) MeasureBrowser() {
	if !s.canMeasure() {
		return
	}
	m := Measuring{Large: s.Large}
	for w := range works {
		if w == large && !m.Large {
			continue
		}
		for ranks := 1; ranks <= s.Page.mostRanks(); ranks++ {
			if w == 0 || ranks == 1 || ranks == s.Page.mostRanks() {
				m.Left = append(m.Left, trial{work: w, ranks: ranks})
			}
		}
	}
	m.Left = append(m.Left, trial{})
	s.Measuring = m
	s.measureNext()
}

func (p *Page) mostRanks() int { return max(1, p.Ready.Ranks) }

// measureNext asks for the first trial that is left.
func (s *Speed) measureNext() {
	s.Page.Host.Say(s.says())
	switch t := s.Left[0]; t.ranks {
	case 0:
		s.asked = s.ask(&protocol.Measure{})
	default:
		w := works[t.work]
		s.asked = s.ask(&protocol.Bench{Recipe: w.recipe(s.Page.preset("nanogpt-cpu")), Steps: w.steps, Ranks: t.ranks})
	}
}

// Apply takes over what was measured and asks for the next trial.
func (s *Speed) Apply(e protocol.Event) {
	if s.checking != 0 && (e.Answers() == s.checking || gone(e)) {
		s.checking = 0
	}
	if !s.measuring() || e.Answers() != s.asked && !gone(e) {
		return
	}
	switch e := e.(type) {
	case *protocol.Benched:
		t := s.Left[0]
		t.result, t.ranks = e, e.Ranks // fewer, where workers could not be had
		s.Done, s.Left = append(s.Done, t), s.Left[1:]
		s.measureNext()
	case *protocol.Measured:
		s.Measured, s.Left = e, nil
		s.Page.Host.Say(s.says())
	case *protocol.Problem:
		s.Left = nil
	}
}

// says is where the measuring is, or what there is to know before it.
func (s *Speed) says() string {
	w := s.Page.W
	switch {
	case s.measuring() && s.Left[0].ranks == 0:
		return w.Say("measuring_core")
	case s.measuring():
		return w.MeasuringStep(works[s.Left[0].work].says(w), s.Left[0].ranks)
	case s.Page.Active():
		return w.Say("measure_later")
	case s.Measured != nil:
		return w.SpeedDone(s.Done[0].result.MsPerStep.Median, s.Measured.WritingTokens)
	}
	return w.Say("measure_now")
}

// A speedRow is a line of the table of steps: a program and its milliseconds
// for each work.
type speedRow struct {
	Name, Class string
	Cells       []string
}

// rows are this browser's lines, then the published ones.
func (s *Speed) rows() []speedRow {
	var rows []speedRow
	w := s.Page.W
	for ranks := 1; ranks <= s.Page.mostRanks(); ranks++ {
		row := speedRow{Name: w.ByWorkers(w.Say("this_browser"), ranks), Class: "own", Cells: make([]string, len(works))}
		for i := range row.Cells {
			row.Cells[i] = "–"
		}
		for _, t := range s.Done {
			if t.ranks == ranks {
				row.Cells[t.work] = w.Milliseconds(t.result.MsPerStep.Median)
			}
		}
		rows = append(rows, row)
	}
	for _, other := range published {
		rows = append(rows, other.row(w))
	}
	return rows
}

// facts are what one core does, once it is measured.
func (s *Speed) facts() []fact {
	m, w := s.Measured, s.Page.W
	if m == nil {
		return nil
	}
	facts := []fact{{Name: w.Say("peak_speed"), Value: w.GFLOPS(m.PeakGFLOPS)}}
	for _, product := range m.Products {
		facts = append(facts, fact{Name: w.ProductOf(product), Value: w.GFLOPS(product.GFLOPS)})
	}
	return append(facts, fact{Name: w.Say("writing_of", "preset", m.WritingPreset), Value: w.PerSecond(m.WritingTokens)},
		fact{Name: w.ByWorkers(w.Say("writing_many", "n", m.Sequences), m.SequencesRanks), Value: w.PerSecond(m.SequencesTokens)})
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

// Copy puts all that was measured on the clipboard.
func (s *Speed) Copy() {
	if s.Measured == nil {
		return
	}
	p := s.Page
	r := speedReport{Backend: p.Ready.Backend, Cores: p.Ready.Cores, SIMD: p.Ready.SIMD, Fused: p.Ready.Fused, Ranks: p.mostRanks(), Core: s.Measured.Core}
	for _, t := range s.Done {
		w := works[t.work]
		r.Steps = append(r.Steps, stepReport{w.layers, w.heads, w.channels, w.context, w.batch, t.result.Timing})
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // all are plain numbers
	}
	p.Host.Copy(string(text))
	s.Copied = true
	p.Host.Say(p.W.Say("copied"))
}

func (s *Speed) copyLabel() string {
	if s.Copied {
		return s.Page.W.Say("copied")
	}
	return s.Page.W.Say("copy_json")
}
