package train

import (
	"fmt"

	"hornbook/model/data"
	"hornbook/model/recipe"
)

// lm predicts every token of a text from those before it, at random places.
func lm(r recipe.Recipe, d Data) (plan, error) {
	ids, context := d.Text.IDs, r.Model.Context
	if need := data.MinTokens(context); len(ids) < need {
		return plan{}, fmt.Errorf("%w: it has %d tokens, %d are needed", ErrTooShort, len(ids), need)
	}
	train, val := data.Split(ids, context)
	sampler := func(ids []int32) data.Source { return data.NewSampler(ids, r.Batch, context, r.Seed) }
	asked := open(d.Text, val, context, d.Ask)
	p := plan{batches: sampler(train), prompt: ids[:1], exam: asked.exam, questions: asked.questions(),
		sets: []set{{recipe.TrainLoss, sampler(train)}, {recipe.ValLoss, sampler(val)}}}
	return p.remember(r, d.Old)
}

// remember measures the loss on a text like the old too, if there is one.
func (p plan) remember(r recipe.Recipe, old data.Corpus) (plan, error) {
	switch {
	case old.Empty():
		return p, nil
	case len(old.IDs) <= r.Model.Context:
		return p, fmt.Errorf("%w: the old one has %d tokens", ErrTooShort, len(old.IDs))
	}
	p.sets = append(p.sets, set{recipe.OldLoss, data.NewSampler(old.IDs, r.Batch, r.Model.Context, 0)})
	return p, nil
}
