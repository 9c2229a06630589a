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
	Loss     float64 // of the batch of the latest step that was told, nats a token
	GradNorm float64 // of the same step, before clipping
	Fraction float64 // of the peak learning rate, at the latest step

	data      Data
	tape      *tensor.Tape
	plan      plan
	batch     data.Batch     // the latest
	drawn     int            // batches so far
	losses    []float32      // of the batches of an evaluation
	part      *tensor.Tensor // this rank's part of the loss of the latest step
	number    [1]float32     // the same, downloaded
	told      bool           // Loss and GradNorm are those of the latest step
	clipper   *optim.Clipper
	optimizer *optim.Optimizer
	group     group
	writes    *model.Writer // nil before it first writes

	lessons []lesson // that the latest step learned from, where they are given
	heard   bool     // all ranks have them
	frozen  frozen
	sums    sums // of this rank's part, after a step all ranks'
	tokens  int  // that steps have learned from
}

// newReplica trains m or, for nil, a model of zeros on the CPU.
func newReplica(m *model.GPT, r recipe.Recipe, d Data) (replica, error) {
	if err := r.Check(); err != nil {
		return replica{}, err
	}
	plan, err := objectives[r.Objective](r, d)
	if err != nil {
		return replica{}, err
	}
	if m == nil {
		m = blank(cpu.New(), r)
	}
	m.Train(r)
	return replica{Recipe: r, Model: m, data: d, tape: tensor.NewTape(m.Backend.Beside(false)), plan: plan, losses: make([]float32, mostLosses(r)),
		part: tensor.Zeros(m.Backend, 1), told: true}, nil
}

// blank is a model of r on b with all weights zero.
func blank(b tensor.Backend, r recipe.Recipe) *model.GPT {
	m := model.New(b, r.Model)
	if r.Trains == recipe.Adapter {
		m.Adapt(r.Tuning.LoRA)
	}
	return m
}

// join makes the replica take its steps in g. It keeps the moments that it has
// of the parameters that are its to update; those of others begin at zero.
func (p *replica) join(g group) {
	p.group = g
	p.optimizer = p.optimize(p.trains(), p.optimizer)
	p.clipper = optim.NewClipper(p.Model.Backend, p.Recipe, p.trains())
	for i := range p.lessons { // other ranks than those that know what was old
		p.lessons[i].old = nil
	}
	p.heard = false
}

// optimize is the optimizer of params at the present step, which goes on with the
// moments that former has.
func (p *replica) optimize(params []*tensor.Tensor, former *optim.Optimizer) *optim.Optimizer {
	stage, begin := p.Recipe.Stage(p.Done)
	o := optim.New(p.Model.Backend, stage, params)
	o.Continue(p.Done-begin, former)
	return o
}

// gradients computes those of the next batch or lessons, and their loss and norm.
// After an error it may be called again: what is learned from is the same.
func (p *replica) gradients() error {
	learn := p.eager
	if p.given() {
		learn = p.instructed
	}
	if err := learn(); err != nil {
		return err
	}
	p.group.reduce(p.Model.Backend)
	p.clipper.Measure()
	p.told = false
	if p.group.board == nil {
		return nil
	}
	return p.meet()
}

// eager computes the gradients of a batch that all ranks draw alike, before the lead
// says that it is time.
func (p *replica) eager() error {
	for ; p.drawn <= p.Done; p.drawn++ {
		p.batch = p.plan.batches.Next()
	}
	p.timed(p.backward)
	g := &p.group
	if g.board == nil {
		return nil
	}
	g.put()
	if g.board.Rank() == 0 {
		return g.command(takeStep, 0)
	}
	return p.await(takeStep)
}

// await does what the lead commands until it is this.
func (p *replica) await(v verb) error {
	g := &p.group
	for {
		if err := g.board.Sync(g.patience); err != nil {
			return err
		}
		g.board.Get(g.order[:], g.orderAt())
		if g.order.verb() == v {
			return nil
		}
		if err := p.assist(g.order); err != nil {
			return err
		}
		if g.order.verb() == handMoments {
			g.put() // where the moments lay
		}
	}
}

// timed does this rank's part of a step, by which the lead's patience is set.
func (p *replica) timed(f func()) {
	begin := time.Now()
	f()
	p.group.expect(time.Since(begin))
}

// backward computes the gradients of this rank's rows, and their part of the
// batch's loss, by as many passes as memory wants.
func (p *replica) backward() {
	lo, hi := p.group.part(p.Recipe.Batch)
	p.sums = sums{}
	p.backwardIn(lo, hi, p.Recipe.RowsAtOnce())
}

// backwardIn is backward of some rows, at most so many in a pass.
func (p *replica) backwardIn(lo, hi, most int) {
	b, time := p.Model.Backend, p.Recipe.Model.Context
	for row := lo; row < hi; row += most {
		rows := p.batch.Rows(row, min(hi, row+most), time)
		p.Model.Draw(tensor.Draw{Seed: p.Recipe.Seed*0x9E3779B97F4A7C15 + uint64(p.Done), Row: row, Time: time})
		if row == lo {
			b.Copy(p.part, p.Model.Grad(p.tape, rows))
		} else {
			b.AddGrad(tensor.Into{T: p.part, Add: true}, p.Model.AddGrad(p.tape, rows))
		}
	}
}

// meet lets the ranks tell each other their parts of loss and norm.
func (p *replica) meet() (err error) {
	p.Loss, p.GradNorm, err = p.group.meet(p.lossPart(), p.clipper.Squares(), &p.sums)
	if err != nil {
		return err
	}
	p.told = true
	return p.Tell()
}

func (p *replica) lossPart() float64 {
	p.part.Download(p.number[:])
	return float64(p.number[0])
}

// Tell makes Loss and GradNorm those of the latest step, for which it waits. It
// returns ErrDiverged if one of them is no finite number.
func (p *replica) Tell() error {
	if !p.told {
		p.Loss, p.GradNorm, p.told = p.lossPart(), p.clipper.Norm(), true
	}
	if !finite(p.Loss) || !finite(p.GradNorm) {
		return ErrDiverged
	}
	return nil
}

// update changes the weights by the gradients. After an error they are as
// before.
func (p *replica) update() error {
	if p.group.board == nil {
		p.clipper.Clip()
	} else {
		p.group.keep(p.Model.Backend)
		p.clipper.ClipBy(p.group.met())
	}
	fraction := p.optimizer.Step()
	if err := p.group.gather(p.Model.Backend); err != nil {
		return err
	}
	p.tape.Backend.Flush()
	p.Fraction = fraction
	p.tokens += p.learnedTokens()
	p.Done++
	if _, begin := p.Recipe.Stage(p.Done); begin == p.Done { // a new one: the moments are those of other gradients
		p.optimizer = p.optimize(p.trains(), nil)
		p.freeze()
	}
	return nil
}

// trains are the parameters that are this rank's to update.
func (p *replica) trains() []*tensor.Tensor {
	if p.group.board == nil {
		return p.Model.Trained
	}
	return p.group.mine().params
}

// learnedTokens is the number of tokens that the step under way reads, a prompt that
// several replies share once.
func (p *replica) learnedTokens() (n int) {
	if !p.given() {
		return p.Recipe.TokensPerStep()
	}
	for _, rows := range rows(p.lessons) {
		n += rows
	}
	return n
}

// Serve is the life of a rank other than the lead: it takes its part of every
// step until a rank is lost, as all are to it when the run ends.
func Serve(t Task, b Board) error {
	p, err := newReplica(t.Model, t.Recipe, t.Data)
	if err != nil {
		return err
	}
	p.Done = t.Done
	p.freeze()
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
