// Package optim turns gradients into better weights: AdamW, Muon for the
// matrices of the blocks, learning-rate schedules and clipping.
package optim

import (
	"math"

	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// Optimizer holds the moments of every parameter.
type Optimizer struct {
	backend tensor.Backend
	recipe  recipe.Recipe
	step    int
	states  []state
}

// state is what one parameter's steps leave behind: under AdamW the running
// moments of the gradient and of its square, under Muon its momentum.
type state struct {
	p    *tensor.Tensor
	m, v *tensor.Tensor // v is nil under Muon

	balances bool // it is moved so that experts have as much to do; m and v stay zero
}

// New prepares the optimizer that the recipe names for params, of backend b and
// among r.Tensors.
func New(b tensor.Backend, r recipe.Recipe, params []*tensor.Tensor) *Optimizer {
	o := &Optimizer{backend: b, recipe: r}
	muon, balances := map[string]bool{}, map[string]bool{}
	for _, t := range r.Tensors() {
		muon[t.Name], balances[t.Name] = r.Muon(t), t.Role == recipe.Load
	}
	all, squared := 0, 0
	for _, p := range params {
		if all += p.Len(); !muon[p.Name] {
			squared += p.Len()
		}
	}
	// Together, as weights and gradients lie: a device goes over many at once.
	means, squares := b.Store(all), b.Store(squared)
	all, squared = 0, 0
	for _, p := range params {
		s := state{p: p, m: tensor.Weight(means, all, "", p.Dims...), balances: balances[p.Name]}
		if all += p.Len(); !muon[p.Name] {
			s.v = tensor.Weight(squares, squared, "", p.Dims...)
			squared += p.Len()
		}
		o.states = append(o.states, s)
	}
	return o
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
	for _, s := range o.states {
		for _, f := range former.states {
			if f.p != s.p {
				continue
			}
			o.backend.Copy(s.m, f.m)
			if s.v != nil {
				o.backend.Copy(s.v, f.v)
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
	a := tensor.AdamW{LR: float32(r.LearningRate * fraction), Beta1: float32(r.Beta1),
		Beta2: float32(r.Beta2), Eps: 1e-8, Step: o.step}
	m := tensor.Muon{LR: r.MuonRate * fraction, Momentum: momentumAt(r, o.step), WeightDecay: r.WeightDecay}
	for _, s := range o.states {
		switch {
		case s.balances:
			if !r.Model.Experts.Unbalanced {
				balance(s.p)
			}
			continue
		case s.v == nil:
			o.muon(s, m)
			continue
		}
		a.WeightDecay = 0
		if len(s.p.Dims) >= 2 {
			a.WeightDecay = float32(r.WeightDecay)
		}
		o.backend.AdamW(s.p, s.p.Grad, s.m, s.v, a)
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
