package train

import (
	"errors"
	"time"

	"hornbook/model/eval"
)

// Losses of one evaluation, in nats a token and bits a byte.
type Losses struct{ Train, Val, BitsPerByte float64 }

// evalSeed fixes the places of every evaluation, so that they can be compared.
const evalSeed = 2024

// Evaluate measures the model on the same random places of both parts each
// time, at the last step on more of them; the ranks share the work, and the
// result is the same to the bit for any number of them. between, unless nil,
// is called after each batch of this rank; when it reports false, the rest is
// left out, the losses are all 0, and no Step may follow if ranks share the run.
func (r *Run) Evaluate(between func() bool) Losses {
	n := r.Recipe.EvalBatches
	if r.Finished() {
		n = r.Recipe.LastEvalBatches
	}
	whole, err := r.evaluate(n, between)
	for errors.Is(err, ErrRankLost) {
		r.shrink()
		whole, err = r.evaluate(n, between)
	}
	if !whole {
		return Losses{}
	}
	l := Losses{Train: eval.Mean(r.losses[:n]), Val: eval.Mean(r.losses[n : 2*n])}
	l.BitsPerByte = eval.BitsPerByte(l.Val, r.bytesToken)
	return l
}

// evaluate fills losses with those of n batches of the training part and n of
// the validation part, with the others' help. It reports false if between did.
func (p *replica) evaluate(n int, between func() bool) (whole bool, err error) {
	if p.group.board == nil {
		return p.measure(n, 0, 2*n, between), nil
	}
	if err := p.group.command(n); err != nil {
		return false, err
	}
	begin := time.Now()
	lo, hi := p.group.part(2 * n)
	if !p.measure(n, lo, hi, between) {
		return false, nil
	}
	p.group.expect(time.Since(begin))
	return true, p.group.collect(p.losses[:2*n])
}

// assist does this rank's part of an evaluation that the lead has commanded.
func (p *replica) assist(n int) error {
	lo, hi := p.group.part(2 * n)
	p.measure(n, lo, hi, nil)
	return p.group.collect(p.losses[:2*n])
}

// measure fills losses from lo to hi: the first n are of training batches, the
// next n of validation batches.
func (p *replica) measure(n, lo, hi int, between func() bool) bool {
	train, val := p.losses[min(lo, n):min(hi, n)], p.losses[max(lo, n):max(hi, n)]
	return eval.Losses(train, min(lo, n), p.Model, p.tape, p.trainEval, evalSeed, between) &&
		eval.Losses(val, max(lo, n)-n, p.Model, p.tape, p.valEval, evalSeed, between)
}
