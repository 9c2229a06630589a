// Package optim turns gradients into better weights: AdamW, Muon for the
// matrices of the blocks, learning-rate schedules and clipping.
package optim

import (
	"math"
	"strings"

	"hornbook/model/kernel"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Optimizer holds the moments of every parameter.
type Optimizer struct {
	recipe recipe.Recipe
	step   int
	states []state
	ws     newtonSchulz
}

// state is what one parameter's steps leave behind: under AdamW the running
// moments of the gradient and of its square, under Muon its momentum.
type state struct {
	p    *tensor.Tensor
	m, v []float32 // v is nil under Muon
}

// New prepares the optimizer that the recipe names for params. Muon takes the
// matrices of the blocks; embeddings, head, gains and biases go to AdamW.
func New(r recipe.Recipe, params []*tensor.Tensor) *Optimizer {
	o := &Optimizer{recipe: r}
	for _, p := range params {
		s := state{p: p, m: make([]float32, p.Len())}
		if !takesMuon(r, p) {
			s.v = make([]float32, p.Len())
		}
		o.states = append(o.states, s)
	}
	return o
}

func takesMuon(r recipe.Recipe, p *tensor.Tensor) bool {
	return r.Optimizer == "muon" && len(p.Dims) == 2 && strings.HasPrefix(p.Name, "blocks.")
}

// Continue makes o, which has taken no step, go on after steps with the
// moments that former, unless it is nil, has of o's parameters; former is of
// no more use. Moments that it lacks begin at zero: Muon's direction has one
// length whatever the momentum, and AdamW's steps are for a while up to twice
// as long as the learning rate says.
func (o *Optimizer) Continue(steps int, former *Optimizer) {
	o.step = steps
	if former == nil {
		return
	}
	for i, s := range o.states {
		for _, f := range former.states {
			if f.p == s.p {
				o.states[i] = f
			}
		}
	}
}

// Step takes one step down the gradients and returns the part of the peak
// learning rate that it took.
func (o *Optimizer) Step() (fraction float64) {
	fraction = Fraction(o.recipe, o.step)
	o.step++
	r := o.recipe
	a := kernel.AdamWStep{LR: float32(r.LearningRate * fraction), Beta1: float32(r.Beta1),
		Beta2: float32(r.Beta2), Eps: 1e-8, Step: o.step}
	for _, s := range o.states {
		if s.v == nil {
			s.muon(&o.ws, r, o.step, r.MuonRate*fraction)
			continue
		}
		a.WeightDecay = 0
		if len(s.p.Dims) >= 2 {
			a.WeightDecay = float32(r.WeightDecay)
		}
		kernel.AdamW(s.p.Data, s.p.Grad.Data, s.m, s.v, a)
	}
	return fraction
}

// Fraction is the part of the peak learning rate at a step, counted from 0:
// a linear warm-up, a hold, then down to FinalFraction at the last step by
// half a cosine or a line.
func Fraction(r recipe.Recipe, step int) float64 {
	if step < r.WarmUp {
		return float64(step+1) / float64(r.WarmUp+1)
	}
	begin := float64(r.WarmUp) + r.Hold*float64(r.Steps-r.WarmUp)
	through := (float64(step) - begin) / math.Max(1, float64(r.Steps)-begin)
	through = math.Min(1, math.Max(0, through))
	switch r.Schedule {
	case "cosine":
		through = (1 - math.Cos(math.Pi*through)) / 2
	case "constant":
		through = 0
	}
	return 1 + through*(r.FinalFraction-1)
}

// Norm is the Euclidean norm of all gradients together.
func Norm(params []*tensor.Tensor) float64 { return math.Sqrt(Squares(params)) }

// Squares is the sum of the squares of all gradients.
func Squares(params []*tensor.Tensor) float64 {
	var sum float64
	for _, p := range params {
		sum += float64(kernel.Dot(p.Grad.Data, p.Grad.Data))
	}
	return sum
}

// Clip scales all gradients so that their norm is at most limit, as PyTorch's
// clip_grad_norm_ does; a limit of 0 leaves them.
func Clip(params []*tensor.Tensor, norm, limit float64) {
	scale := limit / (norm + 1e-6)
	if limit == 0 || scale >= 1 {
		return
	}
	for _, p := range params {
		kernel.Scale(p.Grad.Data, float32(scale), p.Grad.Data)
	}
}
