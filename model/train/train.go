// Package train is the training loop: a Run takes one step at a time, so that
// whoever drives it may pause, stop, sample or evaluate between two steps.
package train

import (
	"errors"
	"math"
	"slices"
	"time"

	"hornbook/model/recipe"
)

// ErrDiverged is returned by Step when the loss is infinite or not a number.
// The weights are then those of the last good step that was kept.
var ErrDiverged = errors.New("train: the loss is not a finite number")

// ErrTooShort is returned by New for a text with too few tokens.
var ErrTooShort = errors.New("train: the text is too short for the context")

// Run is one training run, the lead's replica of it. Share lets others help.
type Run struct {
	replica
	Training time.Duration // spent in steps

	ids        []int32
	launch     Launch
	crew       Crew      // nil alone
	good       []float32 // weights at the latest step that was kept
	bytesToken float64
}

// keepEvery is the number of steps between copies of the weights, to which a
// diverged run goes back.
const keepEvery = 16

// New prepares a run of r on ids, the tokens of a text of bytes bytes. r's
// Vocab must be set. Nothing large is allocated before the recipe is checked.
func New(r recipe.Recipe, ids []int32, bytes int) (*Run, error) {
	p, err := newReplica(r, ids)
	if err != nil {
		return nil, err
	}
	run := &Run{replica: p, ids: ids, bytesToken: float64(bytes) / float64(len(ids))}
	run.Model.Init(r.Init, r.Seed)
	run.join(group{})
	run.good = slices.Clone(run.Model.Weights)
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
	if err := r.gradients(); err != nil {
		return err
	}
	if r.Done%keepEvery == 0 {
		copy(r.good, r.Model.Weights)
	}
	return r.update()
}

// Tokens is the number of tokens trained on.
func (r *Run) Tokens() int { return r.Done * r.Recipe.TokensPerStep() }

// Finished tells whether all steps were taken.
func (r *Run) Finished() bool { return r.Done >= r.Recipe.Steps }

// Restore goes back to the weights that were last kept.
func (r *Run) Restore() { copy(r.Model.Weights, r.good) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
