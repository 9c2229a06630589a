package wording

import (
	"fmt"

	"hornbook/web/protocol"
)

// Chatting, and learning to.
const (
	ObjectiveLabel = "What it learns"
	LessonsLabel   = "Conversations"
	LessonsOwn     = "a file of your own"
	LessonsHint    = "A file of your own has one conversation a line (.jsonl): {\"messages\": [{\"role\": \"user\", \"content\": …}, {\"role\": \"assistant\", \"content\": …}]}. Upload it under Text."
	ChatAbout      = "The open model learns what the assistant says in conversations, and when to stop: from then on it answers."
	AsChat         = "Chat"
	ChatLead       = "This model was taught to answer. Ask it something in the words that it knows."
	Conversation   = "Conversation"
	NewTalk        = "New conversation"
	YouSay         = "You"
	ModelSays      = "Model"
	Silence        = "…"
	TalkEmpty      = "Nothing has been said yet. Write below, then press Generate."
)

// Objective names what a run learns by.
func Objective(objective string) string {
	if objective == "sft" {
		return "to answer, from conversations"
	}
	return "to write, from a text"
}

// Task names a task that comes with Hornbook.
func Task(name string) string {
	switch name {
	case "village":
		return "Questions about Village Tales"
	case "sums":
		return "Sums"
	case "letters":
		return "Letters of words"
	}
	return name
}

// Says names who says something in a conversation.
func Says(role string) string {
	if role == "user" {
		return YouSay
	}
	return ModelSays
}

// talksWrong says why a text is no file of conversations.
func talksWrong(p *protocol.Problem) string {
	where := "This text is no file of conversations"
	if p.Got != "" {
		where = fmt.Sprintf("Line %s of this text is no conversation", number(p.Got))
	}
	return fmt.Sprintf("%s: %s. To learn to chat a model needs a file of conversations, one a line, or one of the tasks.", where, p.Detail)
}

// talksFew says that too few conversations can be learned from.
func talksFew(p *protocol.Problem) string {
	says := fmt.Sprintf("Only %s of these conversations can be learned from, and at least %s are needed.", number(p.Got), number(p.Want))
	if p.Detail != "" && p.Detail != "0" {
		says += fmt.Sprintf(" %s are too long for what the model sees at once.", number(p.Detail))
	}
	return says + " Add some, or shorten them."
}

// Talks says what became of the conversations that are learned from.
func Talks(t *protocol.Talks) string {
	says := fmt.Sprintf("%s are learned: %s, of which %s are the answers.", CountOf(t.Kept, "conversation", "conversations"),
		CountOf(t.Tokens, "token", "tokens"), Count(t.Counted))
	if t.Cut > 0 {
		says += fmt.Sprintf(" %s of them were too long and lost their last turns.", Count(t.Cut))
	}
	if t.Dropped > 0 {
		says += fmt.Sprintf(" %s were left out: not even the first answer fits.", Count(t.Dropped))
	}
	return says
}
