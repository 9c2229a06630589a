// Package train is the training loop: a Run takes one step at a time, so that
// whoever drives it may pause, stop, sample or evaluate between two steps.
package train

import (
	"errors"
	"math"
	"time"

	"hornbook/model"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// ErrDiverged is returned by Step and Tell when the loss is infinite or not a
// number.
// The weights are then those of the last good step that was kept.
var ErrDiverged = errors.New("train: the loss is not a finite number")

// ErrTooShort is returned by New for a text with too few tokens.
var ErrTooShort = errors.New("train: the text is too short for the context")

// Run is one training run, the lead's replica of it. Share lets others help.
type Run struct {
	replica
	Training time.Duration // spent in steps
	Best     *Best         // nil unless the recipe has patience, and before the first evaluation
	Measured bool          // it was evaluated, at step 0 or later

	launch  Launch
	crew    Crew             // nil alone
	good    *tensor.Tensor   // trained weights at the latest step that was kept
	stale   int              // evaluations since the best
	writer  *model.Generator // of samples; nil before the first
	written int              // tokens that it has written for rounds
	gave    int              // steps for which lessons were given, the one under way included
	tally   tally            // of the steps since the last evaluation
	goOn    func() bool      // asked while lessons are made; nil: they are made whole
	by      string           // the device that takes the steps, or took the last; "" for none
	device  *device          // nil: the steps are taken where the model lies
	rolled  func(Round)      // told of each round; nil: nobody
	saved   time.Time        // when it was saved last
	saving  time.Duration    // that took
}

// keepEvery is the number of steps between copies of the weights, to which a
// diverged run goes back. At each it is seen whether the run has diverged, unless
// it was told before: a step does not wait for what its loss was.
const keepEvery = 16

// New prepares a run that trains a new model by r on d, on the CPU; one on
// another backend is made there and goes to On. r's Vocab must be set.
// Nothing large is allocated before the recipe is checked.
func New(r recipe.Recipe, d Data) (*Run, error) {
	run, err := On(nil, r, d)
	if err != nil {
		return nil, err
	}
	run.Model.Init(r.Init, r.Seed)
	run.keep()
	return run, nil
}

// On is New for a model that there is: m, whose shape r's must be, trains on
// as r says, in the memory of its own backend. Where r trains an adapter m must
// have it.
func On(m *model.GPT, r recipe.Recipe, d Data) (*Run, error) {
	p, err := newReplica(m, r, d)
	if err != nil {
		return nil, err
	}
	run := &Run{replica: p}
	run.saved = time.Now()
	run.join(group{})
	run.freeze()
	run.good = tensor.Zeros(run.Model.Backend, run.Model.Gradients.Len())
	run.keep()
	return run, nil
}

// Step trains on one batch. When a rank is lost meanwhile, the step is taken
// again with a rank less; Ranks tells. After ErrDiverged the run cannot go on.
func (r *Run) Step() error {
	begin := time.Now()
	err := r.attempt()
	for errors.Is(err, ErrRankLost) {
		r.shrink()
		err = r.attempt()
	}
	r.Training += time.Since(begin)
	if errors.Is(err, ErrDiverged) {
		r.Restore()
	}
	return err
}

// attempt takes a step, but none of it counts if a rank is lost meanwhile.
func (r *Run) attempt() error {
	if !r.give() {
		return errCutShort
	}
	if err := r.gradients(); err != nil {
		return err
	}
	if r.Done%keepEvery == 0 {
		if err := r.Tell(); err != nil {
			return err
		}
		r.keep()
	}
	if err := r.update(); err != nil {
		return err
	}
	if r.plan.rule != nil {
		r.tally.step(r.sums)
	}
	return nil
}

// errCutShort is why a step was not taken: it was stopped while its lessons were made.
var errCutShort = errors.New("train: stopped while the step was prepared")

// give gets the lessons of the next step ready, where it needs some. It reports false
// if that was cut short.
func (r *Run) give() (whole bool) {
	if !r.given() || r.gave > r.Done {
		return true
	}
	if lessons, whole := r.plan.give(r); !whole {
		return false
	} else if lessons != nil {
		r.lessons, r.heard = lessons, false
	}
	r.gave = r.Done + 1
	return true
}

// between asks whether to go on with the lessons that are made.
func (r *Run) between() bool { return r.goOn == nil || r.goOn() }

// Rate is AdamW's learning rate at the latest step.
func (r *Run) Rate() float64 {
	stage, _ := r.Recipe.Stage(max(0, r.Done-1))
	return stage.LearningRate * r.Fraction
}

// Questions are those that each Measurement has Replies to.
func (r *Run) Questions() []recipe.Question { return r.plan.questions }

// Tokens is the number of tokens trained on, Written of those that were written to
// learn from.
func (r *Run) Tokens() int  { return r.tokens }
func (r *Run) Written() int { return r.written }

// Whole tells whether the run can be left here and gone on with: not between two
// steps that learn from one round.
func (r *Run) Whole() bool {
	w := r.Recipe.Rewards
	return r.Recipe.Objective != recipe.GRPO || r.Done < w.WarmUp || (r.Done-w.WarmUp)%w.Updates == 0
}

// Finished tells whether all steps were taken, or more are of no use.
func (r *Run) Finished() bool { return r.Done >= r.Recipe.Steps || r.Exhausted() }

// Restore goes back to the weights that were last kept.
func (r *Run) Restore() { r.Model.Backend.Copy(r.Model.TrainedWeights(), r.good) }

// keep keeps the weights as they are, to be restored.
func (r *Run) keep() { r.Model.Backend.Copy(r.good, r.Model.TrainedWeights()) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
