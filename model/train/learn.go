package train

import (
	"hornbook/model/recipe"
)

// given tells whether the next step learns from lessons that the lead gives, and
// not from batches that every rank draws.
func (p *replica) given() bool {
	return p.plan.rule != nil && !p.Recipe.WarmingUp(p.Done)
}

// instructed computes the gradients of lessons: the lead gives them, and every rank
// learns its part.
func (p *replica) instructed() error {
	g := &p.group
	if g.board == nil {
		p.learn(0, 1)
		return nil
	}
	rank, size := g.board.Rank(), g.board.Size()
	next := func() error { return p.await(learnNow) }
	if rank == 0 {
		next = p.teach
	}
	if err := next(); err != nil {
		return err
	}
	p.timed(func() { p.learn(rank, size) })
	g.put()
	return g.board.Sync(g.patience)
}

// teach gives the other ranks the lessons, unless they have heard them, and lets
// them learn.
func (p *replica) teach() error {
	g := &p.group
	for rest := p.lessons; !p.heard; { // if there are none, they hear that
		n := fitting(rest)
		if err := g.hand(hear, encodeLessons(rest[:n])); err != nil {
			return err
		}
		rest = rest[n:]
		p.heard = len(rest) == 0
	}
	return g.command(learnNow, 0)
}

// fitting is the number of the first lessons that the board has room for.
func fitting(list []lesson) (n int) {
	for floats := 1; n < len(list); n++ {
		if floats += 5 + len(list[n].IDs); floats > room && n > 0 {
			break
		}
	}
	return n
}

// hand lays numbers on the board for the others, tells them what they are for, and
// waits until they have them.
func (g *group) hand(v verb, x []float32) error {
	g.board.Put(All, g.jobAt(), x)
	if err := g.command(v, len(x)); err != nil {
		return err
	}
	return g.board.Sync(g.patience)
}

// hearing is the other side of hand: the first lessons of a round take the place of
// those of the one before.
func (p *replica) hearing(n int) error {
	job := make([]float32, n)
	p.group.board.Get(job, p.group.jobAt())
	if p.heard {
		p.lessons, p.heard = nil, false
	}
	p.lessons = append(p.lessons, decodeLessons(job)...)
	return p.group.board.Sync(p.group.patience)
}

// learn computes the gradients of a rank's part of the lessons, and their sums.
func (p *replica) learn(rank, size int) {
	p.heard = true
	p.sums = sums{}
	p.Model.Backend.Fill(p.Model.Gradients, 0)
	mine := dealt(p.lessons, p.plan.rule.unit, rank, size)
	for _, list := range portions(mine, p.plan.rule.unit, p.Recipe.TokensPerStep()) {
		if len(list) > 0 {
			p.sums.add(p.learnFrom(list, true))
		}
	}
	p.part.Upload([]float32{float32(p.sums[0])})
}

// learnFrom reads some lessons and, to learn, adds to the gradients theirs.
func (p *replica) learnFrom(list []lesson, learns bool) sums {
	in := pack(list)
	if p.Recipe.Objective == recipe.Distill {
		return p.imitate(list, in, learns)
	}
	r, t := p.plan.rule, p.tape
	var frozen [][]float32
	if r.frozen {
		frozen = in.learned(list, p.frozenLosses(in))
	}
	t.Reset(learns)
	logits := cooled(t, p.Model.Forward(in.pass(t)), r.temperature)
	losses := t.TokenLoss(logits, in.targets)
	units := speak(list, in.learned(list, losses.Numbers()), frozen)
	if r.entropy {
		for i, part := range in.learned(list, t.Entropy(logits).Numbers()) {
			units[i].entropy = part
		}
	}
	weights := make([]float32, len(in.ids))
	all := r.weigh(units, in.learned(list, weights))
	if !learns {
		return all
	}
	t.Accumulate(t.Weigh(losses, weights), p.Model.Trained)
	for i := range list {
		if list[i].old == nil {
			list[i].old = units[i].now
		}
	}
	return all
}

// speak lays what models say of lessons beside them.
func speak(list []lesson, now, frozen [][]float32) []spoken {
	units := make([]spoken, len(list))
	for i, l := range list {
		units[i] = spoken{lesson: l, now: now[i]}
		if frozen != nil {
			units[i].frozen = frozen[i]
		}
	}
	return units
}

// weigh fills weights, of each one's learned tokens, with what their losses count:
// the gradient of their weighted sum is that of the loss.
func (r *rule) weigh(list []spoken, weights [][]float32) (all sums) {
	for i := 0; i < len(list); i += r.unit {
		unit, slopes := list[i:i+r.unit], make([][]float64, r.unit)
		for j := range unit {
			slopes[j] = make([]float64, len(unit[j].now))
		}
		all.add(r.of(unit, slopes))
		for j := range unit {
			for k, s := range slopes[j] {
				weights[i+j][k] = float32(s)
			}
		}
	}
	return all
}
