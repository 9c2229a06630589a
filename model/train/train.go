// Package train is the training loop: a Run takes one step at a time, so that
// whoever drives it may pause, stop, sample or evaluate between two steps.
package train

import (
	"errors"
	"fmt"
	"math"
	"time"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/eval"
	"hornbook/model/optim"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// ErrDiverged is returned by Step when the loss is infinite or not a number.
// The weights are then those of the last good step that was kept.
var ErrDiverged = errors.New("train: the loss is not a finite number")

// ErrTooShort is returned by New for a text with too few tokens.
var ErrTooShort = errors.New("train: the text is too short for the context")

// Run is one training run.
type Run struct {
	Recipe   recipe.Recipe
	Model    *model.GPT
	Done     int           // steps taken
	Loss     float64       // of the latest batch, nats a token
	GradNorm float64       // before clipping
	Fraction float64       // of the peak learning rate, at the latest step
	Training time.Duration // spent in steps

	tape       *tensor.Tape
	optimizer  *optim.Optimizer
	batches    *data.Sampler
	trainEval  *data.Sampler
	valEval    *data.Sampler
	good       []float32 // weights at the latest step that was kept
	bytesToken float64
}

// keepEvery is the number of steps between copies of the weights, to which a
// diverged run goes back.
const keepEvery = 16

// New prepares a run of r on ids, the tokens of a text of bytes bytes. r's
// Vocab must be set. Nothing large is allocated before the recipe is checked.
func New(r recipe.Recipe, ids []int32, bytes int) (*Run, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	c := r.Model
	if need := data.MinTokens(c.Context); len(ids) < need {
		return nil, fmt.Errorf("%w: it has %d tokens, %d are needed", ErrTooShort, len(ids), need)
	}
	run := &Run{Recipe: r, Model: model.New(c), bytesToken: float64(bytes) / float64(len(ids))}
	run.Model.Init(r.Init, r.Seed)
	run.tape = tensor.NewTape(cpu.New())
	run.optimizer = optim.New(r, run.Model.Parameters)
	train, val := data.Split(ids, c.Context)
	run.batches = data.NewSampler(train, r.Batch, c.Context, r.Seed)
	run.trainEval = data.NewSampler(train, r.Batch, c.Context, 0)
	run.valEval = data.NewSampler(val, r.Batch, c.Context, 0)
	run.good = make([]float32, c.Parameters())
	run.keep()
	return run, nil
}

// Step trains on one batch. After ErrDiverged the run cannot go on.
func (r *Run) Step() error {
	begin := time.Now()
	defer func() { r.Training += time.Since(begin) }()
	r.batches.Next()
	r.Loss = r.gradient()
	r.GradNorm = optim.Norm(r.Model.Parameters)
	if !finite(r.Loss) || !finite(r.GradNorm) {
		r.Restore()
		return ErrDiverged
	}
	if r.Done%keepEvery == 0 {
		r.keep()
	}
	optim.Clip(r.Model.Parameters, r.GradNorm, r.Recipe.Clip)
	r.Fraction = r.optimizer.Step()
	r.Done++
	return nil
}

// gradient computes the loss of the batch and the gradients of all weights.
func (r *Run) gradient() float64 {
	r.Model.ZeroGrad()
	r.tape.Reset(true)
	loss := r.Model.Loss(r.tape, r.batches.X, r.batches.Y, r.Recipe.Batch)
	r.tape.Backward(loss)
	return float64(loss.Data[0])
}

// Tokens is the number of tokens trained on.
func (r *Run) Tokens() int { return r.Done * r.Recipe.TokensPerStep() }

// Finished tells whether all steps were taken.
func (r *Run) Finished() bool { return r.Done >= r.Recipe.Steps }

// Losses of one evaluation, in nats a token and bits a byte.
type Losses struct{ Train, Val, BitsPerByte float64 }

// evalSeed fixes the places of every evaluation, so that they can be compared.
const evalSeed = 2024

// Evaluate measures the model on the same random places of both parts each
// time; at the last step on more of them. between, unless nil, is called after
// each batch; when it reports false, the rest is left out and the losses are
// not comparable.
func (r *Run) Evaluate(between func() bool) Losses {
	n := r.Recipe.EvalBatches
	if r.Finished() {
		n = r.Recipe.LastEvalBatches
	}
	l := Losses{
		Train: eval.Loss(r.Model, r.tape, r.trainEval, r.Recipe.Batch, n, evalSeed, between),
		Val:   eval.Loss(r.Model, r.tape, r.valEval, r.Recipe.Batch, n, evalSeed, between),
	}
	l.BitsPerByte = eval.BitsPerByte(l.Val, r.bytesToken)
	return l
}

func (r *Run) keep() {
	at := 0
	for _, p := range r.Model.Parameters {
		at += copy(r.good[at:], p.Data)
	}
}

// Restore goes back to the weights that were last kept.
func (r *Run) Restore() {
	at := 0
	for _, p := range r.Model.Parameters {
		at += copy(p.Data, r.good[at:])
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
