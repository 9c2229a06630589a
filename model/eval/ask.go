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
	after    string // what follows a question, of one that does not chat
}

// NewAsker asks models of tok.
func NewAsker(tok tokenizer.Tokenizer) Asker {
	a := Asker{tok: tok, after: "\n"}
	if a.template, a.chats = chat.Of(tok); a.chats {
		a.Stop = a.template.Stop()
		return a
	}
	a.Stop = lineEnds(tok)
	return a
}

// GoOn lets models of tok go on from a beginning, whatever tokens tok has. A reply
// ends with its line, or with the token that ends a text.
func GoOn(tok tokenizer.Tokenizer) Asker {
	a := Asker{tok: tok, Stop: lineEnds(tok)}
	if end, has := tok.Special(chat.EndOfText); has {
		a.Stop = append(a.Stop, end)
	}
	return a
}

// lineEnds are the tokens that end a line.
func lineEnds(tok tokenizer.Tokenizer) (ids []int32) {
	for id := range tok.Size() {
		if strings.Contains(string(tok.Piece(int32(id))), "\n") {
			ids = append(ids, int32(id))
		}
	}
	return ids
}

// Prompt is what a model reads to answer text.
func (a Asker) Prompt(text string) []int32 {
	if a.chats {
		return a.template.Prompt([]chat.Message{{Role: chat.User, Content: text}})
	}
	return a.tok.Encode([]byte(text + a.after))
}

// Asked is the question in a Prompt.
func (a Asker) Asked(ids []int32) string {
	if a.chats {
		return a.template.Asked(ids)
	}
	return strings.TrimSuffix(string(a.tok.Decode(ids)), a.after)
}

// Reply is what a model says by the tokens that it wrote after a Prompt.
func (a Asker) Reply(ids []int32) string {
	if a.chats {
		return a.template.Reply(ids)
	}
	line, _, _ := strings.Cut(a.Text(ids), "\n")
	return line
}

// Text is a Reply to learn from: with the line end that ended it, if one did.
func (a Asker) Text(ids []int32) string {
	if a.chats {
		return a.template.Reply(ids)
	}
	if end, has := a.tok.Special(chat.EndOfText); has && len(ids) > 0 && ids[len(ids)-1] == end {
		ids = ids[:len(ids)-1]
	}
	return string(a.tok.Decode(ids))
}

// Ended tells whether what was written came to an end by itself.
func (a Asker) Ended(ids []int32) bool {
	return len(ids) > 0 && slices.Contains(a.Stop, ids[len(ids)-1])
}

// Plain is what tokens say as they stand, in whole characters.
func (a Asker) Plain(ids []int32) string {
	return strings.ToValidUTF8(string(a.tok.Decode(ids)), "\uFFFD")
}

// EndsLine tells whether a token ends with a line's end.
func (a Asker) EndsLine(id int32) bool { return bytes.HasSuffix(a.tok.Piece(id), []byte("\n")) }
