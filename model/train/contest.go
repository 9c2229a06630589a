package train

import (
	"slices"

	"hornbook/model"
	"hornbook/model/recipe"
	"hornbook/model/task/taste"
)

// contest lets the model that trains and the model as it began answer held-out
// prompts, with the same seeds, and a judge compare what they say.
type contest struct {
	prompts []model.Prompt
	asked   []string // the prompts as text
	rule    model.Rule
	judge   taste.Taste
	judged  bool     // there is a judge
	theirs  []string // what the model as it began answers; nil: not known yet
}

const (
	mostTries = 4 // answers to each prompt, of a contest that is judged
	atOnce    = 8 // prompts whose answers are written together, so that their caches stay small
)

// contest is that of r on some pairs' prompts.
func newContest(r recipe.Recipe, d Data, pairs []pairOf) *contest {
	c := &contest{rule: model.Rule{Sampling: model.Sampling{Temperature: 1}, Stop: d.Ask.Stop}}
	tries := 1
	if c.judge, c.judged = taste.ByName(r.Preferences.Taste); c.judged {
		tries = mostTries
	}
	for i, p := range pairs {
		c.rule.Tokens = max(c.rule.Tokens, p.chosen.Learned(), p.rejected.Learned())
		prompt := model.Prompt{IDs: p.chosen.IDs[:p.chosen.Prompt]}
		if slices.ContainsFunc(c.prompts, func(had model.Prompt) bool { return slices.Equal(had.IDs, prompt.IDs) }) {
			continue
		}
		for s := range tries {
			prompt.Seeds = append(prompt.Seeds, key(evalSeed, 0, i, s))
		}
		c.prompts, c.asked = append(c.prompts, prompt), append(c.asked, d.Ask.Asked(prompt.IDs))
	}
	return c
}

// questions are the first of c's prompts, to which no answer is right.
func (c *contest) questions() (list []recipe.Question) {
	for _, prompt := range c.asked[:min(len(c.asked), recipe.MostQuestions)] {
		list = append(list, recipe.Question{Prompt: prompt})
	}
	return list
}

// hold adds to m how often the answers of r's model are preferred to those of the
// model as it began, a tie being half of a win. It reports false if between did.
func (c *contest) hold(r *Run, m *recipe.Measurement, between func() bool) (whole bool) {
	ours, whole := c.answers(r, r.Write, between)
	if !whole {
		return false
	}
	switch {
	case c.theirs != nil || !c.judged:
	case r.Done == 0: // both are the same model
		c.theirs = ours
	default:
		if c.theirs, whole = c.answers(r, r.frozen.write, between); !whole {
			return false
		}
	}
	tries := len(c.prompts[0].Seeds)
	var sum taste.Tally
	for i, prompt := range c.asked {
		var tally taste.Tally
		if c.judged {
			same := slices.Repeat([]string{prompt}, tries)
			tally = taste.Compare(c.judge, same, ours[i*tries:][:tries], c.theirs[i*tries:][:tries])
		}
		sum.Wins, sum.Ties, sum.Losses = sum.Wins+tally.Wins, sum.Ties+tally.Ties, sum.Losses+tally.Losses
		if i < recipe.MostQuestions {
			m.Replies = append(m.Replies, recipe.Replied{Text: ours[i*tries]})
		}
	}
	if c.judged {
		m.Measures = append(m.Measures, recipe.Measure{Name: recipe.WinRate, Value: sum.Rate()}, recipe.Measure{Name: recipe.Questions, Value: float64(sum.N())})
	}
	return true
}

// writes is Run.Write, or the like.
type writes func([]model.Prompt, model.Rule, func() bool) [][]int32

// answers are those that write gives, a prompt's one after the other.
func (c *contest) answers(r *Run, write writes, between func() bool) (texts []string, whole bool) {
	whole = true
	for prompts := range slices.Chunk(c.prompts, atOnce) {
		written := write(prompts, c.rule, func() bool {
			whole = between == nil || between()
			return whole
		})
		if !whole {
			return nil, false
		}
		for _, ids := range written {
			texts = append(texts, r.data.Ask.Reply(ids))
		}
	}
	return texts, true
}

// write is what the frozen model writes.
func (f frozen) write(prompts []model.Prompt, rule model.Rule, between func() bool) [][]int32 {
	if f.without {
		f.model.UseAdapter(false)
		defer f.model.UseAdapter(true)
	}
	return model.NewWriter(f.model).Write(prompts, rule, between)
}
