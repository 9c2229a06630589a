package train

import (
	"errors"
	"math"
	"math/rand/v2"

	"hornbook/model"
	"hornbook/model/recipe"
	"hornbook/model/task"
)

// grpo (group relative policy optimization, Shao et al. 2024) rewards a model for
// its own replies: to each of some prompts it gives a group of G, and learns from a
// reply as much as that was better than the others of its group. Before, it may learn
// from demonstrations, as sft does.
func grpo(r recipe.Recipe, d Data) (p plan, err error) {
	w := r.Rewards
	if len(d.Text.Lengths) > 0 || w.WarmUp > 0 {
		if p, err = sft(r, d); err != nil {
			return plan{}, err
		}
	} else if p, err = p.remember(r, d.Old); err != nil {
		return plan{}, err
	}
	if d.Job != nil {
		if len(d.Job.Asked) == 0 {
			return plan{}, errors.New("train: a task without a prompt")
		}
		p.questions = d.Job.questions()
	}
	p.rule = &rule{unit: 1, temperature: w.Heat, frozen: w.KL > 0, entropy: true, of: clipped(w).reply}
	p.give, p.exam = (*Run).roll, (*Run).examine
	p.best = func(m recipe.Measures) float64 { return -m.Value(recipe.PassAt1) }
	return p, nil
}

// clipped is GRPO's loss of a token.
type clipped recipe.Rewards

// Places among the sums of GRPO, of tokens but the first.
const (
	sumLoss = iota
	sumTokens
	sumKL
	sumEntropy
	sumLow
	sumHigh
)

// reply adds up the losses of a reply's tokens:
//
//	each · (-min(ratio·A, clip(ratio, 1-ε, 1+ε')·A) + β·k3)
//	ratio = p/p_old,   k3 = e^x - x - 1 with x = log p_frozen - log p
//
// A ratio of the first step of a round is 1: old is what the model itself says.
func (c clipped) reply(unit []spoken, slopes [][]float64) (all sums) {
	u := unit[0]
	for i, now := range u.now {
		old := now
		if u.old != nil {
			old = u.old[i]
		}
		loss, slope, low, high := c.token(float64(u.advantage), float64(old)-float64(now))
		if u.frozen != nil {
			kl, d := k3(float64(now) - float64(u.frozen[i]))
			loss, slope = loss+c.KL*kl, slope+c.KL*d
			all[sumKL] += kl
		}
		each := float64(u.each)
		slopes[0][i] = -each * slope // by the token's loss, which is -log p
		all[sumLoss] += each * loss
		all[sumLow] += low
		all[sumHigh] += high
		if u.entropy != nil {
			all[sumEntropy] += float64(u.entropy[i])
		}
	}
	all[sumTokens] = float64(len(u.now))
	return all
}

// token is the loss of a token of advantage a whose log probability has risen so much,
// its derivative by the log probability, and 1 where the ratio was too low or too high
// to count.
func (c clipped) token(a, risen float64) (loss, slope, low, high float64) {
	ratio := math.Exp(risen)
	switch {
	case a < 0 && ratio < 1-c.ClipLow:
		return -a * (1 - c.ClipLow), 0, 1, 0
	case a > 0 && ratio > 1+c.ClipHigh:
		return -a * (1 + c.ClipHigh), 0, 0, 1
	}
	return -a * ratio, -a * ratio, 0, 0
}

// k3 estimates a token's part of KL(p‖p_frozen) from x = log p_frozen - log p
// (Schulman 2020), and its derivative by log p.
func k3(x float64) (kl, slope float64) {
	e := math.Exp(x)
	return e - x - 1, 1 - e
}

// advantages are how much each reward of a group is above their mean, divided by their
// deviation where that is wanted.
func advantages(rewards []float64, scale bool) []float64 {
	mean, deviation := spread(rewards)
	list := make([]float64, len(rewards))
	for i, r := range rewards {
		list[i] = r - mean
		if scale {
			list[i] /= deviation + 1e-4
		}
	}
	return list
}

// spread is the mean of x and its standard deviation, by len(x)-1.
func spread(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(deviation)
}

// weights are what each token of the groups' replies counts, by lengths: replies that
// are left out have none left, and count as replies all the same.
func (c clipped) weights(lengths [][]int) [][]float64 {
	replies, all := 0, 0
	for _, group := range lengths {
		replies += len(group)
		for _, n := range group {
			all += n
		}
	}
	list := make([][]float64, len(lengths))
	for g, group := range lengths {
		mine := 0
		for _, n := range group {
			mine += n
		}
		for _, n := range group {
			var by int
			switch c.Loss {
			case "grpo":
				by = replies * n
			case "bnpo":
				by = len(lengths) * mine
			case "dapo":
				by = all
			case "dr_grpo":
				by = replies * c.ReplyMost
			}
			list[g] = append(list[g], 1/float64(max(1, by)))
		}
	}
	return list
}

// Round is the replies that some steps learn from.
type Round struct {
	Step   int // before which they were drawn
	Groups []Group
}

// Group is the replies to one prompt.
type Group struct {
	Example int // among the Job's
	Replies []Reply
}

// Reply is one of a group, scored.
type Reply struct {
	Text      string
	Tokens    int
	Ended     bool // by itself
	Reward    float64
	Right     bool // by the task's strict verifier
	Advantage float64
}

// roll draws a round of replies and makes lessons of them. In the steps after the
// first of a round there are none.
func (r *Run) roll() (lessons []lesson, whole bool) {
	w := r.Recipe.Rewards
	if !r.Whole() {
		return nil, true
	}
	job := r.data.Job
	draw := rand.New(rand.NewPCG(r.Recipe.Seed, 0x60<<32+uint64(r.Done)))
	round := Round{Step: r.Done}
	var prompts []model.Prompt
	for i := range w.Prompts {
		e := draw.IntN(len(job.Asked))
		ids := r.data.Ask.Prompt(job.Asked[e].Prompt)
		p := model.Prompt{IDs: ids[max(0, len(ids)+w.ReplyMost-r.Recipe.Model.Context):]} // whatever follows, nothing read is forgotten
		for s := range w.Group {
			p.Seeds = append(p.Seeds, key(r.Recipe.Seed, r.Done, i, s))
		}
		round.Groups, prompts = append(round.Groups, Group{Example: e}), append(prompts, p)
	}
	rule := model.Rule{Sampling: model.Sampling{Temperature: w.Heat}, Tokens: w.ReplyMost, Stop: r.data.Ask.Stop}
	whole = true
	written := r.Write(prompts, rule, func() bool { whole = r.between(); return whole })
	if !whole {
		return nil, false
	}
	return r.score(round, prompts, written), true
}

// key is the seed of one reply: of a run's seed, the step, the prompt's place in the
// round and the reply's in the group.
func key(seed uint64, step, prompt, reply int) uint64 {
	h := seed
	for _, x := range []int{step, prompt, reply} {
		h = (h ^ uint64(x)) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return h
}

// score makes lessons of what was written, tells of the round and tallies it.
func (r *Run) score(round Round, prompts []model.Prompt, written [][]int32) []lesson {
	c, job := clipped(r.Recipe.Rewards), r.data.Job
	lengths := make([][]int, len(round.Groups))
	for g := range round.Groups {
		group := &round.Groups[g]
		rewards := make([]float64, c.Group)
		for s := range c.Group {
			one := job.judge(job.Asked[group.Example], written[g*c.Group+s], r.data.Ask)
			one.Reward -= c.LengthCost * float64(one.Tokens)
			rewards[s] = one.Reward
			n := one.Tokens
			if c.LeaveCut && !one.Ended {
				n = 0
			}
			group.Replies, lengths[g] = append(group.Replies, one), append(lengths[g], n)
			r.written += one.Tokens
		}
		for s, a := range advantages(rewards, c.Scale) {
			group.Replies[s].Advantage = a
		}
	}
	r.tally.round(round.Seen())
	if r.rolled != nil {
		r.rolled(round)
	}
	return c.lessons(round, prompts, written, lengths)
}

func (c clipped) lessons(round Round, prompts []model.Prompt, written [][]int32, lengths [][]int) []lesson {
	weights, list := c.weights(lengths), []lesson{} // not nil, which were those of the round before
	for g, group := range round.Groups {
		for s, one := range group.Replies {
			if lengths[g][s] == 0 {
				continue
			}
			l := lesson{each: float32(weights[g][s]), advantage: float32(one.Advantage)}
			ids := prompts[g].IDs
			l.IDs = append(ids[:len(ids):len(ids)], written[g*c.Group+s]...)
			l.Prompt = len(ids)
			list = append(list, l)
		}
	}
	return list
}

// Seen is what there is to say of all replies of a round.
type Seen struct {
	Reward  float64 // mean
	Spread  float64 // mean of the groups' standard deviations
	Flat    float64 // part of the groups in which all replies are as good
	Length  float64 // mean tokens of a reply
	Cut     float64 // part of the replies that did not end
	Working float64 // part of the replies that show working
}

// Seen looks at all replies.
func (round Round) Seen() (s Seen) {
	n, groups := 0.0, float64(len(round.Groups))
	for _, g := range round.Groups {
		n += float64(len(g.Replies))
	}
	for _, g := range round.Groups {
		var rewards []float64
		for _, one := range g.Replies {
			rewards = append(rewards, one.Reward)
			s.Reward += one.Reward / n
			s.Length += float64(one.Tokens) / n
			s.Cut += share(!one.Ended) / n
			s.Working += share(task.ShowsWorking(one.Text)) / n
		}
		_, deviation := spread(rewards)
		s.Spread += deviation / groups
		s.Flat += share(deviation == 0) / groups
	}
	return s
}

func share(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
