// Package chat is conversations: how they are read from a file, and the one
// template by which they become tokens.
//
//	<|system|>Be kind.<|end|><|user|>Who are you?<|end|><|assistant|>A model.<|end|>
//
// Whoever speaks is a special token, and so is the end of what is said. What
// people wrote is cut as plain text, so nobody can speak for another. Of a
// conversation only what the assistant says is learned, the end included: so a
// model learns when to stop. What it thinks before it answers is learned too:
//
//	<|user|>0110<|end|><|assistant|><|think|>EOEE<|/think|>E<|end|>
package chat

import (
	"strings"

	"hornbook/tokenizer"
)

// Who may speak.
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
)

// Names of the special tokens.
const (
	EndOfText = "<|endoftext|>"
	End       = "<|end|>" // of what somebody says
	Think     = "<|think|>"
	EndThink  = "<|/think|>"
)

// Specials are the special tokens of a model that can chat, the last ids of its
// vocabulary in this order. The spare ones are for what a person may need.
var Specials = []string{EndOfText, speaks(User), speaks(Assistant), End, Think, EndThink, speaks(System),
	"<|spare_1|>", "<|spare_2|>", "<|spare_3|>", "<|spare_4|>", "<|spare_5|>", "<|spare_6|>", "<|spare_7|>", "<|spare_8|>", "<|spare_9|>"}

// speaks is the token that says who speaks.
func speaks(role string) string { return "<|" + role + "|>" }

// Message is what one says.
type Message struct {
	Role     string `json:"role"` // System, User or Assistant
	Content  string `json:"content"`
	Thinking string `json:"thinking,omitempty"` // what the assistant thinks before it says Content; "" for nothing
}

// Conversation is what was said in turn: perhaps by the system first, then by
// user and assistant.
type Conversation struct {
	Messages []Message `json:"messages"`
}

// Template turns conversations into the tokens of one tokenizer.
type Template struct {
	tok             tokenizer.Tokenizer
	who             map[string]int32 // the token that says who speaks, by role
	think, endThink []int32          // around thoughts
	end             int32
}

// Of is the template in tok's tokens; false if tok lacks some. Only those around
// thoughts may be lacking: then their names are written as plain text.
func Of(tok tokenizer.Tokenizer) (t Template, has bool) {
	t = Template{tok: tok, who: map[string]int32{}}
	for _, role := range []string{System, User, Assistant} {
		if t.who[role], has = tok.Special(speaks(role)); !has {
			return t, false
		}
	}
	t.think, t.endThink = mark(tok, Think), mark(tok, EndThink)
	t.end, has = tok.Special(End)
	return t, has
}

// mark is the special token of this name, or the name as text.
func mark(tok tokenizer.Tokenizer, name string) []int32 {
	if id, has := tok.Special(name); has {
		return []int32{id}
	}
	return tok.Encode([]byte(name))
}

// Encode turns messages into tokens. counts tells of each whether it is learned.
func (t Template) Encode(messages []Message) (ids []int32, counts []bool) {
	for _, m := range messages {
		ids, counts = append(ids, t.who[m.Role]), append(counts, false)
		if m.Thinking != "" {
			ids = append(append(append(ids, t.think...), t.tok.Encode([]byte(m.Thinking))...), t.endThink...)
		}
		ids = append(append(ids, t.tok.Encode([]byte(m.Content))...), t.end)
		for len(counts) < len(ids) {
			counts = append(counts, m.Role == Assistant)
		}
	}
	return ids, counts
}

// Prompt is what the assistant is to go on from, to answer messages.
func (t Template) Prompt(messages []Message) []int32 {
	ids, _ := t.Encode(messages)
	return append(ids, t.who[Assistant])
}

// Asked is what the user said last in a Prompt.
func (t Template) Asked(ids []int32) string {
	begin, end := 0, len(ids)
	for i, id := range ids {
		if id == t.who[User] {
			begin, end = i+1, len(ids)
		} else if id == t.end && begin > 0 && end == len(ids) {
			end = i
		}
	}
	return string(t.tok.Decode(ids[begin:end]))
}

// Stop are the tokens that end what the assistant says.
func (t Template) Stop() []int32 {
	stop := []int32{t.end}
	if id, has := t.tok.Special(EndOfText); has {
		stop = append(stop, id)
	}
	return stop
}

// Reply is what the assistant says by the tokens that follow a Prompt, up to a
// special one that is not part of its thoughts. Split takes it apart.
func (t Template) Reply(ids []int32) string {
	for i, id := range ids {
		if name := string(t.tok.Piece(id)); t.special(id, name) && name != Think && name != EndThink {
			return string(t.tok.Decode(ids[:i]))
		}
	}
	return string(t.tok.Decode(ids))
}

// special tells whether id, a token of this name, is a special one.
func (t Template) special(id int32, name string) bool {
	special, is := t.tok.Special(name)
	return is && special == id
}

// Split tells in a reply what is thought from what is said. Thoughts stand at
// the beginning; a reply with thoughts that never end, or begin later, says
// nothing.
func Split(reply string) (thinking, content string) {
	content = reply
	if rest, thinks := strings.CutPrefix(reply, Think); thinks {
		thinking, content, _ = strings.Cut(rest, EndThink)
	}
	if strings.Contains(content, Think) || strings.Contains(content, EndThink) {
		content = ""
	}
	return thinking, content
}

// Answered is a reply as a message of the assistant; one that Split finds nothing said
// in stays as it is.
func Answered(reply string) Message {
	thinking, content := Split(reply)
	if content == "" {
		return Message{Role: Assistant, Content: reply}
	}
	return Message{Role: Assistant, Thinking: thinking, Content: content}
}
