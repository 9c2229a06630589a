package train

import (
	"fmt"

	"hornbook/model/data"
	"hornbook/model/recipe"
)

// sft (supervised fine-tuning) predicts the tokens of documents that count,
// such as what the assistant says in a conversation: the loss is the sum over
// those of a step's whole batch, divided by their number, as TRL has it. The
// documents of a row do not see each other.
func sft(r recipe.Recipe, d Data) (plan, error) {
	if n := len(d.Text.Lengths); n < MinDocuments {
		return plan{}, fmt.Errorf("%w: it has %d conversations, %d are needed", ErrTooShort, n, MinDocuments)
	}
	train, val := data.SplitDocuments(d.Text)
	packer := func(c data.Corpus) data.Source { return data.NewPacker(c, r.Batch, r.Model.Context, r.Seed) }
	asked := ask(val, d.Ask)
	p := plan{batches: packer(train), prompt: opening(val), stop: asked.rule.Stop, exam: asked.exam, questions: asked.questions(),
		sets: []set{{recipe.TrainLoss, packer(train)}, {recipe.ValLoss, packer(val)}}}
	return p.remember(r, d.Old)
}

// MinDocuments is the fewest documents that can be split for training and
// validation.
const MinDocuments = 10

// opening is what stands in the first document of c before what counts.
func opening(c data.Corpus) []int32 {
	for i, target := range c.Targets {
		if target >= 0 {
			return c.IDs[:i+1]
		}
	}
	return c.IDs[:1]
}
