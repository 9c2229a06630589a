package train

import (
	"errors"
	"time"

	"hornbook/model/eval"
	"hornbook/model/recipe"
)

// evalSeed fixes the places of every evaluation, so that they can be compared.
const evalSeed = 2024

// Evaluate measures the model on the same random places of all texts each time,
// at the last step on more of them; the ranks share the work, and the result is
// the same to the bit for any number of them. between, unless nil, is called
// after each batch of this rank; when it reports false, so does Evaluate: the
// rest is left out.
func (r *Run) Evaluate(between func() bool) (m recipe.Measurement, whole bool) {
	n := r.Recipe.EvalBatches
	if r.Done >= r.Recipe.Steps {
		n = r.Recipe.LastEvalBatches
	}
	whole, err := r.measureAll(n, between)
	for errors.Is(err, ErrRankLost) {
		r.shrink()
		whole, err = r.measureAll(n, between)
	}
	if !whole {
		return recipe.Measurement{}, false
	}
	m = recipe.Measurement{Step: r.Done, Tokens: r.Tokens(), Seconds: r.Training.Seconds()}
	for i, text := range r.plan.sets {
		m.Measures = append(m.Measures, recipe.Measure{Name: text.name, Value: eval.Mean(r.losses[i*n : (i+1)*n])})
	}
	if !r.ofForm(&m, between) || r.plan.exam != nil && !r.plan.exam(r, &m, between) {
		return recipe.Measurement{}, false
	}
	val := m.Measures.Value(recipe.ValLoss)
	if text := r.data.Text; text.Bytes > 0 {
		bits := eval.BitsPerByte(val, float64(text.Bytes)/float64(len(text.IDs)))
		m.Measures = append(m.Measures, recipe.Measure{Name: recipe.BitsPerByte, Value: bits})
	}
	if r.plan.best != nil {
		val = r.plan.best(m.Measures)
	}
	m.Best = r.judge(val)
	return m, true
}

// measureAll fills losses with those of n batches of each text, with the others'
// help. It reports false if between did.
func (p *replica) measureAll(n int, between func() bool) (whole bool, err error) {
	all := n * len(p.plan.sets)
	if p.group.board == nil {
		return p.measure(n, 0, all, between), nil
	}
	if err := p.group.command(evaluate, n); err != nil {
		return false, err
	}
	begin := time.Now()
	lo, hi := p.group.part(all)
	if !p.measure(n, lo, hi, between) {
		p.group.behind = true
		return false, nil
	}
	p.group.expect(time.Since(begin))
	return true, p.group.collect(p.losses[:all])
}

// assist does this rank's part of what the lead has ordered besides a step.
func (p *replica) assist(o order) error {
	switch o.verb() {
	case handMoments:
		return p.group.give(p.optimizer)
	case writeOn:
		return p.writeAlong(o.n())
	case hear:
		return p.hearing(o.n())
	}
	n := o.n()
	all := n * len(p.plan.sets)
	lo, hi := p.group.part(all)
	p.measure(n, lo, hi, nil)
	return p.group.collect(p.losses[:all])
}

// measure fills losses from lo to hi: of each text there are n.
func (p *replica) measure(n, lo, hi int, between func() bool) bool {
	for i, text := range p.plan.sets {
		from, to := max(lo, i*n), min(hi, (i+1)*n)
		if from < to && !eval.Losses(p.losses[from:to], from-i*n, p.Recipe.RowsAtOnce(), p.Model, p.tape, text.batches, evalSeed, between) {
			return false
		}
	}
	return true
}
