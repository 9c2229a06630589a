package train

import (
	"hornbook/model/data"
	"hornbook/model/eval"
	"hornbook/model/recipe"
)

// Data is what a run learns from and is measured on.
type Data struct {
	Text data.Corpus // learned from; the end of it validates
	Old  data.Corpus // text like that which a model had learned before; empty for none

	Chosen, Rejected []data.Sequence // answers to the same prompts, of DPO; the lead's
	Job              *Job            // of GRPO; the lead's
	Ask              *eval.Asker     // how the model is asked and answers; the lead's, nil: it is not asked
	Teacher          recipe.Model    // of Distill: the shape of the teacher
	Frozen           []float32       // its weights or, of a model that is compared with itself as it began, those that trained then; nil where it begins now
}

// Arrays are all whole numbers that the steps of a rank need of d, to be copied to
// where it is.
func (d *Data) Arrays() []*[]int32 {
	return []*[]int32{&d.Text.IDs, &d.Text.Targets, &d.Text.Lengths, &d.Old.IDs}
}

// plan is an objective for one run: what its steps learn from, and what it is
// measured by. All ranks make the same plan of the same recipe and data.
type plan struct {
	batches data.Source // that all ranks draw alike
	sets    []set       // of an evaluation, in the order of their measures
	prompt  []int32     // that a sample begins with
	stop    []int32     // tokens that end one

	// Where a rule says what the loss is, the lead gives the lessons of a step, nil to
	// learn from the former ones again; false if that was cut short.
	rule *rule
	give func(*Run) (lessons []lesson, whole bool)

	exam func(r *Run, m *recipe.Measurement, between func() bool) (whole bool) // adds to m, after the sets; the lead's, nil for none

	questions []recipe.Question             // that it answers, few
	best      func(recipe.Measures) float64 // by which weights are the best, the lowest; nil: the validation loss
}

// set is what one measure of an evaluation is taken on: the mean loss of some
// batches.
type set struct {
	name    string
	batches data.Source
}

// objectives make the plan of each of recipe.Objectives: a file each.
var objectives = map[string]func(recipe.Recipe, Data) (plan, error){
	recipe.LM:      lm,
	recipe.SFT:     sft,
	recipe.DPO:     dpo,
	recipe.GRPO:    grpo,
	recipe.Distill: distill,
}
