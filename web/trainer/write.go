package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
	"unicode/utf8"

	"hornbook/model"
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
	untold    []protocol.Choice // written since the last Writing event
	logits    []float32         // of the next token; nil: read ids again first
	begin     time.Time
	unknown   []string
}

// restart makes a writing read its ids again, by the weights as they are now.
func (w *writing) restart() {
	if w != nil {
		w.logits = nil
	}
}

const maxWriting = 100000

// choices is the number of next tokens that a prediction names.
const choices = 10

func (s *Session) answerPredict(c *protocol.Predict) {
	o := s.open
	if o == nil {
		s.fail(&protocol.Problem{Code: protocol.NoModel, ID: c.ID})
		return
	}
	probs := o.predictor.Probabilities(o.predictor.Prompt(o.Tokenizer.Encode([]byte(c.Prompt))))
	answer := &protocol.Prediction{ID: c.ID, Choices: []protocol.Choice{}, Unknown: unknown(o.Tokenizer, c.Prompt)}
	for _, id := range likeliest(probs, choices) {
		answer.Choices = append(answer.Choices, protocol.Choice{Token: id, Text: show(o.Tokenizer, id), Probability: float64(probs[id])})
	}
	s.host.Emit(answer)
}

// likeliest returns the n ids of the largest probabilities, largest first.
func likeliest(probs []float32, n int) []int32 {
	order := make([]int32, len(probs))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case probs[a] > probs[b]:
			return -1
		case probs[a] < probs[b]:
			return 1
		}
		return 0
	})
	return order[:min(n, len(order))]
}

func (s *Session) generate(c *protocol.Generate) {
	o := s.open
	if o == nil || c.Before && o.before == nil {
		s.fail(&protocol.Problem{Code: protocol.NoModel, ID: c.ID})
		return
	}
	if problem := checkSampling(c); problem != nil {
		s.fail(problem)
		return
	}
	s.endWriting(true)
	rule := model.Sampling{Temperature: c.Temperature, TopK: c.TopK, TopP: c.TopP, Seed: c.Seed}
	m := o.Model
	if c.Before {
		m = o.before
	}
	s.writing = &writing{ask: c, tok: o.Tokenizer, generator: generator(m), rule: rule, rng: rule.Rand(),
		ids: o.Tokenizer.Encode([]byte(c.Prompt)), begin: time.Now(), unknown: unknown(o.Tokenizer, c.Prompt)}
}

func checkSampling(c *protocol.Generate) *protocol.Problem {
	wrong := func(key string, got any, want string) *protocol.Problem {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: fmt.Sprint(got), Want: want, ID: c.ID}
	}
	switch {
	case c.Tokens < 1 || c.Tokens > maxWriting:
		return wrong("tokens", c.Tokens, fmt.Sprintf("from 1 to %d", maxWriting))
	case math.IsNaN(c.Temperature) || c.Temperature < 0 || c.Temperature > 10:
		return wrong("temperature", c.Temperature, "from 0 to 10")
	case c.TopK < 0:
		return wrong("top_k", c.TopK, "0 or more")
	case math.IsNaN(c.TopP) || c.TopP < 0 || c.TopP > 1:
		return wrong("top_p", c.TopP, "from 0 to 1")
	}
	return nil
}

// write adds one token to the writing under way.
func (s *Session) write() {
	w := s.writing
	if w.logits == nil {
		w.logits = w.generator.Prompt(w.ids)
	}
	id := w.generator.Pick(w.logits, w.rule, w.rng)
	likely := w.generator.Probabilities(w.logits)[id]
	w.untold = append(w.untold, protocol.Choice{Token: id, Text: w.text(id), Probability: float64(likely)})
	w.ids = append(w.ids, id)
	if w.written++; w.written == w.ask.Tokens {
		s.endWriting(false)
		return
	}
	w.logits = w.generator.Next(id)
}

// tellWriting sends what was written since it was last called.
func (s *Session) tellWriting() {
	if w := s.writing; w != nil && len(w.untold) > 0 {
		s.host.Emit(&protocol.Writing{ID: w.ask.ID, Tokens: w.untold})
		w.untold = nil
	}
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

func (s *Session) cancel(c *protocol.Cancel) {
	if s.writing != nil && s.writing.ask.ID == c.ID {
		s.endWriting(true)
	}
}

func (s *Session) endWriting(cancelled bool) {
	w := s.writing
	if w == nil {
		return
	}
	s.tellWriting()
	s.writing = nil
	s.host.Emit(&protocol.Generated{ID: w.ask.ID, Tokens: w.written, Cancelled: cancelled, Unknown: w.unknown,
		TokensPerSecond: float64(w.written) / max(1e-9, time.Since(w.begin).Seconds())})
}
