package tensor

// Experts does the arithmetic of DeepSeek's form: attention through a latent vector,
// and MLPs of experts. A Backend may lack it; then a pass of such a model ends with
// a Lost, and goes on where there is one that does not.
type Experts interface {
	// Join is y (…,A+B) = [a | b] for a (…,A), b (…,B).
	Join(y, a, b *Tensor)
	JoinGrad(da, db Into, dy *Tensor)

	// HeadLinear is a linear layer of each head's own, of its first channels: x (N,H,D),
	// w (H·O,I), y (N,H,O) with I ≤ D: y[n,h] = w[h]·x[n,h]; or, turned, w (H·I,O):
	// y[n,h] = w[h]ᵀ·x[n,h].
	HeadLinear(y, x, w *Tensor, turned bool)
	HeadLinearGrad(dx, dw Into, dy, x, w *Tensor, turned bool)

	// Route fills d, and weights (R), by logits (N,E) and balance (E).
	Route(weights, logits, balance *Tensor, d Dealt)
	RouteGrad(dlogits, dbalance Into, dweights, logits *Tensor, d Dealt)

	// ExpertLinear is y[r] = w[e]·x[r] for the rows r of expert e: x (R,I), w (E,O,I),
	// y (R,O). counts says how many of the rows each has, one's after the other's.
	ExpertLinear(y, x, w *Tensor, counts []int32)
	ExpertLinearGrad(dx, dw Into, dy, x, w *Tensor, counts []int32)

	// Gather is y[n] = Σ_r weights[r]·x[r] over the rows r with ids[r] = n.
	Gather(y, x, weights *Tensor, ids []int32)
	GatherGrad(dx, dweights Into, dy, x, weights *Tensor, ids []int32)
}

// Dealt is which tokens go to which experts: R = N·k rows, one for each token and
// expert that it goes to, those of the first expert first.
type Dealt struct {
	IDs    []int32 // (R) the token of each row
	Counts []int32 // (E) rows of each expert
	Scale  float32 // of the weights
	Normed bool    // a token's are divided by their sum before
}

// experts is the backend of t that knows the form.
func (t *Tape) experts() Experts {
	b, knows := t.Backend.(Experts)
	if !knows {
		panic(Lost{Why: "it knows no experts, and no attention through a latent vector"})
	}
	return b
}
