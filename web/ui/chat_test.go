package ui

import (
	"reflect"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// answering is a page whose open model was taught to answer.
func answering() (*Page, *paper) {
	p, h := welcomed()
	r := pre(p).Draft.Base
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
	has(t, draw(t, p), english.Say("chat_lead"), `aria-label="Conversation"`, english.Say("talk_empty"), `aria-label="Completion"`, ">Prompt<", ">Generate<")
	trying(p).TypePrompt("  ")
	sent := len(h.sent)
	trying(p).Generate()
	if len(h.sent) != sent {
		t.Error("nothing is said, and it asks for an answer")
	}
	trying(p).TypePrompt(" Who has the ball? ")
	trying(p).Generate()
	first := last[*protocol.Generate](t, h)
	if want := []protocol.Message{{Role: "user", Content: "Who has the ball?"}}; !reflect.DeepEqual(first.Messages, want) || first.Prompt != "" || trying(p).Prompt != "" {
		t.Errorf("it asks for %+v", first)
	}
	p.reply(t, h, "Tom.")
	if c := last[*protocol.Generate](t, h); c != first {
		t.Errorf("the model as it was before is asked too: %+v", c)
	}
	trying(p).TypePrompt("And the dog?")
	trying(p).Generate()
	want := []protocol.Message{{Role: "user", Content: "Who has the ball?"}, {Role: "assistant", Content: "Tom."}, {Role: "user", Content: "And the dog?"}}
	second := last[*protocol.Generate](t, h)
	if !reflect.DeepEqual(second.Messages, want) {
		t.Errorf("it asks for %+v", second.Messages)
	}
	has(t, draw(t, p), ">Who has the ball?<", ">Tom.<", ">And the dog?<")
	p.Apply(&protocol.Problem{Reply: to(second.ID), Code: protocol.ChatNone})
	if trying(p).Prompt != "And the dog?" || len(trying(p).Talk) != 2 || trying(p).IsWriting() {
		t.Errorf("what could not be answered is lost: %q, %+v", trying(p).Prompt, trying(p).Talk)
	}
	trying(p).Generate()
	p.reply(t, h, "")
	trying(p).TypePrompt("Well?")
	trying(p).Generate()
	if c := last[*protocol.Generate](t, h); len(c.Messages) != 5 || c.Messages[3].Content != english.Say("silence") {
		t.Errorf("after silence it asks for %+v", c.Messages)
	}
	trying(p).NewTalk()
	if len(trying(p).Talk) != 0 || trying(p).Now.ID != 0 {
		t.Errorf("the new conversation begins with %+v", trying(p).Talk)
	}
}

// The token that ends a text is written on request alone, which travels with a link;
// what was said in a conversation goes on without it.
func TestShowEnd(t *testing.T) {
	p, h := answering()
	ask := func(says string) *protocol.Generate {
		trying(p).TypePrompt(says)
		trying(p).Generate()
		return last[*protocol.Generate](t, h)
	}
	end := func(c *protocol.Generate, tokens ...string) {
		for _, token := range tokens {
			p.Apply(&protocol.Writing{Reply: to(c.ID), Tokens: []protocol.Choice{{Text: token}}})
		}
		p.Apply(&protocol.Generated{Reply: to(c.ID), Tokens: len(tokens), Ended: true})
	}
	has(t, drawAt(t, p, "try"), english.Say("show_end"))
	first := ask("Who?")
	if end(first, "Tom", "."); first.ShowEnd {
		t.Error("it asks for the end unasked")
	}
	trying(p).ShowEnd = true
	if q, _ := welcomed(); strings.Contains(q.Address(), "show_end") || !strings.Contains(p.Address(), "show_end=true") {
		t.Errorf("the link is %s", p.Address())
	}
	second := ask("And?")
	if end(second, "Tim", "<|im_end|>"); !second.ShowEnd || second.Messages[1].Content != "Tom." {
		t.Errorf("it asks for %+v", second)
	}
	has(t, drawAt(t, p, "try"), "&lt;|im_end|&gt;")
	if third := ask("Well?"); third.Messages[3].Content != "Tim" {
		t.Errorf("it goes on from %+v", third.Messages)
	}
}

// The same model can go on from a beginning, as any other, which cannot chat.
func TestChatOrNot(t *testing.T) {
	p, h := answering()
	trying(p).ChooseChat(false)
	trying(p).TypePrompt("One day")
	trying(p).Generate()
	if c := last[*protocol.Generate](t, h); c.Prompt != "One day" || len(c.Messages) != 0 {
		t.Errorf("it asks for %+v", c)
	}
	if html := draw(t, p); strings.Contains(html, `aria-label="Conversation"`) {
		t.Error("there is a conversation all the same")
	}
	p.Apply(&protocol.Model{ModelID: "b", Recipe: pre(p).Draft.Base})
	trying(p).ChooseChat(true)
	if trying(p).chatting() {
		t.Error("a model without the template's tokens chats")
	}
}

// Conversations are learned from a task that comes with Hornbook, or from a
// file. Train fetches those of the task, and begins when they are there.
func TestTeachToAnswer(t *testing.T) {
	p, h := welcomed()
	p.Ready.Tasks = []string{"village", "sums"}
	chat := of[*Chat](p)
	chat.ChooseLessons("village")
	if c := last[*protocol.SetText](t, h); c.Source != "task" || c.Name != "village" || !p.loading("sample") {
		t.Errorf("it asks for %+v", c)
	}
	p.Apply(&protocol.Text{Reply: to(h.asked()), Source: "task", Name: "task/village", Preview: `{"messages":[`})
	p.Apply(&protocol.Fit{Tokens: 90_000})
	has(t, drawAt(t, p, "chat"), ">Conversations<", "“This page’s own model” to answer, by Questions about Village Tales", english.Say("chat_about"))
	if strings.Contains(trying(p).Prompt, "{") {
		t.Errorf("the prompt is %q", trying(p).Prompt)
	}
	chat.Train()
	c := last[*protocol.Train](t, h)
	if want := recipe.Chat(p.Model.Recipe, recipe.Full, 90_000); c.Recipe != want || c.Recipe.Objective != recipe.SFT || c.Name != "base › chat" {
		t.Errorf("it sends %+v, want %+v", c, want)
	}
	p.Apply(&protocol.State{State: "preparing"})
	p.Apply(&protocol.Talks{Kept: 4000, Dropped: 2, Tokens: 90_000, Counted: 9000})
	has(t, drawAt(t, p, "chat"), "4,000 conversations are learned", "2 were left out")

	p.Apply(&protocol.State{State: "idle"})
	p.Apply(&protocol.Text{Source: "sample", Name: "village"})
	chat.ChooseLessons("sums")
	fetch := h.asked()
	p.Apply(&protocol.Problem{Reply: to(fetch), Code: protocol.SampleUnknown})
	sent := len(h.sent)
	chat.Train()
	if set := last[*protocol.SetText](t, h); set.Name != "sums" || len(h.sent) != sent+1 {
		t.Errorf("Train asks for %+v", h.sent[sent:])
	}
	p.Apply(&protocol.Text{Reply: to(h.asked()), Source: "task", Name: "task/sums"})
	p.Apply(&protocol.Fit{Tokens: 50_000})
	if r := last[*protocol.Train](t, h).Recipe; r != recipe.Chat(p.Model.Recipe, recipe.Full, 50_000) {
		t.Errorf("once they are there it sends %+v", r)
	}

	p.Apply(&protocol.Text{Source: "upload", Name: "mine.JSONL"})
	sent = len(h.sent)
	chat.Train()
	if _, is := h.sent[len(h.sent)-1].(*protocol.Train); !is || len(h.sent) != sent+1 || chat.Lessons != "" {
		t.Errorf("a file of conversations is replaced: %v", h.sent[sent:])
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
	of[*Chat](p).AsTable = true
	has(t, draw(t, p), `data-objective="sft"`, `data-measure-val-loss="0.5000"`, `data-measure-old-loss="0.7000"`, `data-measure-exact="0.8750"`,
		">Right answers<", ">5.0 %<", ">88 %<", ">+82 %<")
}
