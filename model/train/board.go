package train

import (
	"errors"
	"time"

	"hornbook/model"
	"hornbook/model/recipe"
)

// Board is float32 memory that the ranks of a run share. What a rank has Put
// before a Sync may be got after it, by those that it was put for; a Get is of
// what one Put gave, whole. Until the Sync nobody may read or write the place.
type Board interface {
	Rank() int                   // 0 is the lead's
	Size() int                   // ranks in all, at least 2
	Put(to, at int, x []float32) // for rank to, or for All
	Get(x []float32, at int)

	// Sync waits until every rank has called it as often. It returns
	// ErrRankLost when one has ended or, with a patience above 0, has not come
	// for that long; the board is then of no more use.
	Sync(patience time.Duration) error
}

// All is for whom every rank is.
const All = -1

// Crew is the lead's board with the ranks that were started for it.
type Crew interface {
	Board
	End() // ends the other ranks, waiting or not
}

// Task is what a rank needs to know of a run.
type Task struct {
	Recipe recipe.Recipe // Vocab set
	Data   Data
	Model  *model.GPT // the run's, to be copied before the first Sync; to Serve its own
	Done   int        // steps that the run has taken
}

// Launch starts ranks 1 to size-1, each of which calls Serve.
type Launch func(t Task, size int) (Crew, error)

// ErrRankLost is what Sync returns when a rank has gone.
var ErrRankLost = errors.New("train: a rank is lost")

// BoardLen is the number of floats of the board of size ranks: for each a slot
// for gradients or new weights and its part of loss and sums; the lead's order;
// the losses of an evaluation; a job of writing and what each rank wrote.
func BoardLen(r recipe.Recipe, size int) int {
	return size*(r.Trained()+parts) + len(order{}) + mostLosses(r) + size*room
}

// mostLosses is the number of batches of the largest evaluation, of three texts.
func mostLosses(r recipe.Recipe) int { return 3 * max(r.EvalBatches, r.LastEvalBatches) }
