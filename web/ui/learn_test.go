package ui

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hornbook/model/task"
	"hornbook/model/task/taste"
	"hornbook/web/lesson"
	"hornbook/web/protocol"
)

func learning(p *Page) *Learn { return of[*Learn](p) }

// school is a page whose lessons are there, in English.
func school(t *testing.T) (*Page, *paper) {
	t.Helper()
	p, h := laboratory()
	h.small = map[string]string{}
	ready := p.Ready
	ready.Base, ready.Verifiers, ready.Tastes = true, slices.Clone(task.Verifiers), slices.Clone(taste.Names)
	p.Apply(&ready)
	p.Apply(&protocol.Model{ModelID: protocol.Base, Recipe: p.preset(p.Ready.Default), Text: "village"})
	p.Go("learn")
	if want := []string{"lessons/en.md"}; !slices.Equal(h.fetched, want) {
		t.Fatalf("it fetches %v, want %v", h.fetched, want)
	}
	p.Fetched("lessons/en.md", lessonsText(t))
	return p, h
}

// lessonsText is what is fetched.
func lessonsText(t *testing.T) (all string) {
	t.Helper()
	for n := range 7 {
		text, err := os.ReadFile("../lesson/lessons/en/" + string(rune('0'+n)) + ".md")
		if err != nil {
			t.Fatal(err)
		}
		all += string(text) + "\n"
	}
	return all
}

func hasNot(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(html, part) {
			t.Errorf("the page has %s", part)
		}
	}
}

// small is a lesson of three steps.
const small = `# Small

lesson: 9
## Aims
- To see.
## Step: Ask
part: do
station: try
open: prompt next
set: prompt = Tom had
done: predicted
Look.
### Predict
What?
- [ ] this
- [x] that
> Because of that.
### Do
Type.
### Rescue
Never mind.
## Step: Write
part: do
station: try
open: generate
done: generated
### Do
Write.
## Step: End
part: close
station: learn
### Say: all
And?
## Worksheet
1. Write.
____
`

// A lesson is gone through: what is asked is revealed once it is answered and done,
// a step without a question goes on by itself, and the rest waits for Next.
func TestLesson(t *testing.T) {
	p, h := school(t)
	l := learning(p)
	p.OpenLesson("small.lesson.md", small)
	l.Begin(9)
	if p.Open != "try" || trying(p).Prompt != "Tom had" {
		t.Fatalf("it opens %s with %q", p.Open, trying(p).Prompt)
	}
	page := drawAt(t, p, "try")
	has(t, page, "Step 1 of 3", "Look.", "What?", "no-generate", "unasked")
	hasNot(t, page, "Because of that.", "no-prompt", "Type.")
	trying(p).TypePrompt("Lily has")
	p.Apply(&protocol.Prediction{Reply: to(h.asked())})
	l.Next()
	if l.at != 0 || l.isDone() {
		t.Error("it goes on, though nothing was predicted")
	}
	l.Choose("predict", 0)
	has(t, drawAt(t, p, "try"), "Type.")
	trying(p).TypePrompt("Lily had")
	p.Apply(&protocol.Prediction{Reply: to(h.asked())})
	has(t, drawAt(t, p, "try"), "Not quite: “that” is right.", "Because of that.")
	l.Choose("predict", 1)
	if l.answer("predict") != 0 {
		t.Error("an answer is changed after it was revealed")
	}
	l.Next()
	if l.at != 1 {
		t.Fatalf("it is at step %d", l.at)
	}
	p.Apply(&protocol.Generated{})
	if l.at != 2 || p.Open != "learn" {
		t.Fatalf("after writing it is at step %d, %s", l.at, p.Open)
	}
	l.Tell("all", strings.Repeat("x", 1000))
	x, address := p.Experiment(), p.Address()
	l.Next()
	if l.number != none || l.said["9.done"] == "" {
		t.Error("it does not end")
	}
	if text := l.answersText(); !strings.Contains(text, "- this\n- Not quite") || !strings.Contains(text, "\n- xxx") || len([]rune(l.said["all"])) != mostTold+1 {
		t.Errorf("the answers are %q", text)
	}
	q, k := school(t)
	k.small = maps.Clone(h.small)
	learning(q).Own = nil
	q.restore(x)
	if o := learning(q); o.number != 9 || o.at != 2 || o.said["9.0.predict"] != "0" || q.Address() != address {
		t.Errorf("at another visit it is %d at %d with %v", o.number, o.at, o.said)
	}
	if strings.Contains(address, "said") {
		t.Errorf("answers travel along: %s", address)
	}
}

// Who is stuck is helped, and goes on without.
func TestStuck(t *testing.T) {
	p, h := school(t)
	l := learning(p)
	p.OpenLesson("small.lesson.md", small)
	l.Begin(9)
	if l.Help(); h.focused != "guide-rescue" {
		t.Errorf("the focus is on %q", h.focused)
	}
	has(t, drawAt(t, p, "try"), "Never mind.")
	l.Without()
	has(t, drawAt(t, p, "try"), "Because of that.")
	l.Next()
	l.Back()
	if l.at != 0 || !l.isDone() {
		t.Errorf("back at %d it is to be done once more", l.at)
	}
	l.Leave()
	if p.Open != "learn" || strings.Contains(draw(t, p), "guided") {
		t.Error("it is not left")
	}
}

// A model that a step needs is opened before what the step sets is set; a run under
// way is waited for.
func TestStepNeedsModel(t *testing.T) {
	p, h := school(t)
	l := learning(p)
	p.OpenLesson("needs.lesson.md", strings.Replace(small, "set: prompt = Tom had", "model: base\nset: prompt = Tom had\nset: chat.steps = 7", 1))
	p.Apply(&protocol.Model{ModelID: "mine", Recipe: p.preset("tiny")})
	p.Apply(&protocol.State{State: "training"})
	l.Begin(9)
	l.said["9.0.done"] = "1"
	if trying(p).Prompt == "Tom had" || l.ready() || !l.helps() {
		t.Error("it is set, or gone on from, before the model is there")
	}
	p.Apply(&protocol.State{State: "done"})
	if c := last[*protocol.Open](t, h); c.ModelID != protocol.Base {
		t.Errorf("it opens %+v", c)
	}
	p.Apply(&protocol.State{State: "idle"})
	p.Apply(&protocol.Model{ModelID: protocol.Base, Recipe: p.preset(p.Ready.Default), Text: "village"})
	if trying(p).Prompt != "Tom had" || of[*Chat](p).Draft.Fields["steps"] != "7" {
		t.Errorf("it sets %s", p.Address())
	}
}

// What our lessons set is known and can be.
func TestLessonsSet(t *testing.T) {
	p, _ := school(t)
	for _, l := range learning(p).Lessons {
		for i, s := range l.Steps {
			if left := p.restore(maps.Clone(s.Set)); len(left) > 0 {
				t.Errorf("lesson %d, step %d sets %v, which nobody knows", l.Number, i+1, left)
			}
		}
	}
	for _, station := range lesson.Stations {
		if !slices.ContainsFunc(p.Stations, func(s Station) bool { return s.Place().ID == station }) {
			t.Errorf("a lesson may open %s, which is no station", station)
		}
	}
}

// A link begins its lesson, unless that is under way; a locked one lets nothing be
// opened that the lesson has no use for.
func TestLessonLink(t *testing.T) {
	p, h := school(t)
	learning(p).CopyClassLink(3)
	if h.copied != "?lesson=3&locked=1" {
		t.Errorf("the link is %s", h.copied)
	}
	q := NewPage(&paper{}, "en")
	q.WishLesson("3", true)
	q.Remembered(Experiment{"here.lesson": "3", "here.lesson_step": "2"})
	q.Apply(ready())
	q.Fetched("lessons/en.md", lessonsText(t))
	if l := learning(q); l.number != 3 || l.at != 2 || q.Go("models") || !q.Go("pretrain") || !strings.Contains(q.looks(), "locked") {
		t.Errorf("it is %d at %d, %s", l.number, l.at, q.looks())
	}
	for _, number := range []string{"77", "x", "-1"} {
		q = NewPage(&paper{}, "en")
		q.WishLesson(number, true)
		q.Apply(ready())
		q.Go("learn")
		q.Fetched("lessons/en.md", lessonsText(t))
		if learning(q).number != none {
			t.Errorf("?lesson=%s begins a lesson", number)
		}
	}
	q = NewPage(&paper{}, "en")
	q.WishLesson("1", false)
	q.Apply(ready())
	q.Fetched("lessons/en.md", lessonsText(t))
	if learning(q).lesson() == nil || q.Open != "try" || q.Go("models") == false {
		t.Errorf("it opens %s", q.Open)
	}
	q.ChooseLanguage("de")
	if got := q.Host.(*paper).fetched; got[len(got)-1] != "lessons/de.md" {
		t.Errorf("in another language it fetches %v", got)
	}
	q.Fetched("lessons/de.md", "")
	has(t, drawAt(t, q, "learn"), "Die Lektionen konnten nicht geholt werden")
}

// Mistakes of a file are told by their lines; the lessons before stay.
func TestLessonMistakes(t *testing.T) {
	p, _ := school(t)
	p.OpenLesson("mine.lesson.md", small)
	p.OpenLesson("mine.lesson.md", strings.Replace(small, "station: try", "station: tray", 1))
	has(t, drawAt(t, p, "learn"), "mine.lesson.md has 1 mistake", "Line 8:", "tray", "pretrain", "9. Small")
	for _, code := range lesson.Codes {
		if says := learning(p).mistakeSays(lesson.Mistake{Line: 3, Code: code, Got: "a", Want: "b"}); strings.Contains(says, "lesson_wrong") {
			t.Errorf("there are no words for %s", code)
		}
	}
	learning(p).LeaveOwn()
	hasNot(t, drawAt(t, p, "learn"), "9. Small", "Line 8")
	if !IsLesson("A.LESSON.md") || IsLesson("lesson.md.txt") {
		t.Error("files of lessons are not told by their names")
	}
}

// A teacher's page has the answers; a worksheet has none.
func TestPapers(t *testing.T) {
	p, _ := school(t)
	l := learning(p)
	for _, one := range l.Lessons[1:] {
		l.Read("teacher", one.Number)
		page := drawAt(t, p, "learn")
		for _, q := range questions(&one) {
			has(t, page, strings.ReplaceAll(q.Choices[q.Right].Plain(), "'", "&#39;"))
		}
		l.Read("sheet", one.Number)
		sheet := drawAt(t, p, "learn")
		for _, q := range questions(&one) {
			hasNot(t, sheet, q.Choices[q.Right].Plain()+"<")
		}
	}
}

// Each control has a rule that takes it away and, as each view, one that points to
// it.
func TestControlsHaveRules(t *testing.T) {
	css, err := os.ReadFile("../../static/src/style.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range lesson.Controls {
		if !regexp.MustCompile(`(?m)^\.no-` + name + ` .* \{ display: none|^\.no-` + name + ` .*,$`).Match(css) {
			t.Errorf("nothing takes %s away", name)
		}
	}
	for _, name := range slices.Concat(lesson.Controls, lesson.Views) {
		if !strings.Contains(string(css), "\n.point-"+name+" ") {
			t.Errorf("nothing points to %s", name)
		}
	}
}

// Where a lesson asks by itself what a cheated reward will do, the station does not
// ask again, and shows what comes.
func TestLessonAsksInstead(t *testing.T) {
	p, _ := school(t)
	rewarding(p).ChooseLab("cheat")
	if !rewarding(p).asksGuess() || !rewarding(p).hidden() {
		t.Error("the station does not ask")
	}
	p.OpenLesson("small.lesson.md", small)
	learning(p).Begin(9)
	if rewarding(p).asksGuess() || rewarding(p).hidden() {
		t.Error("it asks in a lesson that closes the question")
	}
}

// A checker is mended once a run is over that was paid by one without holes.
func TestMended(t *testing.T) {
	p, _ := school(t)
	p.OpenLesson("small.lesson.md", strings.Replace(small, "done: generated", "done: mended", 1))
	l, r := learning(p), rewarding(p)
	l.Begin(9)
	l.enter(1)
	r.ChooseLab("cheat")
	run := func() {
		recipe, wrong := r.Recipe()
		if wrong != nil {
			t.Fatal(wrong)
		}
		for _, e := range []protocol.Event{&protocol.State{State: "preparing"}, &protocol.Model{Recipe: recipe}, &protocol.State{State: "training"}, &protocol.State{State: "done"}} {
			p.Apply(e)
		}
	}
	run()
	if l.at != 1 {
		t.Fatal("a run with the bad checker mends it")
	}
	for i := range switches {
		r.Close(i, true)
	}
	run()
	if l.at != 2 {
		t.Error("a run with the mended checker does not")
	}
}
