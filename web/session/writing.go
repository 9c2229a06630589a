package session

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
	"unicode/utf8"

	"hornbook/model"
	"hornbook/model/data/chat"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// writing is a Generate under way. It keeps all ids, since a training step
// makes what the generator has read stale.
type writing struct {
	ask       *protocol.Generate
	tok       tokenizer.Tokenizer
	generator *model.Generator
	rule      model.Sampling
	rng       *rand.Rand
	ids       []int32 // prompt and what was written
	held      []byte  // the beginning of a character that is not whole yet
	written   int
	ended     bool              // the last token drawn is one that ends
	stop      []int32           // tokens that end it; nil for none
	untold    []protocol.Choice // written since the last Writing event
	logits    []float32         // of the next token; nil: read ids again first
	begin     time.Time
	unknown   []string
}

const maxWriting = 100000

// said is what a person has written of what c asks to go on from.
func said(c *protocol.Generate) string {
	if n := len(c.Messages); n > 0 {
		return c.Messages[n-1].Content
	}
	return c.Prompt
}

// prompt is what m is to go on from as c asks, and the tokens that end what it
// writes: those that end its texts, or an answer.
func prompt(c *protocol.Generate, m *model.GPT, tok tokenizer.Tokenizer, ends []int32) (ids, stop []int32, problem *protocol.Problem) {
	if len(c.Messages) == 0 {
		return tokenizer.EncodeWhole(tok, []byte(c.Prompt)), ends, nil
	}
	template, has := chat.Of(tok)
	if !has || m.Vocab < tok.Size() { // as it was before it was given the template's tokens
		return nil, nil, &protocol.Problem{Code: protocol.ChatNone}
	}
	var said []chat.Message
	for _, m := range c.Messages {
		one := chat.Message{Role: m.Role, Content: m.Content}
		if m.Role == chat.Assistant {
			one = chat.Answered(m.Content)
		}
		said = append(said, one)
	}
	answered := append(slices.Clone(said), chat.Message{Role: chat.Assistant, Content: "…"})
	if wrong := chat.Check(answered); wrong != "" {
		return nil, nil, &protocol.Problem{Code: protocol.BadMessage, Detail: wrong}
	}
	ids, _ = template.Within(said, m.Context/2)
	return ids, template.Stop(), nil
}

func checkSampling(c *protocol.Generate) *protocol.Problem {
	wrong := func(key string, got any, want string) *protocol.Problem {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: fmt.Sprint(got), Want: want}
	}
	switch {
	case c.Tokens < 1 || c.Tokens > maxWriting:
		return wrong("tokens", c.Tokens, fmt.Sprintf("between 1 %d", maxWriting))
	case math.IsNaN(c.Temperature) || c.Temperature < 0 || c.Temperature > 10:
		return wrong("temperature", c.Temperature, "between 0 10")
	case c.TopK < 0:
		return wrong("top_k", c.TopK, "at_least 0")
	case math.IsNaN(c.TopP) || c.TopP < 0 || c.TopP > 1:
		return wrong("top_p", c.TopP, "between 0 1")
	}
	return nil
}

// text is what token id adds to the writing: whole characters only. What is
// left of a broken one becomes U+FFFD; at the last token nothing is held back.
func (w *writing) text(id int32) string {
	w.held = append(w.held, w.tok.Piece(id)...)
	last := w.written+1 == w.ask.Tokens
	var out []rune
	for len(w.held) > 0 && (last || utf8.FullRune(w.held)) {
		r, n := utf8.DecodeRune(w.held)
		out = append(out, r)
		w.held = w.held[n:]
	}
	return string(out)
}
