package train

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// A device may take a run's steps, such as a graphics card, which can fail. The processor
// then keeps a replica of its own, the host's. It is brought up to date every few steps,
// and now and then takes one itself, with which the device's is compared. When the device
// fails the run goes on from the host's replica; when it computed something else, from the
// latest step at which it did not.
type device struct {
	host     *replica
	at, sure snapshot      // of the host as it is, and at the latest step that both agreed on
	compared int           // steps taken at the latest comparison, -1 before
	took     time.Duration // the host's step of that
	apart    float64       // how far the two were apart then, as a part of the step,
	lossOff  float64       // and their losses
	failing  func(why string)
}

const (
	hostEvery    = keepEvery     // steps between two times that the host is brought up to date: the most that a failure costs
	compareEvery = 8 * hostEvery // steps between two that both take
	compareFirst = 2             // steps before the first of them: many a new model's weights begin at 0, which hides what is wrong
	mostApart    = 1e-2          // part of a step's change of the weights by which they may differ; 1e-5 is usual
	mostLossOff  = 2e-5          // of 1 + its loss; 1e-7 is usual
)

// snapshot is what a run is at some step.
type snapshot struct {
	done, tokens, written, stale int
	loss, norm, fraction         float64
	training                     time.Duration
	best                         *Best
	tally                        []float64
	weights                      []float32 // that train
	moments                      []float32 // as Optimizer.Together has them
}

// Use lets b, the backend of a device, take the steps from now on, alone. The model that
// the run was made with stays the host's; it is what the run is whenever Loop has returned,
// and while it saves. Where the device fails, failing is told why, and the run goes on
// without it. An error means that it does so at once.
func (r *Run) Use(b tensor.Backend, failing func(why string)) (err error) {
	defer func() { err = lostOr(recover(), err) }()
	host := r.replica
	p, err := newReplica(r.Model.On(b), r.Recipe, r.data)
	if err != nil {
		return err
	}
	now := r.snapshot()
	p.Done, p.tokens, p.Loss, p.GradNorm, p.Fraction = now.done, now.tokens, now.loss, now.norm, now.fraction
	p.freeze()
	p.join(group{})
	p.optimizer.SetTogether(now.moments)
	good := tensor.Zeros(b, p.Model.Gradients.Len())
	b.Copy(good, p.Model.TrainedWeights())
	r.replica, r.good, r.writer, r.by = p, good, nil, b.Name()
	r.device = &device{host: &host, at: now, sure: now, compared: -1, failing: failing}
	return nil
}

// lostOr is what a device has failed of, if a panic says so, else err.
func lostOr(panicked any, err error) error {
	switch panicked := panicked.(type) {
	case nil:
		return err
	case tensor.Lost:
		return panicked
	}
	panic(panicked)
}

// Device names the backend that takes the steps or, of a run that is over, that took the
// last.
func (r *Run) Device() string { return cmp.Or(r.by, r.Model.Backend.Name()) }

// safely does a part of the loop; when the device fails in it, or gives what is no finite
// number, the run goes on without it.
func (r *Run) safely(h Hooks, do func(Hooks) (stopped bool, err error)) (stopped bool, err error) {
	defer func() {
		if why := lostOr(recover(), nil); why != nil {
			r.fall(r.device.at, why)
		}
	}()
	if stopped, err = do(h); r.device != nil && errors.Is(err, ErrDiverged) {
		r.fall(r.device.sure, tensor.Lost{Why: "its numbers are not finite"})
		return false, nil
	}
	return stopped, err
}

func (r *Run) snapshot() snapshot {
	s := snapshot{r.Done, r.tokens, r.written, r.stale, r.Loss, r.GradNorm, r.Fraction, r.Training, r.Best, r.tally.numbers(), r.Model.TrainedWeights().Numbers(), nil}
	for _, m := range r.optimizer.Together() {
		s.moments = m.Append(s.moments)
	}
	return s
}

// sync brings the host's replica up to date, whole or not at all.
func (r *Run) sync() {
	d := r.device
	if d == nil || !r.Whole() {
		return
	}
	d.at = r.snapshot()
	d.host.set(d.at)
	if d.host.data.Frozen = r.data.Frozen; d.host.frozen.model == nil && r.frozen.model != nil {
		d.host.freeze()
	}
}

// set makes the replica what it was.
func (p *replica) set(s snapshot) {
	p.Done, p.tokens, p.Loss, p.GradNorm, p.Fraction, p.told = s.done, s.tokens, s.loss, s.norm, s.fraction, true
	if p.Recipe.WarmingUp(s.done) { // what is compared with is not there yet
		p.data.Frozen, p.frozen = nil, frozen{}
	}
	p.optimizer = p.optimize(p.trains(), nil)
	p.Model.TrainedWeights().Upload(s.weights)
	p.optimizer.SetTogether(s.moments)
	if p.drawn > s.done+1 { // the batches begin anew
		p.plan, _ = objectives[p.Recipe.Objective](p.Recipe, p.data) // which went well before
		p.drawn = 0
	}
}

// state is the run's at the host's step.
func (d *device) state(r *Run) State {
	s := State{Done: d.at.done, Tokens: d.at.tokens, Written: d.at.written, Measured: r.Measured, Training: d.at.training, Best: r.Best, Stale: d.at.stale,
		Tally: d.at.tally, Moments: d.host.optimizer.Moments()}
	if r.Recipe.Objective != recipe.Distill {
		s.Frozen = r.data.Frozen
	}
	return s
}

// settle brings the host up to date before the loop returns. It reports false if the
// device failed, so that the run is back at an earlier step.
func (r *Run) settle() bool {
	d := r.device
	r.safely(Hooks{}, func(Hooks) (bool, error) {
		if r.Done > 0 {
			r.Tell() // the loop has seen whether it diverged
		}
		r.sync()
		return false, nil
	})
	return r.device == d
}

// fall leaves the device, which has failed: the run goes on from what it was at s.
func (r *Run) fall(s snapshot, why error) {
	failing := r.device.failing
	r.back(s)
	if failing != nil {
		failing(why.Error())
	}
}

// back leaves the device: the run is what it was at s.
func (r *Run) back(s snapshot) {
	r.device.host.set(s)
	r.leave()
	r.by = ""
	r.written, r.stale, r.gave, r.Training, r.Best = s.written, s.stale, s.done, s.training, s.best
	r.tally.set(s.tally)
	r.good = tensor.Zeros(r.Model.Backend, r.Model.Gradients.Len())
	r.join(group{})
	r.keep()
}

// leave makes the host's replica the run's.
func (r *Run) leave() {
	if r.device != nil {
		r.replica, r.device, r.writer = *r.device.host, nil, nil
	}
}

// prepare brings the host up to date before a step where that is due. It tells whether
// both are to take the step.
func (r *Run) prepare() (both bool) {
	d := r.device
	if d == nil || !r.Whole() || d.compared == r.Done {
		return false
	}
	if both = r.Done%compareEvery == compareFirst; both || r.Done%hostEvery == 0 {
		r.sync()
	}
	return both
}

// checkStep lets the host take the step that the device has just taken.
func (r *Run) checkStep() error {
	d := r.device
	h, was := d.host, d.host.Model.TrainedWeights().Numbers()
	d.compared = h.Done
	h.lessons, h.heard = r.lessons, false
	begin := time.Now()
	if err := h.gradients(); err != nil {
		return err
	}
	if err := h.Tell(); err != nil {
		return err
	}
	if err := h.update(); err != nil {
		return err
	}
	d.took = time.Since(begin)
	err := r.Tell()
	if d.lossOff = math.Abs(r.Loss-h.Loss) / (1 + math.Abs(h.Loss)); err != nil || !(d.lossOff <= mostLossOff) {
		r.fall(d.sure, tensor.Lost{Why: fmt.Sprintf("it says that the loss is %.6g, the processor says %.6g", r.Loss, h.Loss)})
		return nil
	}
	var apart, moved float64
	theirs := r.Model.TrainedWeights().Numbers()
	for i, w := range h.Model.TrainedWeights().Numbers() {
		apart += math.Pow(float64(w)-float64(theirs[i]), 2)
		moved += math.Pow(float64(w)-float64(was[i]), 2)
	}
	if d.apart = math.Sqrt(apart / moved); !(d.apart <= mostApart) && moved > 0 {
		r.fall(d.sure, tensor.Lost{Why: fmt.Sprintf("its step differs from the processor's by %.2g of it", d.apart)})
		return nil
	}
	r.sync()
	d.sure = d.at
	return nil
}
