package train

// Best is what the run was at its lowest validation loss. It does not change: a better one
// takes its place.
type Best struct {
	Step    int
	Loss    float64
	Weights []float32 // that train
}

// judge notes the validation loss at the present step, if the recipe has
// patience, and reports whether it is the lowest so far.
func (r *Run) judge(val float64) bool {
	switch b := r.Best; {
	case r.Recipe.Tuning.Patience == 0 || !finite(val):
		return false
	case b != nil && b.Step == r.Done:
	case b != nil && val >= b.Loss:
		r.stale++
		return false
	default:
		r.Best = &Best{r.Done, val, r.Model.TrainedWeights().Numbers()}
		r.stale = 0
	}
	return true
}

// Exhausted tells whether the validation loss has not fallen for as many
// evaluations as the recipe has patience (early stopping, Prechelt 1998).
func (r *Run) Exhausted() bool {
	return r.Recipe.Tuning.Patience > 0 && r.stale >= r.Recipe.Tuning.Patience
}

// TakeBest makes the model what it was at its best. No Step may follow.
func (r *Run) TakeBest() {
	if r.Best != nil {
		r.Model.TrainedWeights().Upload(r.Best.Weights)
	}
}
