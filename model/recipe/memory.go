package recipe

// Bytes estimates the memory of a run: weights, gradients, two moments and
// the kept weights, and the activations of one step with their gradients.
func (r Recipe) Bytes() float64 { return r.BytesOn(1) }

// BytesOn estimates the memory of a run on several ranks together: each has
// weights and gradients; moments and activations are divided among them; and
// there are the board and two copies of each one's part.
func (r Recipe) BytesOn(ranks int) float64 {
	m := r.Model
	rows := float64(r.Batch) * float64(m.Context)
	layer := 16*float64(m.Channels) + 6*float64(m.Hidden) + 2*float64(m.Heads)*float64(m.Context)
	activations := rows * (float64(m.Layers)*layer + 2*float64(m.Vocab) + 8*float64(m.Channels))
	copies := float64(ranks) + 3 // of what trains: gradients, moments and kept weights
	if ranks > 1 {
		copies += float64(ranks) + 2
	}
	still := float64(ranks) // of all weights
	if r.From != New {
		still++ // the model as it was before
	}
	return 4 * (copies*float64(r.Trained()) + still*float64(r.Weights()) + activations)
}

// CacheBytes is the memory of the keys and values that are kept while several
// sequences are written, each of as many tokens: two vectors of all K heads a
// token and layer, in float32.
func (m Model) CacheBytes(sequences, tokens int) float64 {
	return 4 * 2 * float64(m.Layers) * float64(m.KVHeads*m.HeadSize()) * float64(tokens) * float64(sequences)
}
