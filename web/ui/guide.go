package ui

import (
	"maps"
	"strconv"
	"strings"

	"hornbook/web/lesson"
	"hornbook/web/protocol"
)

// guide is the lesson that is taken, step by step. Its card stays in sight beside
// whatever station is open, and its controls are the only ones that are there.
type guide struct {
	number int  // of the lesson, or none
	at     int  // the step, from 0
	asked  bool // an address began the lesson: its first step is to be entered
	Locked bool // a class's link: there is nothing but lessons
	Stuck  bool // the way out of a step is shown
	Folded bool // on a small screen

	said   map[string]string // what was answered and done, by saidAt and names
	counts map[string]int    // deeds of this step
	met    bool              // the trainer is there
	waits  bool              // what the step sets waits for its model
	opens  int               // id of the Open of that, 0 while it is not asked for
	lacks  bool              // which did not come
	begins bool              // a run was begun in this step
	taking int               // id of the Open of its saved model, 0 for none
	before Experiment        // what was set when the lesson began; nil for none
}

// none is the number of no lesson.
const none = -1

// lesson is the one that is taken, step its card; nil for none, or before it was
// fetched.
func (t *Learn) lesson() *lesson.Lesson {
	if t.number == none {
		return nil
	}
	return t.numbered(t.number)
}

func (t *Learn) step() *lesson.Step {
	if l := t.lesson(); l != nil && t.at < len(l.Steps) {
		return &l.Steps[t.at]
	}
	return nil
}

// WishLesson begins the lesson that the page's address asks for, unless it is the
// one of the last visit, which goes on. locked keeps the page to lessons.
func (p *Page) WishLesson(number string, locked bool) {
	t := of[*Learn](p)
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return
	}
	t.number, t.at, t.asked, t.Locked = n, 0, true, locked
}

// Begin begins a lesson, or takes it once more.
func (t *Learn) Begin(n int) {
	t.remember()
	t.number, t.Paper = n, ""
	prefix := strconv.Itoa(n) + "."
	maps.DeleteFunc(t.said, func(key, _ string) bool { return strings.HasPrefix(key, prefix) })
	t.enter(0)
	t.Page.Host.Focus("guide-title")
}

// meet begins once the trainer is there, if there is something to begin.
func (t *Learn) meet() {
	t.met = true
	if t.number != none || t.Page.Open == t.place.ID {
		t.fetch()
	}
	t.arrive()
}

// arrive takes the lessons up that have come.
func (t *Learn) arrive() {
	switch l := t.lesson(); {
	case t.number == none || t.Lessons == nil || !t.met:
	case l == nil: // there is none of this number
		t.number = none
		t.Page.visit("learn")
	case t.asked:
		t.asked = false
		t.remember()
		t.enter(0)
	default:
		t.at = min(t.at, len(l.Steps)-1)
		t.fresh()
	}
}

// Leave ends the lesson where it is; what was answered is kept, and what was set before
// is set again.
func (t *Learn) Leave() {
	t.number, t.taking = none, 0
	t.giveBack()
	t.fetch()
	t.Page.visit("learn")
}

// enter goes to a step: it opens its station and sets what it sets.
func (t *Learn) enter(at int) {
	t.at = at
	t.fresh()
	s, p := t.step(), t.Page
	if s == nil {
		return
	}
	t.waits = s.Model != "" || len(s.Set) > 0
	if s.Station != "" {
		p.visit(s.Station)
	}
	p.Host.Say(s.Title)
	t.settle()
}

func (t *Learn) fresh() {
	t.counts, t.waits, t.opens, t.lacks, t.Stuck, t.taking = map[string]int{}, false, 0, false, false, 0
	t.begins = t.Page.Active()
}

// settle sets what a step sets, once the model is open that it needs.
func (t *Learn) settle() {
	s, p := t.step(), t.Page
	if !t.waits || s == nil {
		return
	}
	if id := needs(s); id != "" && !t.lacks && (p.Model == nil || p.Model.ModelID != id || p.Active()) {
		if t.opens == 0 && !p.Active() {
			t.opens = p.ask(&protocol.Open{ModelID: id})
			p.asker[t.opens] = s.Station // where it is told if it does not come
		}
		return
	}
	t.waits = false
	p.restore(Experiment(maps.Clone(s.Set)))
}

// needs is the id of the model that a step opens, "" for none.
func needs(s *lesson.Step) string {
	if s.Model == "" || s.Model == lesson.Base {
		return s.Model
	}
	return protocol.OfLesson + s.Model
}

// What is done.

// count counts the deeds that events tell of.
func (t *Learn) count(e protocol.Event) {
	if t.counts == nil {
		return
	}
	switch e := e.(type) {
	case *protocol.State:
		t.begins = t.begins || e.State == "training"
		if t.begins && e.State == "done" {
			t.counts["trained"]++
		}
	case *protocol.Step:
		t.counts["stepped"] = max(t.counts["stepped"], e.Step)
	case *protocol.Generated:
		t.counts["generated"]++
	case *protocol.Prediction:
		t.counts["predicted"]++
	case *protocol.Tokens:
		t.counts["cut"]++
	case *protocol.Text:
		t.counts["text"]++
	case *protocol.Drawn:
		if e.Chosen >= 0 {
			t.counts["drawn"]++
		}
	case *protocol.Problem:
		if e.ID == t.taking && !e.Code.Notice() || gone(e) {
			t.taking = 0
		}
		t.lacks = t.lacks || t.opens != 0 && e.ID == t.opens && !e.Code.Notice()
	}
}

// did is how often something of lesson.Deeds was done in this step.
func (t *Learn) did(deed string) int {
	p := t.Page
	switch deed {
	case "added":
		return len(of[*Try](p).added)
	case "predicted":
		if try := of[*Try](p); !try.own || t.step() != nil && try.Prompt == t.step().Set["prompt"] {
			return 0
		}
	case "cut":
		if !of[*Tokens](p).own {
			return 0
		}
	case "drawn":
		return max(t.counts[deed], of[*Preferences](p).count())
	case "mended":
		if r := of[*Rewards](p); strings.HasPrefix(r.paidBy(), rulePrefix) && !r.cheatable() {
			return t.counts["trained"]
		}
		return 0
	}
	return t.counts[deed]
}

// follow goes on once a step is done that has nothing to reveal; the others say so.
func (t *Learn) follow() {
	if t.took() {
		return
	}
	t.settle()
	s := t.step()
	if s == nil || t.waits || s.Done.Deed == "" || t.isDone() || t.did(s.Done.Deed) < s.Done.N || s.Predict != nil && t.answer("predict") < 0 {
		return
	}
	t.said[t.saidAt("done")] = "1"
	if s.Predict == nil && s.Check == nil && len(s.Extension) == 0 && t.at+1 < len(t.lesson().Steps) {
		t.enter(t.at + 1)
		return
	}
	if s.Predict != nil {
		t.Page.Host.Say(t.verdict("predict", s.Predict, t.answer("predict")))
	}
}

// isDone tells whether what the step waits for has been done.
func (t *Learn) isDone() bool {
	s := t.step()
	return s == nil || s.Done.Deed == "" && (s.Predict == nil || t.answer("predict") >= 0) || t.said[t.saidAt("done")] != ""
}

// ready tells whether the next step can be gone to.
func (t *Learn) ready() bool {
	s := t.step()
	return s != nil && !t.waits && t.isDone() && (s.Check == nil || t.answer("check") >= 0)
}

// Next goes to the next step, and after the last one to the end.
func (t *Learn) Next() {
	if !t.ready() {
		return
	}
	t.goOn()
}

func (t *Learn) goOn() {
	if l := t.lesson(); t.at+1 < len(l.Steps) {
		t.enter(t.at + 1)
		t.Page.Host.Focus("guide-title")
		return
	}
	t.said[doneKey(t.number)] = "1"
	t.Leave()
}

// Back goes to the step before, as it was left: nothing is set.
func (t *Learn) Back() {
	if t.at > 0 {
		t.at--
		t.fresh()
		if s := t.step(); s.Station != "" {
			t.Page.visit(s.Station)
		}
		t.Page.Host.Focus("guide-title")
	}
}

// Without goes on without what a step waits for. What should have been answered is
// shown with it.
func (t *Learn) Without() {
	s := t.step()
	t.said[t.saidAt("done")] = "1"
	t.Stuck, t.waits = false, false
	if s.Predict == nil && s.Check == nil {
		t.goOn()
	}
}

// reveals tells whether the card shows what came of a prediction, for which its text
// makes room.
func (t *Learn) reveals() bool {
	s := t.step()
	return s.Predict != nil && s.Done.Deed != "" && t.isDone()
}
