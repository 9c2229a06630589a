package train

import (
	"time"

	"hornbook/model"
	"hornbook/model/cpu"
	"hornbook/model/data"
	"hornbook/model/optim"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// replica is one rank's copy of the model with what it takes steps with. All
// ranks draw the same batches; each computes the gradient of its own rows.
type replica struct {
	Recipe   recipe.Recipe
	Model    *model.GPT
	Done     int     // steps taken
	Loss     float64 // of the latest batch, nats a token
	GradNorm float64 // before clipping
	Fraction float64 // of the peak learning rate, at the latest step

	tape      *tensor.Tape
	plan      plan
	batch     data.Batch // the latest
	drawn     int        // batches so far
	losses    []float32  // of the batches of an evaluation
	optimizer *optim.Optimizer
	group     group
	writes    *model.Writer // nil before it first writes
}

// newReplica trains m or, for nil, a model of zeros.
func newReplica(m *model.GPT, r recipe.Recipe, d Data) (replica, error) {
	if err := r.Check(); err != nil {
		return replica{}, err
	}
	plan, err := objectives[r.Objective](r, d)
	if err != nil {
		return replica{}, err
	}
	if m == nil {
		m = blank(r)
	}
	m.Train(r)
	return replica{Recipe: r, Model: m, tape: tensor.NewTape(cpu.New()), plan: plan, losses: make([]float32, mostLosses(r))}, nil
}

// blank is a model of r with all weights zero.
func blank(r recipe.Recipe) *model.GPT {
	m := model.New(r.Model)
	if r.Trains == recipe.Adapter {
		m.Adapt(r.Tuning.LoRA)
	}
	return m
}

// join makes the replica take its steps in g. It keeps the moments that it has
// of the parameters that are its to update; those of others begin at zero.
func (p *replica) join(g group) {
	params := p.Model.Trained
	if g.board != nil {
		params = g.mine().params
	}
	next := optim.New(p.Recipe, params)
	next.Continue(p.Done, p.optimizer)
	p.group, p.optimizer = g, next
}

// gradients computes those of the next batch, and its loss and norm. After an
// error it may be called again: the batch is the same.
func (p *replica) gradients() (err error) {
	for ; p.drawn <= p.Done; p.drawn++ {
		p.batch = p.plan.batches.Next()
	}
	begin := time.Now()
	part := p.backward()
	p.group.expect(time.Since(begin))
	if err := p.group.scatter(p.Model, p.assist); err != nil {
		return err
	}
	p.Loss, p.GradNorm, err = p.group.reduce(p.Model, part)
	if err == nil && (!finite(p.Loss) || !finite(p.GradNorm)) {
		return ErrDiverged
	}
	return err
}

// backward computes the gradients of this rank's rows, and their part of the
// batch's loss.
func (p *replica) backward() float64 {
	lo, hi := p.group.part(p.Recipe.Batch)
	p.Model.Draw(tensor.Draw{Seed: p.Recipe.Seed*0x9E3779B97F4A7C15 + uint64(p.Done), Row: lo, Time: p.Recipe.Model.Context})
	return float64(p.Model.Grad(p.tape, p.batch.Rows(lo, hi, p.Recipe.Model.Context)))
}

// update changes the weights by the gradients. After an error they are as
// before.
func (p *replica) update() error {
	params := p.Model.Trained
	if p.group.board != nil {
		params = p.group.mine().params
	}
	p.group.keep(p.Model)
	optim.Clip(params, p.GradNorm, p.Recipe.Clip)
	fraction := p.optimizer.Step()
	if err := p.group.gather(p.Model); err != nil {
		return err
	}
	p.Fraction = fraction
	p.Done++
	return nil
}

// Serve is the life of a rank other than the lead: it takes its part of every
// step until a rank is lost, as all are to it when the run ends.
func Serve(t Task, b Board) error {
	p, err := newReplica(nil, t.Recipe, t.Data)
	if err != nil {
		return err
	}
	p.Done = t.Done
	copy(p.Model.Weights, t.Weights)
	p.join(newGroup(b, t.Recipe, p.Model))
	if err := p.group.share(nil, p.optimizer); err != nil {
		return err
	}
	for {
		if err := p.gradients(); err != nil {
			return err
		}
		if err := p.update(); err != nil {
			return err
		}
	}
}
