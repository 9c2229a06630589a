package ui

import (
	"slices"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// Who says something in a conversation.
const (
	user  = "user"
	model = "assistant"
)

// Learning to chat.

// teachesChat tells whether the draft is to learn from conversations.
func (p *Page) teachesChat() bool { return p.Draft.Base.Objective == recipe.SFT }

// ChooseObjective chooses what the open model is to learn: a text, or to answer.
// Where there are no conversations yet, a task brings some.
func (p *Page) ChooseObjective(objective string) {
	p.solve(TrainStation)
	if !p.Draft.Tuning() {
		return
	}
	p.Draft = NewDraft(p.fineTune(objective, p.method()))
	if p.teachesChat() && !ofTalks(p.Text) && len(p.Ready.Tasks) > 0 {
		p.ChooseLessons(p.Ready.Tasks[0])
	}
}

// ChooseLessons asks for the conversations that teach a task.
func (p *Page) ChooseLessons(task string) {
	p.Lessons = task
	if task == "" {
		p.Host.Show(TextStation)
		return
	}
	p.solve(TextStation)
	p.await("sample", p.ask(&protocol.SetText{Source: "task", Name: task}))
}

// ofTalks tells whether a text is of conversations, by its name.
func ofTalks(t *protocol.Text) bool {
	return t != nil && (t.Source == "task" || strings.HasSuffix(strings.ToLower(t.Name), ".jsonl"))
}

// Chatting.

// chatting tells whether Try is a conversation.
func (p *Page) chatting() bool { return p.Model != nil && p.Model.Chat && p.Chat }

// ChooseChat makes Try a conversation, or a text to go on from.
func (p *Page) ChooseChat(on bool) {
	p.CancelWriting()
	p.Chat = on
	p.NewTalk()
	p.askPrediction()
}

// NewTalk begins a conversation.
func (p *Page) NewTalk() {
	p.CancelWriting()
	p.Talk, p.Now, p.Former = nil, NewCompletion(), NewCompletion()
}

// say makes c ask for an answer to what stands in the prompt. It reports false
// if nothing does.
func (p *Page) say(c *protocol.Generate) bool {
	says := strings.TrimSpace(p.PromptText)
	if says == "" {
		return false
	}
	if p.Now.ID > 0 {
		p.Talk = append(p.Talk, protocol.Message{Role: model, Content: p.answer()})
	}
	p.Talk = append(p.Talk, protocol.Message{Role: user, Content: says})
	c.Messages, p.PromptText = slices.Clone(p.Talk), ""
	return true
}

// answer is what the model said last; silence is an answer too.
func (p *Page) answer() string {
	if text := strings.TrimSpace(p.Now.Text()); text != "" {
		return text
	}
	return wording.Silence
}

// unsay takes back what cannot be answered, so that it can be said otherwise.
func (p *Page) unsay() {
	if last := len(p.Talk) - 1; last >= 0 && p.Talk[last].Role == user {
		p.PromptText, p.Talk = p.Talk[last].Content, p.Talk[:last]
	}
}
