package eval

import (
	"bytes"
	"slices"
	"strings"

	"hornbook/model/data/chat"
	"hornbook/tokenizer"
)

// Asker is how questions are put to a model. One whose tokenizer lacks the chat
// template's tokens goes on from the question and a line end, and its reply ends with
// the line.
type Asker struct {
	Stop []int32 // tokens that end a reply

	tok      tokenizer.Tokenizer
	template chat.Template
	chats    bool
}

// NewAsker asks models of tok.
func NewAsker(tok tokenizer.Tokenizer) Asker {
	a := Asker{tok: tok}
	if a.template, a.chats = chat.Of(tok); a.chats {
		a.Stop = a.template.Stop()
		return a
	}
	for id := range tok.Size() { // whatever ends a line
		if strings.Contains(string(tok.Piece(int32(id))), "\n") {
			a.Stop = append(a.Stop, int32(id))
		}
	}
	return a
}

// Prompt is what a model reads to answer text.
func (a Asker) Prompt(text string) []int32 {
	if a.chats {
		return a.template.Prompt([]chat.Message{{Role: chat.User, Content: text}})
	}
	return a.tok.Encode([]byte(text + "\n"))
}

// Asked is the question in a Prompt.
func (a Asker) Asked(ids []int32) string {
	if a.chats {
		return a.template.Asked(ids)
	}
	return strings.TrimSuffix(string(a.tok.Decode(ids)), "\n")
}

// Reply is what a model says by the tokens that it wrote after a Prompt.
func (a Asker) Reply(ids []int32) string {
	if a.chats {
		return a.template.Reply(ids)
	}
	line, _, _ := strings.Cut(string(a.tok.Decode(ids)), "\n")
	return line
}

// Ended tells whether what was written came to an end by itself.
func (a Asker) Ended(ids []int32) bool {
	return len(ids) > 0 && slices.Contains(a.Stop, ids[len(ids)-1])
}

// Text is what tokens say as they stand, in whole characters.
func (a Asker) Text(ids []int32) string {
	return strings.ToValidUTF8(string(a.tok.Decode(ids)), "\uFFFD")
}

// EndsLine tells whether a token ends with a line's end.
func (a Asker) EndsLine(id int32) bool { return bytes.HasSuffix(a.tok.Piece(id), []byte("\n")) }
