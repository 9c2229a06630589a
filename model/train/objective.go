package train

import (
	"hornbook/model/data"
	"hornbook/model/recipe"
)

// Data is what a run learns from and is measured on.
type Data struct {
	Text data.Corpus // learned from; the end of it validates
	Old  data.Corpus // text like that which a model had learned before; empty for none
}

// Arrays are all that the steps of a rank need of d, to be copied to where it
// is.
func (d *Data) Arrays() []*[]int32 {
	return []*[]int32{&d.Text.IDs, &d.Text.Targets, &d.Text.Lengths, &d.Old.IDs}
}

// plan is an objective for one run: what its steps learn from, and what it is
// measured by. All ranks make the same plan of the same recipe and data.
type plan struct {
	batches data.Source
	sets    []set   // of an evaluation, in the order of their measures
	prompt  []int32 // that a sample begins with
	asked   asked   // after the sets, for one more measure; the lead's
}

// set is what one measure of an evaluation is taken on: the mean loss of some
// batches.
type set struct {
	name    string
	batches data.Source
}

// objectives make the plan of each of recipe.Objectives: a file each.
var objectives = map[string]func(recipe.Recipe, Data) (plan, error){
	recipe.LM:  lm,
	recipe.SFT: sft,
}
