package ui

import (
	"slices"

	"hornbook/web/lesson"
)

// How the page looks in a lesson.

// looks are the classes of the page: in a lesson which controls are there, and
// what is pointed at.
func (p *Page) looks() string {
	t := of[*Learn](p)
	classes := "page"
	if t.Locked {
		classes += " locked"
	}
	if t.number == none {
		return classes
	}
	classes += " guided"
	if t.Folded {
		classes += " folded"
	}
	s := t.step()
	if s == nil {
		return classes
	}
	unasked := s.Predict != nil && t.answer("predict") < 0 && !t.isDone()
	if unasked {
		classes += " unasked"
	}
	for _, c := range lesson.Controls {
		if t.closes(c) {
			classes += " no-" + c
		}
	}
	if s.Point != "" && !unasked && !t.ready() && !p.Active() {
		classes += " point-" + s.Point
	}
	return classes
}

// closes tells whether a control is not there in the step that is taken.
func (t *Learn) closes(control string) bool {
	s := t.step()
	return s != nil && !slices.Contains(s.Open, control)
}

// keeps tells whether the page is kept to a lesson that has no use for a station.
func (t *Learn) keeps(station string) bool {
	if !t.Locked || station == t.place.ID {
		return false
	}
	l := t.lesson()
	return l != nil && !slices.ContainsFunc(l.Steps, func(s lesson.Step) bool { return s.Station == station }) || l == nil && t.number == none
}

func (t *Learn) stepSays() string {
	l := t.lesson()
	return t.Page.W.Say("learn_step", "n", t.at+1, "all", len(l.Steps)) + " · " + t.Page.W.Say("learn_part_"+t.step().Part, "n", l.Minutes[slices.Index(lesson.Parts, t.step().Part)])
}

func (t *Learn) nextSays() string {
	if l := t.lesson(); l != nil && t.at+1 == len(l.Steps) {
		return t.Page.W.Say("learn_finish")
	}
	return t.Page.W.Say("learn_next")
}

func (t *Learn) foldSays() string {
	if t.Folded {
		return t.Page.W.Say("learn_unfold")
	}
	return t.Page.W.Say("learn_fold")
}

// away tells whether another station is open than the step's.
func (t *Learn) away() bool {
	s := t.step()
	return s != nil && s.Station != "" && s.Station != t.Page.Open
}

// helps tells whether a step can be gone on from without doing it.
func (t *Learn) helps() bool {
	s := t.step()
	return s != nil && (t.waits || s.Done.Deed != "" && !t.isDone())
}
