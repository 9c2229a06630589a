package train

import (
	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/eval"
	"hornbook/model/recipe"
)

// openings are places of a text that the model goes on from, so that one reads what it
// writes before a run and after it. What it says has no right answer.
type openings struct {
	ask     *eval.Asker // nil: nothing is asked
	prompts []model.Prompt
	rule    model.Rule
}

const (
	openingTokens = 16  // of a prompt
	goOnTokens    = 32  // that the model writes
	goOnHeat      = 0.8 // temperature
	fewBytes      = 2.5 // a token: with fewer, as characters have, all is three times as long
	lineWithin    = 256 // tokens in which a prompt looks for the beginning of a line
)

// open takes a few openings from fixed places of text, at the beginnings of lines where
// there are some.
func open(text data.Corpus, ids []int32, context int, by *eval.Asker) (o openings) {
	if o.ask = by; by == nil {
		return o
	}
	long := 1
	if text.Bytes > 0 && float64(text.Bytes) < fewBytes*float64(len(text.IDs)) {
		long = 3
	}
	n := min(long*openingTokens, context/2)
	o.rule = model.Rule{Sampling: model.Sampling{Temperature: goOnHeat, TopP: 1}, Tokens: min(long*goOnTokens, context-n)}
	few, next := min(recipe.MostQuestions, len(ids)/n), 0
	for i := range few {
		at := max(next, i*(len(ids)/few))
		for k := at; k < min(at+lineWithin, len(ids)-n); k++ {
			if by.EndsLine(ids[k]) {
				for at = k + 1; at < len(ids)-n && by.EndsLine(ids[at]); at++ {
				}
				break
			}
		}
		if next = at + n; next <= len(ids) {
			o.prompts = append(o.prompts, model.Prompt{IDs: ids[at:next:next], Seeds: []uint64{evalSeed<<32 + uint64(i)}})
		}
	}
	return o
}

// exam lets the run's model go on from each, before the first step and after the last
// and, where the best weights are kept, whenever they are better. It reports false if
// between did.
func (o openings) exam(r *Run, m *recipe.Measurement, between func() bool) (whole bool) {
	better := r.Recipe.Tuning.Patience > 0 && (r.Best == nil || m.Measures.Value(recipe.ValLoss) < r.Best.Loss)
	if len(o.prompts) == 0 || r.Done > 0 && r.Done < r.Recipe.Steps && !better {
		return true
	}
	whole = true
	written := r.Write(o.prompts, o.rule, func() bool {
		whole = between == nil || between()
		return whole
	})
	if !whole {
		return false
	}
	for _, ids := range written {
		m.Replies = append(m.Replies, recipe.Replied{Text: o.ask.Plain(ids)})
	}
	return true
}

// questions are the openings as a person reads them.
func (o openings) questions() (list []recipe.Question) {
	for _, p := range o.prompts {
		list = append(list, recipe.Question{Prompt: o.ask.Plain(p.IDs)})
	}
	return list
}
