package pairs

import (
	"slices"
	"strings"

	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/tokenizer"
)

// Fit says what became of pairs that were to be learned from.
type Fit struct {
	Kept    int // pairs
	Tokens  int // of both sides of those that are kept
	Long    int // left out: a side is longer than the context
	Same    int // left out: both sides are the same tokens
	Foreign int // left out: messages for a tokenizer without chat's tokens, or text of which it knows nothing
}

// Encode is list in tok's tokens: chosen[i] and rejected[i] begin with the same
// prompt, and end with the token that ends an answer or a text, if tok has one; a
// text may end with a line end of its own instead. If tok has chat's tokens, a pair
// of messages is a conversation, and one of text too if asks says that text is a
// question; else it is text that goes on. No side has more than context+1 tokens:
// none is cut.
func Encode(list []Pair, tok tokenizer.Tokenizer, asks bool, context int) (chosen, rejected []data.Sequence, fit Fit) {
	template, has := chat.Of(tok)
	for _, p := range list {
		e := encoder{tok, template, has && (asks || !p.Plain)}
		prompt, c, r := e.prompt(p), e.answer(p.Chosen), e.answer(p.Rejected)
		switch {
		case len(prompt) == 0 || len(c) == 0 || len(r) == 0:
			fit.Foreign++
		case len(prompt)+max(len(c), len(r)) > context+1:
			fit.Long++
		case slices.Equal(c, r):
			fit.Same++
		default:
			fit.Kept++
			fit.Tokens += 2*len(prompt) + len(c) + len(r)
			chosen = append(chosen, data.Sequence{IDs: slices.Concat(prompt, c), Prompt: len(prompt)})
			rejected = append(rejected, data.Sequence{IDs: slices.Concat(prompt, r), Prompt: len(prompt)})
		}
	}
	return chosen, rejected, fit
}

// encoder turns the parts of a pair into tokens.
type encoder struct {
	tok      tokenizer.Tokenizer
	template chat.Template
	chats    bool // by the template, whose tokens tok has
}

// prompt is what both answers follow; nothing if it cannot be said in tokens.
func (e encoder) prompt(p Pair) []int32 {
	switch {
	case e.chats:
		return e.template.Prompt(p.Prompt)
	case p.Plain:
		return e.tok.Encode([]byte(p.Prompt[0].Content))
	}
	return nil
}

// answer is what follows a prompt, its end included.
func (e encoder) answer(text string) []int32 {
	if e.chats {
		ids, _ := e.template.Encode([]chat.Message{{Role: chat.Assistant, Content: text}})
		return ids[1:] // the prompt says who speaks
	}
	ids := e.tok.Encode([]byte(text))
	if end, has := e.tok.Special(chat.EndOfText); has && !strings.HasSuffix(text, "\n") {
		ids = append(ids, end)
	}
	return ids
}
