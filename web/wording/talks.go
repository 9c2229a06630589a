package wording

import (
	"fmt"

	"hornbook/web/protocol"
)

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
