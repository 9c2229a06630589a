package recipe

// Bytes estimates the memory of a run: weights, gradients, two moments and
// the kept weights, and the activations of one step with their gradients.
func (r Recipe) Bytes() float64 {
	m := r.Model
	rows := float64(r.Batch) * float64(m.Context)
	layer := 16*float64(m.Channels) + 6*float64(m.Hidden) + 2*float64(m.Heads)*float64(m.Context)
	activations := rows * (float64(m.Layers)*layer + 2*float64(m.Vocab) + 8*float64(m.Channels))
	return 4 * (5*float64(m.Parameters()) + activations)
}
