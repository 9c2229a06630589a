package recipe

// Less is what of a run would be smaller, for it to fit into memory: zero or "" as it is.
type Less struct {
	Batch, Context int
	Trains         string
}

// Fitting is the least change by which r takes no more than so many bytes, false if none of
// these does: a smaller batch, shorter rows, an adapter in place of more weights, or these
// together.
func (r Recipe) Fitting(memory float64) (Less, bool) {
	for _, trains := range []string{r.Trains, Adapter} {
		s := r
		if s.Trains = trains; trains != r.Trains && (r.From == New || len(r.Tuning.LoRA.On(r.Model)) == 0) {
			break
		}
		for s.Bytes() > memory && s.Batch > 0 {
			fewer := s
			fewer.Batch /= 2
			switch shorter := s.Model.Context > leastContext && s.Model.Position == "rope"; {
			case s.Batch > 1 && (fewer.Bytes() < s.Bytes() || !shorter):
				s = fewer
			case shorter:
				s.Model.Context /= 2
			default:
				s.Batch = 0
			}
		}
		if s.Batch > 0 {
			return s.lessThan(r), true
		}
	}
	return Less{}, false
}

// leastContext is the shortest that is proposed.
const leastContext = 64

func (s Recipe) lessThan(r Recipe) (l Less) {
	if s.Batch != r.Batch {
		l.Batch = s.Batch
	}
	if s.Model.Context != r.Model.Context {
		l.Context = s.Model.Context
	}
	if s.Trains != r.Trains {
		l.Trains = s.Trains
	}
	return l
}
