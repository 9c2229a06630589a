package session

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
	"unicode/utf8"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// writer lets the open model say what it expects next, and write.
type writer struct {
	voice     *voice
	tok       tokenizer.Tokenizer // nil before there is a model
	model     *model.GPT
	before    *model.GPT // as it was before it was trained further; nil if that is not known
	predictor *model.Generator
	predict   *protocol.Predict // the newest that waits
	writing   *writing          // the Generate under way
}

// take makes m the model that writes; what is being written by another ends.
func (w *writer) take(tok tokenizer.Tokenizer, m, before *model.GPT) {
	w.end(true)
	w.tok, w.model, w.before, w.predictor = tok, m, before, generator(m)
}

func generator(m *model.GPT) *model.Generator { return model.NewGenerator(m, cpu.New()) }

// restart makes the writing under way read its ids again, by the weights as
// they are now.
func (w *writer) restart() {
	if w.writing != nil {
		w.writing.logits = nil
	}
}

// ask lets a request wait, in the place of an older one.
func (w *writer) ask(c *protocol.Predict) { w.predict = c }

// asked tells whether there is something to answer.
func (w *writer) asked() bool { return w.predict != nil || w.writing != nil }

// answer predicts what is asked, if something is, and writes for a time.
func (w *writer) answer(stretch time.Duration) {
	if c := w.predict; c != nil {
		w.predict = nil
		w.voice.answer(c.ID, w.prediction(c))
	}
	for begin := time.Now(); w.writing != nil && time.Since(begin) < stretch; {
		w.write()
	}
	w.tell()
}

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

const maxWriting = 100000

// choices is the number of next tokens that a prediction names.
const choices = 10

func (w *writer) prediction(c *protocol.Predict) protocol.Event {
	if w.tok == nil {
		return &protocol.Problem{Code: protocol.NoModel}
	}
	probs := w.predictor.Probabilities(w.predictor.Prompt(w.tok.Encode([]byte(c.Prompt))))
	answer := &protocol.Prediction{Choices: []protocol.Choice{}, Unknown: unknown(w.tok, c.Prompt)}
	for _, id := range likeliest(probs, choices) {
		answer.Choices = append(answer.Choices, protocol.Choice{Token: id, Text: show(w.tok, id), Probability: float64(probs[id])})
	}
	return answer
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

// generate begins to write; what is being written ends.
func (w *writer) generate(c *protocol.Generate) *protocol.Problem {
	if w.tok == nil || c.Before && w.before == nil {
		return &protocol.Problem{Code: protocol.NoModel}
	}
	if problem := checkSampling(c); problem != nil {
		return problem
	}
	w.end(true)
	rule := model.Sampling{Temperature: c.Temperature, TopK: c.TopK, TopP: c.TopP, Seed: c.Seed}
	m := w.model
	if c.Before {
		m = w.before
	}
	w.writing = &writing{ask: c, tok: w.tok, generator: generator(m), rule: rule, rng: rule.Rand(),
		ids: w.tok.Encode([]byte(c.Prompt)), begin: time.Now(), unknown: unknown(w.tok, c.Prompt)}
	return nil
}

func checkSampling(c *protocol.Generate) *protocol.Problem {
	wrong := func(key string, got any, want string) *protocol.Problem {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: key, Got: fmt.Sprint(got), Want: want}
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
func (w *writer) write() {
	x := w.writing
	if x.logits == nil {
		x.logits = x.generator.Prompt(x.ids)
	}
	id := x.generator.Pick(x.logits, x.rule, x.rng)
	likely := x.generator.Probabilities(x.logits)[id]
	x.untold = append(x.untold, protocol.Choice{Token: id, Text: x.text(id), Probability: float64(likely)})
	x.ids = append(x.ids, id)
	if x.written++; x.written == x.ask.Tokens {
		w.end(false)
		return
	}
	x.logits = x.generator.Next(id)
}

// tell sends what was written since it was last called.
func (w *writer) tell() {
	if x := w.writing; x != nil && len(x.untold) > 0 {
		w.voice.answer(x.ask.ID, &protocol.Writing{Tokens: x.untold})
		x.untold = nil
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

// cancel ends the writing under way if it has this id.
func (w *writer) cancel(id int) {
	if w.writing != nil && w.writing.ask.ID == id {
		w.end(true)
	}
}

// end ends the writing under way, if there is one.
func (w *writer) end(cancelled bool) {
	x := w.writing
	if x == nil {
		return
	}
	w.tell()
	w.writing = nil
	w.voice.answer(x.ask.ID, &protocol.Generated{Tokens: x.written, Cancelled: cancelled, Unknown: x.unknown,
		TokensPerSecond: float64(x.written) / max(1e-9, time.Since(x.begin).Seconds())})
}
