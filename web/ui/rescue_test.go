package ui

import (
	"maps"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// stuck is a page on which nobody gets on with the training of a lesson: the step,
// counted from 0, has been opened, and the way out is shown.
func stuck(t *testing.T, lesson, step int) (*Page, *paper) {
	t.Helper()
	p, h := school(t)
	l := learning(p)
	l.Begin(lesson)
	l.enter(step)
	l.Stuck = true
	return p, h
}

// opens is what the trainer tells when a saved model was opened.
func opens(p *Page, id int, name string, r recipe.Recipe) {
	m := &protocol.Model{Reply: to(id), ModelID: protocol.OfLesson + name, Recipe: r, Chat: r.Answers(), Text: "village"}
	if r.From == recipe.Existing {
		m.From, m.Before = "a base", true
	}
	p.Apply(m)
	p.Apply(&protocol.State{Reply: to(id), State: "idle"})
}

// Who cannot train goes on with a saved model: the step is done once it is open, and
// the next one has what it needs.
func TestSavedModel(t *testing.T) {
	p, h := stuck(t, 4, 1)
	l := learning(p)
	has(t, drawAt(t, p, "chat"), "Go on with our model", "Go on without it")
	l.TakeSaved()
	c := last[*protocol.Open](t, h)
	if c.ModelID != "lesson/answers" || l.isDone() {
		t.Fatalf("it opens %+v; done: %v", c, l.isDone())
	}
	sent := len(h.sent)
	if l.TakeSaved(); len(h.sent) != sent {
		t.Error("it is opened twice")
	}
	opens(p, c.ID, "answers", recipe.Chat(p.preset(recipe.Default), recipe.Lora, 1000))
	if !l.isDone() || l.at != 1 || l.rescued() {
		t.Errorf("at %d it is done: %v", l.at, l.isDone())
	}
	has(t, drawAt(t, p, "chat"), "our saved model", "base")
	l.Choose("predict", 0)
	if l.Next(); l.at != 2 || !trying(p).Chat || trying(p).Prompt != "Tom had a red ball. He gave the ball to Lily. Who has the ball?" {
		t.Errorf("at %d it asks %q", l.at, trying(p).Prompt)
	}
	if p.Experiment(); p.Memory() == "" || p.Model.ModelID != "lesson/answers" {
		t.Error("it is not remembered")
	}
}

// A step may begin with a saved model. Where that does not come, what is set is set for
// the open one.
func TestStepOpensSaved(t *testing.T) {
	for _, comes := range []bool{true, false} {
		p, h := stuck(t, 4, 3)
		l, c := learning(p), last[*protocol.Open](t, h)
		if c.ModelID != "lesson/answers" || !l.waits {
			t.Fatalf("it opens %+v; it waits: %v", c, l.waits)
		}
		if comes {
			opens(p, c.ID, "answers", recipe.Chat(p.preset(recipe.Default), recipe.Lora, 1000))
		} else {
			p.Apply(&protocol.Problem{Reply: to(c.ID), Code: protocol.BaseFailed, Detail: "no network"})
			has(t, drawAt(t, p, "try"), "no network")
		}
		if l.waits || trying(p).Prompt != "Tom had a red ball. He gave the ball to Lily. Who has the ball?" {
			t.Errorf("it comes: %v. It waits: %v, and asks %q", comes, l.waits, trying(p).Prompt)
		}
	}
}

// A step without a question goes on by itself. A run that is under way is stopped for
// the saved model, and what it did counts for nothing.
func TestSavedModelInsteadOfRun(t *testing.T) {
	p, h := stuck(t, 3, 1)
	l := learning(p)
	p.Apply(&protocol.State{State: "training"})
	l.TakeSaved()
	stop, c := last[*protocol.Stop](t, h), last[*protocol.Open](t, h)
	if stop.ID >= c.ID || c.ModelID != "lesson/tales" {
		t.Fatalf("it sends %+v and %+v", stop, c)
	}
	p.Apply(&protocol.State{Reply: to(stop.ID), State: "done"})
	if l.at != 1 || l.isDone() {
		t.Fatalf("the run's end ends the step: %d", l.at)
	}
	opens(p, c.ID, "tales", p.preset("speedrun"))
	if l.at != 2 || p.Open != "try" || trying(p).Prompt != "The light" {
		t.Errorf("it is at %d, %s, with %q", l.at, p.Open, trying(p).Prompt)
	}
}

// A saved model that cannot be had is told where it was wanted, and can be asked for
// once more.
func TestSavedModelIsLost(t *testing.T) {
	p, h := stuck(t, 5, 3)
	l := learning(p)
	l.TakeSaved()
	p.Apply(&protocol.Problem{Reply: to(last[*protocol.Open](t, h).ID), Code: protocol.BaseFailed})
	if l.isDone() || p.Problems["preferences"] == nil {
		t.Error("nobody is told")
	}
	sent := len(h.sent)
	if l.TakeSaved(); len(h.sent) != sent+1 {
		t.Error("it cannot be tried again")
	}
	if l.Leave(); l.taking != 0 {
		t.Error("it is waited for after the lesson")
	}
	opens(p, h.asked(), "shorter", recipe.Prefer(p.preset(recipe.Default), recipe.Lora, 100)) // it comes all the same
	hasNot(t, drawAt(t, p, "learn"), "guide-saved")
}

// Whoever leaves a lesson finds the settings of before, also after a reload.
func TestLessonGivesBack(t *testing.T) {
	p, h := school(t)
	of[*Pretrain](p).ChoosePreset("tiny")
	of[*Pretrain](p).Set("steps", "77")
	trying(p).TypePrompt("Ben had")
	trying(p).Sampling["temperature"] = "0.3"
	before := p.Experiment()
	leave := func(p *Page) {
		t.Helper()
		learning(p).Leave()
		if after := p.Experiment(); !maps.Equal(after, before) {
			t.Errorf("it leaves %v\nwanted %v", after, before)
		}
	}
	take := func(p *Page) {
		learning(p).Begin(4)
		learning(p).enter(1)
		trying(p).Sampling["top_k"] = "3"
		learning(p).Begin(2)
	}
	take(p)
	if maps.Equal(p.Experiment(), before) {
		t.Fatal("the lesson sets nothing")
	}
	kept := p.Experiment()
	leave(p)
	q, k := school(t)
	k.small = maps.Clone(h.small)
	q.restore(kept)
	leave(q)
	if learning(q).before != nil {
		t.Error("it is kept beyond the lesson")
	}
}
