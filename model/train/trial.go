package train

import (
	"cmp"
	"time"

	"hornbook/model/cpu"
	"hornbook/model/tensor"
)

// trialSteps are those of a Trial, of which the first is not timed: it makes what the
// others use again.
const trialSteps = 3

// A Trial is how long a step takes on a device, what it lets the model write included, and
// on one core of the processor, without that; and how far the two were apart at most: as a
// part of a step's change of the weights, and in loss.
type Trial struct {
	Device, Host   time.Duration
	Apart, LossOff float64
}

// Try takes three steps of the run on a device b and on the processor, with copies of its
// model, and compares them. The run stays as it is. The error says what is wrong with the
// device, or is that of between, which is called after each unless it is nil.
func (r *Run) Try(b tensor.Backend, between func(done, all int) error) (t Trial, err error) {
	defer func() { err = lostOr(recover(), err) }()
	of := r.Recipe
	of.Rewards.Prompts = min(of.Rewards.Prompts, 2) // of a round, which takes longest to write
	run, err := On(r.Model.On(cpu.New()), of, r.data)
	if err != nil {
		return t, err
	}
	defer run.Close()
	var wrong error
	if err := run.Use(b, func(why string) { wrong = tensor.Lost{Why: why} }); err != nil {
		return t, err
	}
	for i := range trialSteps {
		begin := time.Now()
		if err := run.Step(); err != nil {
			return t, err
		}
		if err := run.Tell(); err != nil {
			return t, err
		}
		t.Device = time.Since(begin)
		d := run.device
		if err := run.checkStep(); err != nil || wrong != nil {
			return t, cmp.Or(wrong, err)
		}
		t.Host, t.Apart, t.LossOff = d.took, max(t.Apart, d.apart), max(t.LossOff, d.lossOff)
		if between == nil {
			continue
		}
		if err := between(i+1, trialSteps); err != nil {
			return t, err
		}
	}
	return t, nil
}
