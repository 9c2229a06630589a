package ui

import (
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
	"hornbook/model/scale"
	"hornbook/web/protocol"
)

// Ladder is the scaling lab: three sizes that are trained one after another, a line
// through their losses, a forecast for the next size, and the run that tests it. Its runs
// are runs as any other, and what it knows of them it reads from the shelf, so that it
// goes on at the next visit too.
type Ladder struct {
	Page  *Page
	Pace  string
	Open  bool // it is shown
	on    bool // sizes are trained one after another
	tests bool // and the next size after them
	id    int  // of the Train that was sent last
	ended []protocol.Card

	planned plannedLadder
	fitted  fittedLadder
}

// paces are how long a ladder may take, as the catalogue names them. Their operations are
// about what two cores do in 5 minutes, an hour and a night.
var paces = []string{"ladder_minutes", "ladder_hour", "ladder_night"}

var paceOps = map[string]float64{"ladder_minutes": 3e12, "ladder_hour": 4e13, "ladder_night": 3e14}

const ladderSeeds = 2

// plannedLadder is a plan, and what it is for.
type plannedLadder struct {
	of   scale.Text
	pace string
	plan scale.Plan
	err  error
}

// plan is the ladder for the text and the pace; false without a text, or for one that is
// too short.
func (l *Ladder) plan() (scale.Plan, bool) {
	t := l.Page.Text
	if t == nil {
		return scale.Plan{}, false
	}
	if of := scale.TextOf(t.Characters, t.Distinct, t.Bytes); l.planned.of != of || l.planned.pace != l.Pace {
		l.planned = plannedLadder{of: of, pace: l.Pace}
		l.planned.plan, l.planned.err = scale.New(of, scale.LeastSizes, ladderSeeds, scale.Ratio, paceOps[l.Pace])
	}
	return l.planned.plan, l.planned.err == nil
}

// ChoosePace chooses how long the ladder may take.
func (l *Ladder) ChoosePace(pace string) {
	if !l.on {
		l.Pace = pace
	}
}

// keep and restore are the pace in an experiment.
func (l *Ladder) keep(x Experiment) {
	if l.Pace != paces[0] {
		x.put("ladder", l.Pace)
	}
}

func (l *Ladder) restore(x Experiment) {
	if pace, is := x.take("ladder", paces...); is {
		l.ChoosePace(pace)
	}
}

// isOf tells whether a card is of a run of a size, by a seed, on the text.
func (l *Ladder) isOf(c protocol.Card, size scale.Size, seed int) bool {
	r := c.Recipe
	return r.Preset == scale.Preset && r.Seed == uint64(seed) && r.Model.Channels == size.Width && r.Model.Layers == size.Layers &&
		r.Steps == size.Steps && c.Text == l.Page.Text.Name
}

// find is the first card of such a run that is as wanted, nil for none: of the shelf, or of
// what ended at this visit, which the shelf may not have told yet.
func (l *Ladder) find(size scale.Size, seed int, wanted func(*protocol.Card) bool) *protocol.Card {
	for _, cards := range [][]protocol.Card{l.Page.Shelf.Cards, l.ended} {
		for i := range cards {
			if c := &cards[i]; readable(*c) && l.isOf(*c, size, seed) && wanted(c) {
				return c
			}
		}
	}
	return nil
}

// over is the card of such a run that is over, nil for none.
func (l *Ladder) over(size scale.Size, seed int) *protocol.Card {
	return l.find(size, seed, func(c *protocol.Card) bool { return c.State == "done" && c.Step == c.Steps && c.ValLoss > 0 })
}

// A ladderStep is a run of the ladder.
type ladderStep struct {
	size scale.Size
	seed int
}

// steps are all runs, in order, without the test.
func (l *Ladder) steps() (steps []ladderStep) {
	p, _ := l.plan()
	for _, size := range p.Sizes {
		for seed := range p.Seeds {
			steps = append(steps, ladderStep{size, seed + 1})
		}
	}
	return steps
}

// next is the first run that is missing, and its place; false if none is.
func (l *Ladder) next() (step ladderStep, place int, missing bool) {
	for i, s := range l.steps() {
		if l.over(s.size, s.seed) == nil {
			return s, i, true
		}
	}
	p, planned := l.plan()
	if planned && l.tests && l.tested() == nil {
		return ladderStep{p.Next, 1}, len(p.Sizes) * p.Seeds, true
	}
	return ladderStep{}, 0, false
}

// tested is the card of the next size, nil before it is trained.
func (l *Ladder) tested() *protocol.Card {
	p, planned := l.plan()
	if !planned {
		return nil
	}
	return l.over(p.Next, 1)
}

// canStart tells whether the sizes can be trained, or the test.
func (l *Ladder) canStart() bool {
	_, planned := l.plan()
	return planned && !l.Page.Active() && !l.on
}

// Start trains the sizes that are missing or, where none is, the one that is forecast.
func (l *Ladder) Start() {
	if !l.canStart() {
		return
	}
	_, _, missing := l.next()
	l.tests = !missing
	l.on = true
	l.climb()
}

// climb begins the next run, or goes on with it.
func (l *Ladder) climb() {
	step, _, missing := l.next()
	if !missing {
		l.on, l.tests = false, false
		l.Page.Host.Say(l.says())
		return
	}
	p := l.Page
	if c := l.find(step.size, step.seed, canGoOn); c != nil {
		p.GoOnWith(c.ID)
		l.id = p.resuming
		return
	}
	p.solve(RunStrip)
	r := step.size.Recipe(l.planned.of, step.seed)
	name := p.fresh(p.W.Say("ladder_name", "text", p.textName(p.Text.Name), "weights", p.W.Count(step.size.Weights)))
	l.id = of[*Pretrain](p).ask(&protocol.Train{Recipe: r, Ranks: p.Workers, Backend: p.Backend, Name: name})
}

// Apply goes on when a run is over, and leaves off when one was stopped or failed, or
// another text was taken.
func (l *Ladder) Apply(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.Text:
		l.on, l.tests = false, false
	case *protocol.State:
		if e.State == "done" {
			l.note()
		}
		switch {
		case !l.on:
		case e.State == "done" && e.Reason != protocol.Stopped:
			l.climb()
		case e.State == "done" || e.State == "failed":
			l.on, l.tests = false, false
		}
	case *protocol.Problem:
		if l.on && !e.Code.Notice() && (e.ID == l.id && l.id > 0 || gone(e)) {
			l.on, l.tests = false, false
		}
	}
}

// note keeps what a run came to for this visit, where the shelf keeps nothing or has not
// told yet.
func (l *Ladder) note() {
	m, last := l.Page.Model, l.Page.LastEval()
	if m == nil || last == nil || m.Recipe.Preset != scale.Preset {
		return
	}
	l.ended = append(l.ended, protocol.Card{ID: m.ModelID, Text: m.Text, Recipe: m.Recipe, State: "done", Step: last.Step, Steps: m.Recipe.Steps,
		Seconds: last.Seconds, ValLoss: last.Measures.Value(recipe.ValLoss)})
}

// fittedLadder is the law for some runs, and the band that is drawn of it.
type fittedLadder struct {
	runs []scale.Point
	law  scale.Law
	err  error
	line []scale.Forecast // from the smallest size to the next
}

// law is the line through the runs, once all are over; false before, or if there is none.
func (l *Ladder) law() (*fittedLadder, bool) {
	p, planned := l.plan()
	runs := l.runs()
	if !planned || len(runs) < len(p.Sizes)*p.Seeds {
		return nil, false
	}
	f := &l.fitted
	if !slices.Equal(f.runs, runs) {
		*f = fittedLadder{runs: runs}
		if f.law, f.err = scale.Fit(runs); f.err == nil {
			for _, ops := range scale.Between(p.Sizes, p.Next, 12) {
				f.line = append(f.line, f.law.At(ops))
			}
		}
	}
	return f, f.err == nil
}

// runs are those that are over.
func (l *Ladder) runs() (runs []scale.Point) {
	for _, s := range l.steps() {
		if c := l.over(s.size, s.seed); c != nil {
			runs = append(runs, scale.Point{Ops: s.size.Ops, Loss: c.ValLoss})
		}
	}
	return runs
}

// forecast is what the law says of the next size.
func (f *fittedLadder) forecast() scale.Forecast { return f.line[len(f.line)-1] }

// says is what there is to say of the ladder, in a sentence or two.
func (l *Ladder) says() string {
	w := l.Page.W
	p, planned := l.plan()
	short, tooShort := l.planned.err.(*scale.TooShort) // not wrapped, and errors.As is dear here
	switch {
	case l.Page.Text == nil:
		return w.Say("ladder_no_text")
	case tooShort:
		return w.Say("ladder_too_short", "has", w.Count(short.Has), "needs", w.Count(short.Needs))
	case !planned:
		return w.Problem(&protocol.Problem{Code: protocol.Internal})
	}
	f, fits := l.law()
	switch {
	case f != nil && !fits:
		return w.Say("ladder_no_line")
	case fits:
		return l.verdict(f.forecast())
	}
	var sizes []string
	for _, s := range p.Sizes {
		sizes = append(sizes, w.Count(s.Weights))
	}
	says := w.Say("ladder_plan", "sizes", w.List(sizes...), "next", w.Count(p.Next.Weights))
	if p.Short {
		says += " " + w.Say("ladder_short")
	}
	return says
}

// verdict is the forecast in words and, once it is tested, whether it held.
func (l *Ladder) verdict(f scale.Forecast) string {
	w := l.Page.W
	key, came := "ladder_forecast", ""
	if c := l.tested(); c != nil {
		if came, key = ladderLoss(l.Page, c.ValLoss), "ladder_missed"; f.Holds(c.ValLoss) {
			key = "ladder_held"
		}
	}
	return w.Say(key, "loss", ladderLoss(l.Page, f.Loss), "low", ladderLoss(l.Page, f.Low), "high", ladderLoss(l.Page, f.High), "came", came)
}

func ladderLoss(p *Page, loss float64) string { return p.W.Number(loss, 3) }

// button is what Start would do.
func (l *Ladder) button() string {
	_, planned := l.plan()
	_, place, missing := l.next()
	switch {
	case planned && !missing:
		return l.Page.W.Say("ladder_test")
	case place > 0:
		return l.Page.W.Say("ladder_go_on")
	}
	return l.Page.W.Say("ladder_start")
}

// idle tells whether there is something that the button may begin.
func (l *Ladder) idle() bool {
	f, fits := l.law()
	return !l.on && l.tested() == nil && (f == nil || fits)
}

// progress says which run is under way, and how long all take from here.
func (l *Ladder) progress() string {
	w := l.Page.W
	step, place, _ := l.next()
	says := w.Say("ladder_run", "n", w.Count(place+1), "all", w.Count(l.count()), "weights", w.Count(step.size.Weights))
	if left, known := l.left(); known {
		says += " " + w.Say("ladder_left", "time", w.Duration(left))
	}
	return says
}

// count is how many runs there are, that of the test included where it is asked for.
func (l *Ladder) count() int {
	n := len(l.steps())
	if l.tests {
		n++
	}
	return n
}

// part is how much of the operations is done, in thousandths.
func (l *Ladder) part() int {
	done, all, _ := l.work()
	return int(1000 * done / max(1, all))
}

// work is the operations that are done, those of all runs, and the seconds they took.
func (l *Ladder) work() (done, all, seconds float64) {
	p, _ := l.plan()
	steps := l.steps()
	if l.tests {
		steps = append(steps, ladderStep{p.Next, 1})
	}
	now, _, missing := l.next()
	for _, s := range steps {
		all += s.size.Ops
		if c := l.over(s.size, s.seed); c != nil {
			done, seconds = done+s.size.Ops, seconds+c.Seconds
		}
	}
	if at := l.Page.Step; missing && l.Page.running() && at.Steps == now.size.Steps {
		done, seconds = done+now.size.Ops*float64(at.Step)/float64(at.Steps), seconds+at.Seconds
	}
	return done, all, seconds
}

// left is how many seconds of training there are still, at the rate so far.
func (l *Ladder) left() (float64, bool) {
	done, all, seconds := l.work()
	if done <= 0 || seconds < 5 {
		return 0, false
	}
	return math.Ceil((all-done)*seconds/done/10) * 10, true
}

// A ladderRow is a size in the table.
type ladderRow struct{ Weights, Ops, Losses, Line string }

// rows are the sizes, and the next with what is forecast of it.
func (l *Ladder) rows() (rows []ladderRow) {
	w := l.Page.W
	p, _ := l.plan()
	f, fits := l.law()
	for _, size := range p.Sizes {
		row := ladderRow{Weights: w.Count(size.Weights), Ops: w.Operations(size.Ops)}
		var losses []string
		for seed := range p.Seeds {
			if c := l.over(size, seed+1); c != nil {
				losses = append(losses, ladderLoss(l.Page, c.ValLoss))
			}
		}
		if row.Losses = w.List(losses...); fits {
			row.Line = ladderLoss(l.Page, f.law.At(size.Ops).Loss)
		}
		rows = append(rows, row)
	}
	next := ladderRow{Weights: w.Count(p.Next.Weights), Ops: w.Operations(p.Next.Ops)}
	if fits {
		at := f.forecast()
		next.Line = w.Say("ladder_between", "loss", ladderLoss(l.Page, at.Loss), "low", ladderLoss(l.Page, at.Low), "high", ladderLoss(l.Page, at.High))
	}
	if c := l.tested(); c != nil {
		next.Losses = ladderLoss(l.Page, c.ValLoss)
	}
	return append(rows, next)
}

// SaveNumbers hands the ladder to the browser as a table (CSV, RFC 4180), as hornbook
// scale writes it.
func (l *Ladder) SaveNumbers() {
	var out strings.Builder
	w := csv.NewWriter(&out)
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	w.Write([]string{"kind", "width", "weights", "tokens", "seed", "operations", "loss", "low", "high"})
	row := func(kind string, s scale.Size, seed int, loss float64, low, high string) {
		w.Write([]string{kind, strconv.Itoa(s.Width), strconv.Itoa(s.Weights), strconv.Itoa(s.Tokens), strconv.Itoa(seed), number(s.Ops), number(loss), low, high})
	}
	for _, s := range l.steps() {
		if c := l.over(s.size, s.seed); c != nil {
			row("run", s.size, s.seed, c.ValLoss, "", "")
		}
	}
	p, _ := l.plan()
	if f, fits := l.law(); fits {
		at := f.forecast()
		row("forecast", p.Next, 0, at.Loss, number(at.Low), number(at.High))
	}
	if c := l.tested(); c != nil {
		row("test", p.Next, 1, c.ValLoss, "", "")
	}
	w.Flush() // a strings.Builder takes all
	l.Page.Host.Save("hornbook-scale.csv", "text/csv", out.String())
}
