package train

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// State is what a run must keep besides its recipe, texts and weights to go on
// to the same bits, with as many ranks.
type State struct {
	Done     int
	Tokens   int  // learned from
	Written  int  // written to learn from
	Measured bool // it was evaluated
	Training time.Duration
	Moments  []*tensor.Tensor // the optimizer's, by parameter and name
	Best     *Best
	Stale    int       // evaluations since the best
	Frozen   []float32 // what trains as it was when the run began to be compared with it; nil for none
	Tally    []float64 // of the steps since the last evaluation; nil for none
}

// State is the run's after its latest step; Moments and Best are its own
// memory, valid until the next.
func (r *Run) State() State {
	if d := r.device; d != nil {
		return d.state(r)
	}
	s := State{Done: r.Done, Tokens: r.tokens, Written: r.written, Measured: r.Measured, Training: r.Training, Best: r.Best, Stale: r.stale,
		Tally: r.tally.numbers()}
	if r.Recipe.Objective != recipe.Distill {
		s.Frozen = r.data.Frozen
	}
	if r.group.board == nil {
		s.Moments = r.optimizer.Moments()
		return s
	}
	all, err := r.group.ask()
	if errors.Is(err, ErrRankLost) {
		r.shrink()
		return r.State()
	}
	s.Moments = r.optimizer.Moments()
	for i, shard := range r.group.shards[1:] {
		o := r.optimize(shard.params, nil)
		o.SetFlat(all[i+1][0], all[i+1][1])
		s.Moments = append(s.Moments, o.Moments()...)
	}
	return s
}

// Resume makes a run that has taken no step, and that nobody shares yet, go on
// from s. Its model must have the weights of then. After no step there need be
// no moments.
func (r *Run) Resume(s State) error {
	r.Measured = s.Measured
	if s.Done == 0 {
		r.Best, r.stale = s.Best, s.Stale
		return nil
	}
	if s.Best != nil && len(s.Best.Weights) != r.Model.Gradients.Len() {
		return fmt.Errorf("train: the best weights are %d, but %d train", len(s.Best.Weights), r.Model.Gradients.Len())
	}
	if s.Frozen != nil && len(s.Frozen) != r.Model.Gradients.Len() {
		return fmt.Errorf("train: the weights to be compared with are %d, but %d train", len(s.Frozen), r.Model.Gradients.Len())
	}
	r.Done, r.gave, r.tokens, r.written, r.Training, r.Best, r.stale = s.Done, s.Done, s.Tokens, s.Written, s.Training, s.Best, s.Stale
	r.tally.set(s.Tally)
	r.optimizer = r.optimize(r.Model.Trained, nil)
	byName := map[string]*tensor.Tensor{}
	for _, m := range s.Moments {
		byName[m.Name] = m
	}
	for _, m := range r.optimizer.Moments() {
		from, there := byName[m.Name]
		if !there || !slices.Equal(from.Dims, m.Dims) {
			return fmt.Errorf("train: the optimizer's %s is missing, or of another shape than %v", m.Name, m.Dims)
		}
		m.Upload(from.Numbers())
	}
	if r.Recipe.Objective != recipe.Distill {
		r.data.Frozen = s.Frozen
		r.freeze()
	}
	r.keep()
	return nil
}
