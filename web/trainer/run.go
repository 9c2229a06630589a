package trainer

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data"
	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// run is the training under way of the open model: a new text or tokenizer
// does not touch it.
type run struct {
	*train.Run
	tokens  int           // of its text
	texts   [][]byte      // that it needs to go on; nil once they are kept
	hashes  []string      // of them, once they are kept
	fresh   bool          // it has not been measured yet
	asked   int           // ranks, of the command; 0 for any
	ranks   int           // that the page has been told of
	saved   time.Time     // when it was saved last
	saving  time.Duration // that took
	unsaved protocol.Code // why the latest save failed, "" if it did not
	release func()        // lets others write the model; nil where it is not kept
}

const (
	stepEvery    = 100 * time.Millisecond // between two Step events
	curvePoints  = 300                    // of the loss of batches that the log keeps
	sampleTokens = 160
	maxMemory    = 1.5 * (1 << 30)
)

// train starts a new run. Whatever is wrong is found before the former run is
// let go.
func (s *Session) train(c *protocol.Train) {
	if s.busy() {
		s.fail(&protocol.Problem{Code: protocol.Busy, Got: s.state})
		return
	}
	before := s.state
	s.setState("preparing", "")
	next, r, problem := s.prepare(c)
	if problem != nil {
		s.fail(problem)
		s.setState(before, "")
		return
	}
	s.take(next, r)
	s.keepFirst()
	s.tellOpen()
	s.setState("training", "")
	s.tellFewer()
}

// tellFewer says so where fewer workers train than were asked for.
func (s *Session) tellFewer() {
	if r := s.run; r.asked > r.ranks {
		s.fail(&protocol.Problem{Code: protocol.RanksFewer, Key: "ranks", Got: strconv.Itoa(r.asked), Want: strconv.Itoa(r.ranks)})
	}
}

func (s *Session) prepare(c *protocol.Train) (*current, *run, *protocol.Problem) {
	if s.text.bytes == nil {
		return nil, nil, &protocol.Problem{Code: protocol.TextMissing}
	}
	if problem := wrongRanks(c.Ranks); problem != nil {
		return nil, nil, problem
	}
	begin := s.begin
	if c.Recipe.From != recipe.New {
		begin = s.tune
	}
	next, r, problem := begin(c.Recipe)
	if problem != nil {
		return nil, nil, problem
	}
	next.TextSHA256, next.TextBytes, next.Backend, next.Fused = sum(s.text.bytes), len(s.text.bytes), backend, kernel.Fused
	s.share(r, c.Ranks)
	r.fresh = true
	return next, r, nil
}

// begin prepares a new model.
func (s *Session) begin(r recipe.Recipe) (*current, *run, *protocol.Problem) {
	t := &s.text
	if problem := fits(r); problem != nil {
		return nil, nil, problem
	}
	kind, size := t.kind, t.size
	if problem := t.cut(s, r.Tokenizer, r.VocabSize); problem != nil {
		return nil, nil, problem
	}
	if kind != t.kind || size != t.size {
		s.tellTokenizer()
	}
	r.Model.Vocab = t.tok.Size()
	if problem := fits(r); problem != nil {
		return nil, nil, problem
	}
	if r.Objective != recipe.LM {
		return nil, nil, &protocol.Problem{Code: protocol.NoModel}
	}
	begun, err := train.New(r, corpus(t.ids, t.bytes))
	if err != nil {
		return nil, nil, unstarted(err, len(t.ids), r)
	}
	next := newCurrent(s.newID(), checkpoint.Run{Recipe: r, Tokenizer: t.tok, Model: begun.Model, Name: wording.Sample(t.name), Text: t.name}, nil)
	return next, &run{Run: begun, tokens: len(t.ids), texts: [][]byte{t.bytes}}, nil
}

// corpus is a text to learn from, and its ids.
func corpus(ids []int32, text []byte) train.Data {
	return train.Data{Text: data.Corpus{IDs: ids, Bytes: len(text)}}
}

// unstarted is why no run of r could begin on a text of tokens.
func unstarted(err error, tokens int, r recipe.Recipe) *protocol.Problem {
	if errors.Is(err, train.ErrTooShort) {
		return &protocol.Problem{Code: protocol.TextTooShort, Got: strconv.Itoa(tokens),
			Want: strconv.Itoa(data.MinTokens(r.Model.Context)), Detail: err.Error()}
	}
	return wrong(err)
}

// fits says what of r cannot be trained, or not in the memory that there is.
func fits(r recipe.Recipe) *protocol.Problem {
	if err := r.Check(); err != nil {
		return wrong(err)
	}
	if n := r.Bytes(); n > maxMemory {
		return &protocol.Problem{Code: protocol.OutOfMemory, Got: fmt.Sprintf("%.0f", n), Want: fmt.Sprintf("%.0f", maxMemory)}
	}
	return nil
}

// wrong is err as a problem: a recipe's number or, unexpected, anything else.
func wrong(err error) *protocol.Problem {
	var w *recipe.Wrong
	if errors.As(err, &w) {
		return &protocol.Problem{Code: protocol.RecipeWrong, Key: w.Key, Got: w.Got, Want: w.Want, Detail: err.Error()}
	}
	return &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
}

// step trains on one batch and tells what there is to tell. A run that was not
// measured before is measured first.
func (s *Session) step() {
	r := s.run
	switch {
	case r.fresh:
		r.fresh = false
		s.evaluate()
		return
	case r.Finished(): // paused while it was measured for the last time
		s.complete()
		return
	}
	err := r.Step()
	s.writing.restart()
	if err != nil {
		s.diverged(err)
		return
	}
	s.tellRanks()
	s.note()
	if time.Since(s.lastStep) >= stepEvery || r.Finished() {
		s.tellStep()
	}
	every := func(n int) bool { return n > 0 && (r.Done%n == 0 || r.Finished()) }
	if every(r.Recipe.EvalEvery) {
		s.evaluate()
	}
	if every(r.Recipe.SampleEvery) && s.state == "training" {
		s.sample()
	}
	if s.state != "training" {
		return
	}
	switch {
	case r.Finished():
		s.complete()
	case s.due():
		s.keep("training")
	}
}

// complete ends a run that has nothing more to do; the model is what it was at
// its best, if that was kept.
func (s *Session) complete() {
	why := protocol.Finished
	if s.run.Done < s.run.Recipe.Steps {
		why = protocol.StoppedEarly
	}
	s.takeBest()
	s.finish("done", why)
}

func (s *Session) takeBest() {
	s.run.TakeBest()
	if b := s.run.Best; b != nil {
		s.open.ValLoss = b.Loss
	}
	s.writing.restart()
}

// note puts the loss of the batch on the log's curve.
func (s *Session) note() {
	r := s.run
	if every := max(1, r.Recipe.Steps/curvePoints); r.Done%every == 0 && r.Tell() == nil {
		s.open.Log = append(s.open.Log, checkpoint.Entry{Step: r.Done, Loss: r.Loss})
	}
}

// diverged ends the run; the weights are the best or the last good ones.
func (s *Session) diverged(err error) {
	s.run.Restore()
	s.takeBest()
	s.fail(&protocol.Problem{Code: protocol.LossNaN, Got: strconv.Itoa(s.run.Done), Detail: err.Error()})
	s.finish("failed", protocol.LossNaN)
}

// finish ends the run; the model is what it is.
func (s *Session) finish(state string, why protocol.Code) {
	s.run.Close()
	s.setState(state, why)
	s.keep(state)
	s.endRun()
	s.tellShelf()
}

func (s *Session) tellStep() {
	r := s.run
	s.lastStep = time.Now()
	seconds := r.Training.Seconds()
	if r.Done == 0 || r.Tell() != nil {
		return
	}
	flops := r.Recipe.Model.FLOPsPerToken() * float64(r.Tokens())
	s.host.Emit(&protocol.Step{Step: r.Done, Steps: r.Recipe.Steps, Loss: r.Loss,
		LearningRate: r.Recipe.LearningRate * r.Fraction, GradNorm: r.GradNorm, Tokens: r.Tokens(), Seconds: seconds,
		TokensPerSecond: float64(r.Tokens()) / seconds,
		SecondsLeft:     seconds / float64(r.Done) * float64(r.Recipe.Steps-r.Done), FLOPs: flops,
		Ranks: r.ranks})
}

// evaluate measures the losses. Pause lets it end; Stop does not, and then
// nothing is told.
func (s *Session) evaluate() {
	r := s.run
	now, _ := r.Evaluate(s.between)
	switch {
	case !s.busy():
		return
	case !now.Measures.Finite():
		s.diverged(train.ErrDiverged)
		return
	}
	of := now.Measures.Value
	e := checkpoint.Entry{Step: now.Step, TrainLoss: of(recipe.TrainLoss), ValLoss: of(recipe.ValLoss), Bits: of(recipe.BitsPerByte),
		OldLoss: of(recipe.OldLoss), Best: now.Best, Tokens: now.Tokens, Seconds: now.Seconds}
	s.open.TrainLoss, s.open.ValLoss, s.open.Log = e.TrainLoss, e.ValLoss, append(s.open.Log, e)
	told := evalOf(e)
	told.Measures = now.Measures
	s.host.Emit(told)
}

// sample lets the model write a little, to show how far it is.
func (s *Session) sample() {
	r, c := s.run, s.open
	rule := model.Sampling{Temperature: 0.8, TopP: 0.95, Seed: r.Recipe.Seed}
	rng := rule.Rand()
	prompt := r.Opening()
	logits := c.sampler.Prompt(prompt)
	ids := slices.Clone(prompt)
	for range sampleTokens {
		id := c.sampler.Pick(logits, rule, rng)
		ids = append(ids, id)
		if !s.between() {
			return
		}
		logits = c.sampler.Next(id)
	}
	s.host.Emit(&protocol.Sample{Step: r.Done, Text: string(c.Tokenizer.Decode(ids))})
}
