package train

import (
	"slices"

	"hornbook/model"
	"hornbook/model/recipe"
)

// formBatches is how many validation batches the measures of a form are taken on.
const formBatches = 8

// ofForm measures how evenly experts have to do, and how often the word after the next
// is expected, where the model has them: on the first batches of the validation text. It
// reports false if between did.
func (r *Run) ofForm(m *recipe.Measurement, between func() bool) (whole bool) {
	c := r.Recipe.Model
	at := slices.IndexFunc(r.plan.sets, func(s set) bool { return s.name == recipe.ValLoss })
	if c.Experts.Count == 0 && c.Ahead == 0 || at < 0 {
		return true
	}
	val := r.plan.sets[at].batches
	val.Seed(evalSeed)
	var loads model.Loads
	if c.Experts.Count > 0 {
		loads = r.Model.NewLoads()
	}
	right, all := 0, 0
	for range min(formBatches, r.Recipe.EvalBatches) {
		some, of := r.Model.Expects(r.tape, val.Next(), loads)
		right, all = right+some, all+of
		if between != nil && !between() {
			return false
		}
	}
	if c.Experts.Count > 0 {
		m.Measures = append(m.Measures, recipe.Measure{Name: recipe.ExpertLoad, Value: loads.Worst()})
	}
	if all > 0 {
		m.Measures = append(m.Measures, recipe.Measure{Name: recipe.SecondWord, Value: float64(right) / float64(all)})
	}
	return true
}
