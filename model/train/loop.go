package train

import (
	"errors"
	"slices"
	"time"

	"hornbook/model"
	"hornbook/model/recipe"
)

// Wish is what whoever drives a run wants of it. The loop reads it between two
// steps, two batches of an evaluation and two tokens of a sample.
type Wish int

// The wishes.
const (
	GoOn Wish = iota
	Hold      // return after the step under way and what is measured after it
	Stop      // return at once; the run is over
)

// Outcome is why a Loop returned.
type Outcome int

// The outcomes. After Held the run may be looped again; the others end it.
const (
	Held      Outcome = iota
	Stopped           // by the wish
	Finished          // all steps were taken
	Exhausted         // the validation loss has not fallen for as long as the recipe has patience
	Diverged          // with an error
)

// Hooks are what a run's surroundings want to be told and asked; nil ones are
// left out. They are called from within Loop, one at a time.
type Hooks struct {
	Wish     func() Wish
	Stepped  func()                   // after each step
	Measured func(recipe.Measurement) // before the first step, at each evaluation, after the last step
	Sampled  func(ids []int32)        // the model's writing, its prompt first
	Rolled   func(Round)              // the replies that the next step learns from
	Save     func()                   // when it is time to keep the run as it is
}

// Loop trains until the run is over or is wished to hold: it takes steps, and
// measures, samples and saves when the recipe or the time says so. On
// Finished and Exhausted the weights are the best, if the recipe has patience;
// on an error they are those or the last good ones.
func (r *Run) Loop(h Hooks) (Outcome, error) {
	r.goOn, r.rolled = func() bool { return h.wish() != Stop }, h.Rolled
	for {
		if !r.Measured {
			if stopped, err := r.safely(h, r.look); stopped || err != nil {
				return r.over(err)
			}
			continue
		}
		wish := h.wish()
		if ends := r.Whole() && (wish != GoOn || r.Finished()); ends && !r.settle() {
			continue
		}
		switch {
		case !r.Whole():
		case wish == Stop:
			r.leave()
			return Stopped, nil
		case r.Finished():
			r.leave()
			r.TakeBest()
			if r.Done < r.Recipe.Steps {
				return Exhausted, nil
			}
			return Finished, nil
		case wish == Hold:
			return Held, nil
		}
		if stopped, err := r.safely(h, r.turn); stopped || err != nil {
			return r.over(err)
		}
	}
}

// over is how a loop ends that was stopped in the middle or has diverged.
func (r *Run) over(err error) (Outcome, error) {
	r.safely(Hooks{}, func(Hooks) (bool, error) {
		if err != nil {
			r.Restore()
		}
		return false, nil
	})
	if r.device != nil && !r.Whole() { // the round begins anew if the run goes on
		r.back(r.device.at)
	}
	r.settle()
	r.leave()
	if err == nil {
		return Stopped, nil
	}
	r.TakeBest()
	return Diverged, err
}

// turn takes a step and does what is due after it. It reports whether that was
// stopped.
func (r *Run) turn(h Hooks) (stopped bool, err error) {
	both, on := r.prepare(), r.device
	if err := r.Step(); errors.Is(err, errCutShort) {
		return true, nil
	} else if err != nil {
		return false, err
	}
	if both {
		if err := r.checkStep(); err != nil || r.device != on {
			return false, err
		}
	}
	if h.Stepped != nil {
		h.Stepped()
	}
	if r.told {
		if err := r.Tell(); err != nil {
			return false, err
		}
	}
	if r.every(r.Recipe.EvalEvery) || r.Recipe.WarmedUp(r.Done) {
		if stopped, err := r.look(h); stopped || err != nil {
			return stopped, err
		}
	}
	if r.every(r.Recipe.SampleEvery) && h.Sampled != nil && h.wish() == GoOn && !r.sample(h) {
		return h.wish() == Stop, nil
	}
	if h.Save != nil && !r.Finished() && r.Whole() && r.due() {
		if err := r.Tell(); err != nil {
			return false, err
		}
		r.sync()
		begin := time.Now()
		h.Save()
		r.saved, r.saving = time.Now(), time.Since(begin)
	}
	return false, nil
}

// every tells whether something that comes each n steps, and at the end, is due.
func (r *Run) every(n int) bool { return n > 0 && (r.Done%n == 0 || r.Finished()) }

// look measures the run and tells. It reports whether that was stopped.
func (r *Run) look(h Hooks) (stopped bool, err error) {
	m, whole := r.Evaluate(func() bool { return h.wish() != Stop })
	switch {
	case !whole:
		return true, nil
	case !m.Measures.Finite():
		return false, ErrDiverged
	}
	r.sync()
	r.Measured = true
	if h.Measured != nil {
		h.Measured(m)
	}
	return false, nil
}

// Opening is what a sample of the run's writing begins with.
func (r *Run) Opening() []int32 { return slices.Clone(r.plan.prompt) }

// sampleTokens is the length of a sample that does not end before.
const sampleTokens = 160

// sample lets the model write a little, to show how far it is. It reports
// false if it was not wished to end.
func (r *Run) sample(h Hooks) bool {
	if r.writer == nil {
		r.writer = model.NewGenerator(r.Model)
	}
	rule := model.Sampling{Temperature: 0.8, TopP: 0.95, Seed: r.Recipe.Seed}
	rng := rule.Rand()
	ids := r.Opening()
	logits := r.writer.Prompt(ids)
	for range sampleTokens {
		id := r.writer.Pick(logits, rule, rng)
		ids = append(ids, id)
		if slices.Contains(r.plan.stop, id) {
			break
		}
		if h.wish() != GoOn {
			return false
		}
		logits = r.writer.Next(id)
	}
	h.Sampled(ids)
	return true
}

// A run is saved each time that it has trained an eighth longer, but not more
// often than every second nor more rarely than every saveEvery, and saving takes
// at most one part in saveRest of the time.
const (
	saveEvery = 15 * time.Second
	saveRest  = 30
)

// due tells whether it is time to save the run.
func (r *Run) due() bool {
	rest := min(max(r.Training/8, time.Second), saveEvery)
	return time.Since(r.saved) >= max(rest, saveRest*r.saving)
}

func (h Hooks) wish() Wish {
	if h.Wish == nil {
		return GoOn
	}
	return h.Wish()
}
