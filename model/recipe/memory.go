package recipe

// Bytes estimates the memory of a run: weights, gradients, two moments and
// the kept weights, and the activations of one step with their gradients.
func (r Recipe) Bytes() float64 { return r.BytesOn(1) }

// BytesOn estimates the memory of a run on several ranks together: each has
// weights and gradients; moments and activations are divided among them; there
// are the board and two copies of each one's part; and what writes meanwhile.
func (r Recipe) BytesOn(ranks int) float64 {
	m := r.Model
	rows := float64(r.Batch) * float64(m.Context)
	c, heads, kv := float64(m.Channels), float64(m.Heads*m.HeadSize()), float64(m.KVHeads*m.HeadSize())
	layer := 8*c + 4*max(c, heads) + 4*max(c, kv) + 6*float64(m.Hidden) + 2*float64(m.Heads)*float64(m.Context)
	activations := rows * (float64(m.Layers)*layer + 2*float64(m.Vocab) + 8*c)
	copies := float64(ranks) + 3 // of what trains: gradients, moments and kept weights
	if ranks > 1 {
		copies += float64(ranks) + 2
	}
	still := float64(ranks) // of all weights
	if r.From != New {
		still++ // the model as it was before
	}
	if r.Trains != Adapter && (r.Objective == DPO || r.Objective == GRPO && r.Rewards.KL > 0) {
		still += float64(ranks) // the model that it is compared with
	}
	writing := Writers * m.WritingBytes(1, m.Context)
	if w := r.Rewards; r.Objective == GRPO {
		most := max(w.Prompts*w.Group, mostExamined)
		writing += float64(ranks) * m.WritingBytes((most+ranks-1)/ranks, m.Context)
	}
	if r.Objective == SFT {
		writing += float64(ranks) * m.WritingBytes((MostAsked+ranks-1)/ranks, m.Context)
	}
	return 4*(copies*float64(r.Trained())+still*float64(r.Weights())+activations) + writing
}

// Writers is how many sequences an open model may be writing one by one, each
// with a cache of its own: what comes next, and a text.
const Writers = 2

// MostAsked is the most conversations that a run lets its model answer, all at
// once, each time that it is measured.
const MostAsked = 40

// mostExamined is the most replies that an exam writes at once.
const mostExamined = 128

// CacheBytes is the memory of the keys and values that are kept while several
// sequences are written, each of as many tokens: two vectors of all K heads a
// token and layer, in float32.
func (m Model) CacheBytes(sequences, tokens int) float64 {
	return 4 * 2 * float64(m.Layers) * float64(m.KVHeads*m.HeadSize()) * float64(tokens) * float64(sequences)
}

// passBytes is what a pass that writes computes of one token and keeps until
// its end: in each layer the residual stream and what the norms and sums make of
// it, queries and keys as they are, normed and turned, values, heads, and the
// MLP's parts.
func (m Model) passBytes() float64 {
	heads, kv := float64(m.Heads*m.HeadSize()), float64(m.KVHeads*m.HeadSize())
	layer := 8*float64(m.Channels) + 4*heads + 4*kv + 3*float64(m.Hidden) + 4*float64(m.Heads)
	return 4 * float64(m.Layers) * layer
}

// The most that is read of a prompt in one pass, in tokens and in bytes of what
// the pass computes.
const (
	mostAtOnce  = 512
	passAtOnce  = 128 << 20
	leastAtOnce = 16
)

// ReadAtOnce is the number of tokens of a prompt that one pass reads.
func (m Model) ReadAtOnce() int {
	return int(min(mostAtOnce, max(leastAtOnce, passAtOnce/m.passBytes())))
}

// WritingBytes is the memory that writing takes besides the weights: the cache
// of several sequences, each of as many tokens, a pass, for which memory is taken
// by halves more, and the logits with what is sorted of them. Several that are
// written together read whole prompts in a pass.
func (m Model) WritingBytes(sequences, tokens int) float64 {
	rows := min(tokens, m.ReadAtOnce())
	if sequences > 1 {
		rows = max(sequences, m.ReadAtOnce()+tokens)
	}
	return m.CacheBytes(sequences, tokens) + 1.5*float64(rows)*m.passBytes() + 4*8*float64(m.Vocab)*float64(sequences)
}

// OpenBytes is the memory of a model that lies open: weights, tables of RoPE,
// and what its writers take.
func (m Model) OpenBytes() float64 {
	open := 4*float64(m.Parameters()) + Writers*m.WritingBytes(1, m.Context)
	if m.Position == "rope" {
		open += 4 * float64(m.Context) * float64(m.HeadSize())
	}
	return open
}
