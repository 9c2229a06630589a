package train

import (
	"slices"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/eval"
	"hornbook/model/recipe"
)

// asked are the beginnings of some conversations, with the answers that they
// had: the share of them that the model answers word for word says more than
// their loss does where answers are short.
type asked struct {
	ask     *eval.Asker // nil: what is said is not told
	prompts []model.Prompt
	answers [][]int32  // their end included
	rule    model.Rule // as long as the longest, and what ends them
}

// mostAnswer is the tokens of the longest answer that is asked for.
const mostAnswer = 32

// ask takes what can be asked from the documents of c.
func ask(c data.Corpus, by *eval.Asker) (a asked) {
	a.ask = by
	at := 0
	for _, n := range c.Lengths {
		ids, targets := c.IDs[at:at+int(n)], c.Targets[at:at+int(n)]
		at += int(n)
		first := slices.IndexFunc(targets, func(t int32) bool { return t >= 0 })
		if first < 0 {
			continue
		}
		answer := targets[first:]
		if end := slices.IndexFunc(answer, func(t int32) bool { return t < 0 }); end >= 0 {
			answer = answer[:end]
		}
		if len(answer) <= mostAnswer && len(a.prompts) < recipe.MostAsked {
			a.prompts = append(a.prompts, model.Prompt{IDs: ids[:first+1], Seeds: []uint64{0}})
			a.answers = append(a.answers, answer)
			a.rule.Tokens = max(a.rule.Tokens, len(answer))
			if end := answer[len(answer)-1]; !slices.Contains(a.rule.Stop, end) {
				a.rule.Stop = append(a.rule.Stop, end)
			}
		}
	}
	return a
}

// exam lets the run's model answer. It reports false if between did, and measures
// nothing where nothing can be asked.
func (a asked) exam(r *Run, m *recipe.Measurement, between func() bool) (whole bool) {
	if len(a.prompts) == 0 {
		return true
	}
	right, whole := 0, true
	written := r.Write(a.prompts, a.rule, func() bool {
		whole = between == nil || between()
		return whole
	})
	if !whole {
		return false
	}
	for i, answer := range a.answers {
		is := slices.Equal(written[i], answer)
		if is {
			right++
		}
		if a.ask != nil && i < recipe.MostQuestions {
			m.Replies = append(m.Replies, recipe.Replied{Text: a.ask.Reply(written[i]), Right: is})
		}
	}
	m.Measures = append(m.Measures, recipe.Measure{Name: recipe.Exact, Value: float64(right) / float64(len(a.answers))},
		recipe.Measure{Name: recipe.Questions, Value: float64(len(a.answers))})
	return true
}

// questions are the first of a's, with their answers.
func (a asked) questions() (list []recipe.Question) {
	if a.ask == nil {
		return nil
	}
	for i, p := range a.prompts[:min(len(a.prompts), recipe.MostQuestions)] {
		list = append(list, recipe.Question{Prompt: a.ask.Asked(p.IDs), Answer: a.ask.Reply(a.answers[i])})
	}
	return list
}
