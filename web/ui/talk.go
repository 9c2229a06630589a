package ui

import (
	"cmp"
	"slices"
	"strings"

	"hornbook/web/protocol"
)

// Who says something in a conversation.
const (
	user  = "user"
	model = "assistant"
)

// chatting tells whether Try is a conversation.
func (t *Try) chatting() bool { return t.Page.Model != nil && t.Page.Model.Chat && t.Chat }

// ChooseChat makes Try a conversation, or a text to go on from.
func (t *Try) ChooseChat(on bool) {
	t.CancelWriting()
	t.Chat = on
	t.NewTalk()
	t.predict()
}

// NewTalk begins a conversation.
func (t *Try) NewTalk() {
	t.CancelWriting()
	t.Talk, t.Now, t.Former = nil, NewCompletion(), NewCompletion()
}

// say makes c ask for an answer to what stands in the prompt. It reports false
// if nothing does.
func (t *Try) say(c *protocol.Generate) bool {
	says := strings.TrimSpace(t.Prompt)
	if says == "" {
		return false
	}
	if t.Now.ID > 0 {
		t.Talk = append(t.Talk, protocol.Message{Role: model, Content: t.answer()})
	}
	t.Talk = append(t.Talk, protocol.Message{Role: user, Content: says})
	c.Messages, t.Prompt = slices.Clone(t.Talk), ""
	return true
}

// answer is what the model said last, without the token that ended it; silence is an
// answer too.
func (t *Try) answer() string {
	said := t.Now
	if said.Done != nil && said.Done.Ended && t.request.ShowEnd {
		said.Tokens = said.Tokens[:len(said.Tokens)-1]
	}
	return cmp.Or(strings.TrimSpace(said.Text()), t.Page.W.Say("silence"))
}

// unsay takes back what cannot be answered, so that it can be said otherwise.
func (t *Try) unsay() {
	if last := len(t.Talk) - 1; last >= 0 && t.Talk[last].Role == user {
		t.Prompt, t.Talk = t.Talk[last].Content, t.Talk[:last]
	}
}
