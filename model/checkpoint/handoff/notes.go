package handoff

import (
	"fmt"

	"hornbook/model/recipe"
)

// Notes are what a person should know of a run that is handed off, whole sentences.
func Notes(r Run) (notes []string) {
	say := func(text string, args ...any) { notes = append(notes, fmt.Sprintf(text, args...)) }
	switch {
	case r.Step >= r.Recipe.Steps || r.State == "done":
		say("all steps of the run are taken, so its moments are not kept: continue.py --steps N goes on to N steps in all, with moments that begin at zero")
	case r.Step > 0 && r.Moments == nil:
		say("the optimizer's moments are not kept: they begin at zero")
	}
	if r.Recipe.Trains == recipe.Adapter && r.Recipe.Tuning.LoRA.Dropout > 0 {
		say("the adapter's dropout is drawn by PyTorch, so losses are like Hornbook's, not the same")
	}
	if r.OldSHA256 != "" && r.Data.Old.Empty() {
		say("the text by which forgetting is measured is not here, so old_loss is not measured there")
	}
	return notes
}
