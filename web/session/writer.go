package session

import (
	"slices"
	"time"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// writer lets the open model say what it expects next, and write.
type writer struct {
	voice     *voice
	tok       tokenizer.Tokenizer // nil before there is a model
	model     *model.GPT
	ends      []int32    // the tokens that end its texts
	before    *model.GPT // as it was before it was trained further; nil if that is not known
	beside    *beside    // another model that was asked; nil: none yet
	load      func(id string) (checkpoint.Run, *protocol.Problem)
	predictor *model.Generator
	predict   *protocol.Predict // the newest that waits
	writing   *writing          // the Generate under way
}

// beside is a model of the shelf that is asked the same as the open one.
type beside struct {
	id    string
	model *model.GPT
	tok   tokenizer.Tokenizer
	ends  []int32
}

// take makes c's model the one that writes; what is being written by another ends.
func (w *writer) take(c *current) {
	w.end(true)
	w.tok, w.model, w.before, w.predictor, w.ends = c.Tokenizer, c.Model, c.before, model.NewGenerator(c.Model), c.Manner().Ends
}

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

// choices is the number of next tokens that a prediction names.
const choices = 10

func (w *writer) prediction(c *protocol.Predict) protocol.Event {
	if w.tok == nil {
		return &protocol.Problem{Code: protocol.NoModel}
	}
	probs := w.predictor.Probabilities(w.predictor.Prompt(tokenizer.EncodeWhole(w.tok, []byte(c.Prompt))))
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
	if problem := checkSampling(c); problem != nil {
		return problem
	}
	m, tok, ends, problem := w.by(c.By)
	if problem != nil {
		return problem
	}
	ids, stop, problem := prompt(c, m, tok, ends)
	if problem != nil {
		return problem
	}
	w.end(true)
	rule := model.Sampling{Temperature: c.Temperature, TopK: c.TopK, TopP: c.TopP, Seed: c.Seed}
	w.writing = &writing{ask: c, tok: tok, generator: model.NewGenerator(m), rule: rule, rng: rule.Rand(),
		ids: ids, stop: stop, begin: time.Now(), unknown: unknown(tok, said(c))}
	return nil
}

// by is the model that a Generate names, its tokenizer, and what ends its texts.
func (w *writer) by(id string) (*model.GPT, tokenizer.Tokenizer, []int32, *protocol.Problem) {
	switch {
	case w.tok == nil, id == protocol.Before && w.before == nil:
		return nil, nil, nil, &protocol.Problem{Code: protocol.NoModel}
	case id == "":
		return w.model, w.tok, w.ends, nil
	case id == protocol.Before:
		return w.before, w.tok, w.ends, nil
	case w.beside == nil || w.beside.id != id:
		kept, problem := w.load(id)
		if problem != nil {
			return nil, nil, nil, problem
		}
		w.beside = &beside{id, kept.Model, kept.Tokenizer, kept.Manner().Ends}
	}
	return w.beside.model, w.beside.tok, w.beside.ends, nil
}

// write adds one token to the writing under way.
func (w *writer) write() {
	x := w.writing
	if x.logits == nil {
		x.logits = x.generator.Prompt(x.ids)
	}
	id := x.generator.Pick(x.logits, x.rule, x.rng)
	x.ended = slices.Contains(x.stop, id)
	if x.ended && !x.ask.ShowEnd {
		w.end(false)
		return
	}
	likely := x.generator.Probabilities(x.logits)[id]
	x.untold = append(x.untold, protocol.Choice{Token: id, Text: x.text(id), Probability: float64(likely)})
	x.ids = append(x.ids, id)
	if x.written++; x.ended || x.written == x.ask.Tokens {
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
	w.voice.answer(x.ask.ID, &protocol.Generated{Tokens: x.written, Cancelled: cancelled, Ended: x.ended, Unknown: x.unknown,
		TokensPerSecond: float64(x.written) / max(1e-9, time.Since(x.begin).Seconds())})
}
