package ui

import (
	"reflect"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// answering is a page whose open model was taught to answer.
func answering() (*Page, *paper) {
	p, h := welcomed()
	r := p.Draft.Base
	r.Objective = recipe.SFT
	p.Apply(&protocol.Model{ModelID: "t", Name: "talker", Recipe: r, Chat: true, Before: true})
	return p, h
}

// reply lets the model answer the latest Generate.
func (p *Page) reply(t *testing.T, h *paper, text string) {
	t.Helper()
	id := last[*protocol.Generate](t, h).ID
	p.Apply(&protocol.Writing{Reply: to(id), Tokens: []protocol.Choice{{Text: text, Probability: 0.9}}})
	p.Apply(&protocol.Generated{Reply: to(id), Tokens: 1})
}

// A model that was taught to answer is talked with: turn after turn, each with
// what was said before.
func TestChat(t *testing.T) {
	p, h := answering()
	has(t, draw(t, p), wording.ChatLead, `aria-label="Conversation"`, wording.TalkEmpty, `aria-label="Completion"`, ">Prompt<", ">Generate<")
	p.TypePrompt("  ")
	sent := len(h.sent)
	p.Generate()
	if len(h.sent) != sent {
		t.Error("nothing is said, and it asks for an answer")
	}
	p.TypePrompt(" Who has the ball? ")
	p.Generate()
	first := last[*protocol.Generate](t, h)
	if want := []protocol.Message{{Role: "user", Content: "Who has the ball?"}}; !reflect.DeepEqual(first.Messages, want) || first.Prompt != "" || p.PromptText != "" {
		t.Errorf("it asks for %+v", first)
	}
	p.reply(t, h, "Tom.")
	if c := last[*protocol.Generate](t, h); c != first {
		t.Errorf("the model as it was before is asked too: %+v", c)
	}
	p.TypePrompt("And the dog?")
	p.Generate()
	want := []protocol.Message{{Role: "user", Content: "Who has the ball?"}, {Role: "assistant", Content: "Tom."}, {Role: "user", Content: "And the dog?"}}
	second := last[*protocol.Generate](t, h)
	if !reflect.DeepEqual(second.Messages, want) {
		t.Errorf("it asks for %+v", second.Messages)
	}
	has(t, draw(t, p), ">Who has the ball?<", ">Tom.<", ">And the dog?<")
	p.Apply(&protocol.Problem{Reply: to(second.ID), Code: protocol.ChatNone})
	if p.PromptText != "And the dog?" || len(p.Talk) != 2 || p.IsWriting() {
		t.Errorf("what could not be answered is lost: %q, %+v", p.PromptText, p.Talk)
	}
	p.Generate()
	p.reply(t, h, "")
	p.TypePrompt("Well?")
	p.Generate()
	if c := last[*protocol.Generate](t, h); len(c.Messages) != 5 || c.Messages[3].Content != wording.Silence {
		t.Errorf("after silence it asks for %+v", c.Messages)
	}
	p.NewTalk()
	if len(p.Talk) != 0 || p.Now.ID != 0 {
		t.Errorf("the new conversation begins with %+v", p.Talk)
	}
}

// The same model can go on from a beginning, as any other, which cannot chat.
func TestChatOrNot(t *testing.T) {
	p, h := answering()
	p.ChooseChat(false)
	p.TypePrompt("One day")
	p.Generate()
	if c := last[*protocol.Generate](t, h); c.Prompt != "One day" || len(c.Messages) != 0 {
		t.Errorf("it asks for %+v", c)
	}
	if html := draw(t, p); strings.Contains(html, `aria-label="Conversation"`) {
		t.Error("there is a conversation all the same")
	}
	p.Apply(&protocol.Model{ModelID: "b", Recipe: p.Draft.Base})
	p.ChooseChat(true)
	if p.chatting() {
		t.Error("a model without the template's tokens chats")
	}
}

// Conversations are learned from a task that comes with Hornbook, or from a
// file.
func TestTeachToAnswer(t *testing.T) {
	p, h := welcomed()
	p.Ready.Tasks = []string{"village", "sums"}
	p.ChooseObjective(recipe.SFT)
	if p.teachesChat() {
		t.Error("a new model is to learn to answer")
	}
	p.ChooseMethod(recipe.Lora)
	p.ChooseObjective(recipe.SFT)
	if c := last[*protocol.SetText](t, h); c.Source != "task" || c.Name != "village" || !p.loading("sample") {
		t.Errorf("it asks for %+v", c)
	}
	p.Apply(&protocol.Text{Reply: to(h.asked()), Source: "task", Name: "Questions about Village Tales", Preview: `{"messages":[`})
	p.Apply(&protocol.Fit{Tokens: 90_000})
	html := draw(t, p)
	has(t, html, "What it learns", "to answer, from conversations", ">Conversations<", "Questions about Village Tales", wording.ChatAbout)
	if strings.Contains(p.PromptText, "{") {
		t.Errorf("the prompt is %q", p.PromptText)
	}
	p.ChooseMethod(recipe.Full)
	p.Train()
	if r, want := last[*protocol.Train](t, h).Recipe, recipe.Chat(p.Model.Recipe, recipe.Full, 90_000); r != want || r.Objective != recipe.SFT {
		t.Errorf("it sends %+v, want %+v", r, want)
	}
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Talks{Kept: 4000, Dropped: 2, Tokens: 90_000, Counted: 9000})
	has(t, draw(t, p), "4,000 conversations are learned", "2 were left out")

	p.Apply(&protocol.State{State: "idle"})
	p.Apply(&protocol.Text{Source: "upload", Name: "mine.JSONL"})
	sent := len(h.sent)
	p.ChooseObjective(recipe.LM)
	p.ChooseObjective(recipe.SFT)
	for _, c := range h.sent[sent:] {
		if _, is := c.(*protocol.SetText); is {
			t.Errorf("a file of conversations is replaced by %+v", c)
		}
	}
	if p.Lessons != "" {
		t.Errorf("the lessons are %q", p.Lessons)
	}
}

// What was learned stands beside what was forgotten, right answers too; each
// measure is an attribute of #run.
func TestMeasuresByName(t *testing.T) {
	p, _ := tuned()
	p.Model.Recipe.Objective = recipe.SFT
	answered := func(step int, val, old, exact float64) *protocol.Eval {
		e := evaluated(step, val, old, true)
		e.Measures = append(e.Measures, recipe.Measure{Name: recipe.Exact, Value: exact})
		return e
	}
	p.Evals[0] = answered(0, 1, 1, 0.05).Measurement
	p.Apply(answered(20, 0.5, 0.7, 0.875))
	p.AsTable = true
	has(t, draw(t, p), `data-objective="sft"`, `data-measure-val-loss="0.5000"`, `data-measure-old-loss="0.7000"`, `data-measure-exact="0.8750"`,
		">Right answers<", ">5.0 %<", ">88 %<", ">+82 %<")
}
