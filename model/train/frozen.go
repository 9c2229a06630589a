package train

import (
	"hornbook/model"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// frozen is a second model, which does not train: the run's own as it began, to be
// compared with, or a teacher. Where an adapter trains the model as it began is the
// one without it, which takes no memory.
type frozen struct {
	model   *model.GPT
	without bool // it is the model that trains, without its adapter
}

// freeze makes the replica's frozen model, if it needs one from now on: a teacher
// or, unless the data hold the weights of then, the model as it is.
func (p *replica) freeze() {
	r, m, d := p.Recipe, p.Model, &p.data
	switch {
	case r.Objective == recipe.Distill && !r.Distillation.Hard:
		p.frozen.model = model.New(m.Backend, d.Teacher)
		p.frozen.model.Weights.Upload(d.Frozen)
	case p.plan.rule == nil || !p.plan.rule.frozen || r.WarmingUp(p.Done):
	case r.Trains == recipe.Adapter:
		p.frozen = frozen{m, true}
	default:
		if d.Frozen == nil {
			d.Frozen = m.TrainedWeights().Numbers()
		}
		p.frozen.model = m.Clone()
		all := p.frozen.model.Weights
		all.Slice(all.Len()-len(d.Frozen), len(d.Frozen)).Upload(d.Frozen)
	}
}

// forward is the frozen model's logits, which no gradient passes.
func (f frozen) forward(t *tensor.Tape, in packed) *tensor.Tensor {
	if f.without {
		f.model.UseAdapter(false)
		defer f.model.UseAdapter(true)
	}
	return f.model.Forward(in.pass(t))
}

// frozenLosses are, in nats, what the frozen model says of each token of in.
func (p *replica) frozenLosses(in packed) []float32 {
	p.tape.Reset(false)
	logits := cooled(p.tape, p.frozen.forward(p.tape, in), p.plan.rule.temperature)
	return p.tape.TokenLoss(logits, in.targets).Numbers()
}

// cooled are logits divided by a temperature.
func cooled(t *tensor.Tape, logits *tensor.Tensor, temperature float64) *tensor.Tensor {
	if temperature == 1 {
		return logits
	}
	return t.Scale(logits, float32(1/temperature))
}
