package trainer

import (
	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/web/protocol"
)

// current is the model that is open: it writes, and can be trained further.
type current struct {
	checkpoint.Run            // as a save holds it
	id             string     // on the shelf, or of the host's models; "" if it is not kept
	before         *model.GPT // as it was before it was trained further; nil if that is not known
	predictor      *model.Generator
	sampler        *model.Generator
}

func newCurrent(id string, kept checkpoint.Run, before *model.GPT) *current {
	return &current{Run: kept, id: id, before: before, predictor: generator(kept.Model), sampler: generator(kept.Model)}
}

func generator(m *model.GPT) *model.Generator { return model.NewGenerator(m) }

// use makes next the open model, and r, or nil, its run.
func (s *Session) use(next *current, r *run) {
	s.take(next, r)
	s.tellOpen()
}

// take lets the former model go, and its run.
func (s *Session) take(next *current, r *run) {
	s.endWriting(true)
	s.endRun()
	s.open, s.run = next, r
}

// tellOpen tells what there is to tell of the open model.
func (s *Session) tellOpen() {
	s.tellModel()
	s.tellAdapter()
	s.tellFit()
}

// tellModel describes the open model.
func (s *Session) tellModel() {
	c := s.open
	m := c.Recipe.Model
	told := &protocol.Model{ID: c.id, Name: c.Name, Old: c.Old, Before: c.before != nil, Tokenizer: string(c.Tokenizer.Kind()),
		Recipe: c.Recipe, Parameters: c.Model.Weights.Len(), Bytes: 4 * c.Model.Weights.Len(), Text: c.Text,
		FLOPsPerStep: m.FLOPsPerToken() * float64(c.Recipe.TokensPerStep())}
	if c.From != nil {
		told.From = c.From.Name
	}
	if r := s.run; r != nil {
		learned := data.Learned(r.tokens, m.Context)
		told.Trained, told.Ranks, told.Bytes = c.Recipe.Trained(), r.ranks, int(c.Recipe.BytesOn(r.ranks))
		told.TrainTokens, told.ValTokens = learned, r.tokens-learned
	}
	s.host.Emit(told)
}

// tellHistory tells what was measured of the open model before.
func (s *Session) tellHistory() {
	h := &protocol.History{Steps: []int{}, Losses: []float64{}, Evals: []protocol.Eval{}}
	for _, e := range s.open.Log {
		if e.Loss > 0 {
			h.Steps, h.Losses = append(h.Steps, e.Step), append(h.Losses, e.Loss)
			continue
		}
		h.Evals = append(h.Evals, *evalOf(e))
	}
	s.host.Emit(h)
}

// evalOf is an evaluation as the page is told of it.
func evalOf(e checkpoint.Entry) *protocol.Eval {
	told := &protocol.Eval{Step: e.Step, TrainLoss: e.TrainLoss, ValLoss: e.ValLoss, BitsPerByte: e.Bits,
		Tokens: e.Tokens, Seconds: e.Seconds, OldLoss: e.OldLoss, Best: e.Best}
	if e.Seconds > 0 {
		told.TokensPerSecond = float64(e.Tokens) / e.Seconds
	}
	return told
}

// adapt lets the open model compute with its adapter, or without.
func (s *Session) adapt(c *protocol.Adapt) {
	if s.open == nil {
		s.fail(&protocol.Problem{Code: protocol.NoModel})
		return
	}
	if _, has := s.open.Model.Adapter(); !has {
		s.fail(&protocol.Problem{Code: protocol.AdapterNone})
		return
	}
	if s.busy() {
		s.fail(&protocol.Problem{Code: protocol.Busy, Got: s.state})
		return
	}
	s.open.Model.UseAdapter(c.On)
	s.writing.restart()
	s.tellAdapter()
}

func (s *Session) tellAdapter() {
	_, has := s.open.Model.Adapter()
	s.host.Emit(&protocol.Adapted{Has: has, On: has && s.open.Model.Adapting()})
}
