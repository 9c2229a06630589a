package trainer

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// run is a training run with what it needs to write: a new text or tokenizer
// does not touch it.
type run struct {
	*train.Run
	tok       tokenizer.Tokenizer
	predictor *model.Generator
	sampler   *model.Generator
	prompt    []int32      // of the samples during training
	losses    train.Losses // of the latest evaluation
	asked     int          // ranks, of the command; 0 for any
	ranks     int          // that the page has been told of
}

const (
	stepEvery    = 100 * time.Millisecond // between two Step events
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
	next, problem := s.prepare(c)
	if problem != nil {
		s.fail(problem)
		s.setState(before, "")
		return
	}
	s.endWriting(true)
	s.run = next
	s.tellModel()
	s.setState("training", "")
	if s.run.asked > s.run.ranks {
		s.fail(&protocol.Problem{Code: protocol.RanksFewer, Key: "ranks", Got: strconv.Itoa(s.run.asked), Want: strconv.Itoa(s.run.ranks)})
	}
	s.evaluate()
}

func (s *Session) prepare(c *protocol.Train) (*run, *protocol.Problem) {
	r, t := c.Recipe, &s.text
	if t.bytes == nil {
		return nil, &protocol.Problem{Code: protocol.TextMissing}
	}
	if problem := cmp.Or(wrongRanks(c.Ranks), fits(r)); problem != nil {
		return nil, problem
	}
	kind, size := t.kind, t.size
	if problem := t.cut(s, r.Tokenizer, r.VocabSize); problem != nil {
		return nil, problem
	}
	if kind != t.kind || size != t.size {
		s.tellTokenizer()
	}
	r.Model.Vocab = t.tok.Size()
	if problem := fits(r); problem != nil {
		return nil, problem
	}
	started, err := train.New(r, t.ids, len(t.bytes))
	if errors.Is(err, train.ErrTooShort) {
		return nil, &protocol.Problem{Code: protocol.TextTooShort, Got: strconv.Itoa(len(t.ids)),
			Want: strconv.Itoa(data.MinTokens(r.Model.Context)), Detail: err.Error()}
	}
	if err != nil {
		return nil, wrong(err)
	}
	next := &run{Run: started, tok: t.tok, predictor: generator(started.Model), sampler: generator(started.Model), prompt: t.ids[:1]}
	s.share(next, c.Ranks)
	return next, nil
}

func generator(m *model.GPT) *model.Generator { return model.NewGenerator(m, cpu.New()) }

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

func (s *Session) tellModel() {
	r := s.run
	m := r.Recipe.Model
	trainIDs, valIDs := data.Split(s.text.ids, m.Context)
	s.host.Emit(&protocol.Model{Recipe: r.Recipe, Ranks: r.ranks, Parameters: m.Parameters(), Bytes: int(r.Recipe.BytesOn(r.ranks)),
		Text: s.text.name, TrainTokens: len(trainIDs), ValTokens: len(valIDs),
		FLOPsPerStep: m.FLOPsPerToken() * float64(r.Recipe.TokensPerStep())})
}

// step trains on one batch and tells what there is to tell.
func (s *Session) step() {
	r := s.run
	err := r.Step()
	s.writing.restart()
	if err != nil {
		s.diverged(err)
		return
	}
	s.tellRanks()
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
	if r.Finished() && s.state == "training" {
		s.setState("done", protocol.Finished)
	}
}

// diverged ends the run; the weights are the last good ones.
func (s *Session) diverged(err error) {
	s.run.Restore()
	s.fail(&protocol.Problem{Code: protocol.LossNaN, Got: strconv.Itoa(s.run.Done), Detail: err.Error()})
	s.setState("failed", protocol.LossNaN)
}

// Checkpoint is the run as it can be saved, false before there is one. It may
// be called after Serve has returned.
func (s *Session) Checkpoint() (checkpoint.Run, bool) {
	r := s.run
	if r == nil {
		return checkpoint.Run{}, false
	}
	return checkpoint.Run{Recipe: r.Recipe, Tokenizer: r.tok, Model: r.Model, Step: r.Done, Tokens: r.Tokens(),
		TrainLoss: r.losses.Train, ValLoss: r.losses.Val}, true
}

func (s *Session) tellStep() {
	r := s.run
	s.lastStep = time.Now()
	seconds := r.Training.Seconds()
	if r.Done == 0 {
		return
	}
	flops := r.Recipe.Model.FLOPsPerToken() * float64(r.Tokens())
	s.host.Emit(&protocol.Step{Step: r.Done, Steps: r.Recipe.Steps, Loss: r.Loss,
		LearningRate: r.Recipe.LearningRate * r.Fraction, GradNorm: r.GradNorm, Tokens: r.Tokens(), Seconds: seconds,
		TokensPerSecond: float64(r.Tokens()) / seconds,
		SecondsLeft:     seconds / float64(r.Done) * float64(r.Recipe.Steps-r.Done), FLOPs: flops,
		Ranks: r.ranks})
}

// evaluate measures both losses. Pause lets it end; Stop does not, and then
// nothing is told.
func (s *Session) evaluate() {
	r := s.run
	losses := r.Evaluate(s.between)
	switch {
	case !s.busy():
		return
	case math.IsNaN(losses.Train+losses.Val) || math.IsInf(losses.Train+losses.Val, 0):
		s.diverged(train.ErrDiverged)
		return
	}
	r.losses = losses
	e := &protocol.Eval{Step: r.Done, TrainLoss: losses.Train, ValLoss: losses.Val, BitsPerByte: losses.BitsPerByte,
		Tokens: r.Tokens(), Seconds: r.Training.Seconds()}
	if e.Seconds > 0 {
		e.TokensPerSecond = float64(e.Tokens) / e.Seconds
	}
	s.host.Emit(e)
}

// sample lets the model write a little, to show how far it is.
func (s *Session) sample() {
	r := s.run
	rule := model.Sampling{Temperature: 0.8, TopP: 0.95, Seed: r.Recipe.Seed}
	rng := rule.Rand()
	logits := r.sampler.Prompt(r.prompt)
	ids := slices.Clone(r.prompt)
	for range sampleTokens {
		id := r.sampler.Pick(logits, rule, rng)
		ids = append(ids, id)
		if !s.between() {
			return
		}
		logits = r.sampler.Next(id)
	}
	s.host.Emit(&protocol.Sample{Step: r.Done, Text: string(r.tok.Decode(ids))})
}
