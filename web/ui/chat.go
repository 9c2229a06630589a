package ui

import (
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Chat is the station where the open model learns to answer.
type Chat struct {
	further
	Lessons string // the task whose conversations are chosen, "" for a file of one's own
}

func newChat(p *Page) *Chat {
	return &Chat{further: further{Teaching: Teaching{desk: desk{p, Place{"chat", "teach"}}}, objective: recipe.SFT}}
}

// Stand says whether it can be used.
func (t *Chat) Stand() Stand { return t.stand() }

// Apply follows text and model.
func (t *Chat) Apply(e protocol.Event) {
	t.follow(e)
	switch e := e.(type) {
	case *protocol.Ready:
		if t.Lessons == "" && len(e.Tasks) > 0 {
			t.Lessons = e.Tasks[0]
		}
	case *protocol.Text:
		t.solve()
		if task, is := strings.CutPrefix(e.Name, protocol.TaskText); is {
			t.Lessons = task
		} else if ofTalks(e) {
			t.Lessons = ""
		}
	}
	if t.arrived(e) {
		t.Train()
	}
}

// Keep writes down the task, the method and what was typed.
func (t *Chat) Keep(x Experiment) {
	x.put("lessons", t.Lessons)
	t.keepMethod(x)
}

// Restore takes them over.
func (t *Chat) Restore(x Experiment) {
	if task, is := x.take("lessons", t.Page.Ready.Tasks...); is {
		t.Lessons = task
	}
	t.restoreMethod(x)
}

// ChooseLessons asks for the conversations that teach a task, or leads to where
// a file of one's own is chosen.
func (t *Chat) ChooseLessons(task string) {
	t.Lessons = task
	if task == "" {
		t.Page.visit("text")
		return
	}
	t.fetch()
}

// fetch asks for the conversations of the task.
func (t *Chat) fetch() {
	t.Page.await("sample", t.ask(&protocol.SetText{Source: "task", Name: t.Lessons}))
}

// hasTalks tells whether the text is of conversations.
func (t *Chat) hasTalks() bool { return ofTalks(t.Page.Text) }

func (t *Chat) canTrain() bool { return t.Teaching.canTrain() && (t.hasTalks() || t.Lessons != "") }

// Train begins with the conversations that are there, or fetches those of the
// task first, since the numbers follow from them.
func (t *Chat) Train() {
	if t.hasTalks() || t.Page.Active() {
		t.begin(t.name())
		return
	}
	t.waits = true
	t.fetch()
}

func (t *Chat) trains() string {
	p := t.Page
	text := p.W.Task(t.Lessons)
	switch {
	case t.hasTalks():
		text = p.textName(p.Text.Name)
	case t.Lessons == "":
		text = p.W.Say("lessons_own")
	}
	return p.W.Say("trains_chat", "model", p.modelName(), "text", text)
}

func (t *Chat) name() string {
	if t.Page.Model == nil {
		return ""
	}
	return t.Page.fresh(t.Page.shortName() + lineageMark + t.Page.W.Say("chat_short"))
}
