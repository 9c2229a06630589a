package train

import (
	"fmt"
	"math"
	"math/rand/v2"

	"hornbook/model/data"
	"hornbook/model/recipe"
)

// dpo (direct preference optimization, Rafailov et al. 2023) learns from pairs of
// answers to a prompt: the chosen one is to become likelier than the rejected one,
// compared with the model as it began. The log probability of an answer is the sum
// over its tokens.
func dpo(r recipe.Recipe, d Data) (plan, error) {
	p, err := plan{}.remember(r, d.Old)
	if err != nil {
		return p, err
	}
	w := preferring(r.Preferences)
	p.rule = &rule{unit: 2, temperature: 1, frozen: true, of: w.pair}
	if d.Chosen == nil { // a rank other than the lead
		return p, nil
	}
	if n := len(d.Chosen); n < MinDocuments {
		return p, fmt.Errorf("%w: it has %d pairs, %d are needed", ErrTooShort, n, MinDocuments)
	}
	held := held(len(d.Chosen))
	p.prompt = d.Chosen[len(d.Chosen)-1].IDs[:d.Chosen[len(d.Chosen)-1].Prompt]
	p.give = func(r *Run) ([]lesson, bool) { return w.lessons(r.drawPairs(len(d.Chosen) - held)), true }
	train := len(d.Chosen) - held
	p.exam = func(r *Run, m *recipe.Measurement, between func() bool) bool { return r.compare(m, train, between) }
	if d.Ask == nil {
		return p, nil
	}
	var pairs []pairOf
	for i := train; i < len(d.Chosen); i++ {
		pairs = append(pairs, pairOf{d.Chosen[i], d.Rejected[i]})
	}
	c := newContest(r, d, pairs)
	p.questions = c.questions()
	p.exam = func(r *Run, m *recipe.Measurement, between func() bool) bool {
		return r.compare(m, train, between) && c.hold(r, m, between)
	}
	return p, nil
}

// held is how many of n pairs are held out: the last tenth, at most mostHeld.
func held(n int) int { return min(max(1, n/10), mostHeld) }

// mostHeld bounds the pairs by which DPO is measured.
const mostHeld = 32

// preferring is DPO's loss of a pair.
type preferring recipe.Preferences

// Places among the sums of DPO, of pairs, but the first.
const (
	sumPairs        = 1 + iota
	sumChosen       // rewards: β times the log ratio
	sumRejected     //
	sumAccurate     // pairs whose chosen answer has the higher reward
	sumChosenLogP   //
	sumRejectedLogP //
	sumChosenTokens //
	sumChosenLoss   // of tokens
)

// pair is the loss of a chosen answer and the rejected one after it, of their
// difference
//
//	d = (log p - log p_frozen)(chosen) - (log p - log p_frozen)(rejected)
//
// times share, and the chosen tokens' own losses times each.
func (c preferring) pair(unit []spoken, slopes [][]float64) (all sums) {
	chosen, rejected := unit[0], unit[1]
	var by [2]float64 // what a nat of each counts in d
	by[0], by[1] = 1, 1
	if c.Loss == "ipo" {
		by[0], by[1] = 1/float64(len(chosen.now)), 1/float64(len(rejected.now))
	}
	pc, pr := -total(chosen.now), -total(rejected.now)
	gainC, gainR := pc+total(chosen.frozen), pr+total(rejected.frozen)
	loss, slope := c.of(by[0]*gainC - by[1]*gainR)
	share, each := float64(chosen.share), float64(chosen.each)
	for i, nats := range chosen.now {
		slopes[0][i] = -share*slope*by[0] + each
		all[sumLoss] += each * float64(nats)
	}
	for i := range rejected.now {
		slopes[1][i] = share * slope * by[1]
	}
	all[sumLoss] += share * loss
	all[sumPairs] = 1
	all[sumChosen], all[sumRejected] = c.Beta*gainC, c.Beta*gainR
	if gainC > gainR {
		all[sumAccurate] = 1
	}
	all[sumChosenLogP], all[sumRejectedLogP] = pc, pr
	all[sumChosenTokens], all[sumChosenLoss] = float64(len(chosen.now)), -pc
	return all
}

// of is the loss of a difference, and its derivative.
func (c preferring) of(d float64) (loss, slope float64) {
	x := c.Beta * d
	switch c.Loss {
	case "ipo":
		off := d - 1/(2*c.Beta)
		return off * off, 2 * off
	case "robust":
		s := c.Smoothing
		loss = ((1-s)*softplus(-x) - s*softplus(x)) / (1 - 2*s)
		return loss, c.Beta * (-(1-s)*sigmoid(-x) - s*sigmoid(x)) / (1 - 2*s)
	}
	return softplus(-x), -c.Beta * sigmoid(-x)
}

func sigmoid(x float64) float64  { return 1 / (1 + math.Exp(-x)) }
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) } // -log σ(-x)

func total(x []float32) (sum float64) {
	for _, v := range x {
		sum += float64(v)
	}
	return sum
}

// pairOf is a chosen answer and a rejected one.
type pairOf struct{ chosen, rejected data.Sequence }

// lessons are pairs to learn from, one after the other.
func (c preferring) lessons(pairs []pairOf) (list []lesson) {
	tokens := 0
	for _, p := range pairs {
		tokens += p.chosen.Learned()
	}
	share, each := float32(1/float64(len(pairs))), float32(c.SFT/float64(tokens))
	for _, p := range pairs {
		list = append(list, lesson{Sequence: p.chosen, share: share, each: each}, lesson{Sequence: p.rejected, share: share})
	}
	return list
}

// drawPairs draws those of the next step from the first n: each comes once an epoch,
// in a new order each time.
func (r *Run) drawPairs(n int) (pairs []pairOf) {
	for i := range r.Recipe.Preferences.Pairs {
		at := r.Done*r.Recipe.Preferences.Pairs + i
		order := rand.New(rand.NewPCG(r.Recipe.Seed, 0xD90<<32+uint64(at/n))).Perm(n)
		pairs = append(pairs, r.pair(order[at%n]))
	}
	return pairs
}

func (r *Run) pair(i int) pairOf { return pairOf{r.data.Chosen[i], r.data.Rejected[i]} }

// compare measures the loss on pairs that train and on those that are held out, from
// the train-th on, and more of the latter.
func (r *Run) compare(m *recipe.Measurement, train int, between func() bool) (whole bool) {
	n := len(r.data.Chosen) - train
	measure := func(from, to int) (all sums, whole bool) {
		var pairs []pairOf
		for i := from; i < to; i++ {
			pairs = append(pairs, r.pair(i))
		}
		return r.read(preferring(r.Recipe.Preferences).lessons(pairs), between)
	}
	learned, whole := measure(0, min(n, train))
	if !whole {
		return false
	}
	heldOut, whole := measure(train, train+n)
	if !whole {
		return false
	}
	pairs := heldOut[sumPairs]
	m.Measures = append(m.Measures, recipe.Measures{
		{Name: recipe.TrainLoss, Value: learned[sumLoss]}, {Name: recipe.ValLoss, Value: heldOut[sumLoss]},
		{Name: recipe.Chosen, Value: heldOut[sumChosen] / pairs}, {Name: recipe.Rejected, Value: heldOut[sumRejected] / pairs},
		{Name: recipe.Margins, Value: (heldOut[sumChosen] - heldOut[sumRejected]) / pairs}, {Name: recipe.Accuracies, Value: heldOut[sumAccurate] / pairs},
		{Name: recipe.ChosenLogP, Value: heldOut[sumChosenLogP] / pairs}, {Name: recipe.RejectedLogP, Value: heldOut[sumRejectedLogP] / pairs},
	}...)
	return true
}

// read is learning from lessons without gradients: their sums alone.
func (r *Run) read(list []lesson, between func() bool) (all sums, whole bool) {
	for _, part := range portions(list, r.plan.rule.unit, r.Recipe.TokensPerStep()) {
		all.add(r.learnFrom(part, false))
		if between != nil && !between() {
			return all, false
		}
	}
	return all, true
}
