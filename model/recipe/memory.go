package recipe

// Bytes estimates the most memory of a run by one rank.
func (r Recipe) Bytes() float64 { return r.BytesOn(1) }

// BytesOn estimates the memory of a run on several ranks together: each has the weights,
// gradients and what a pass computes; moments are divided among them; there
// are the board and two copies of each one's part; what writes meanwhile; and what a save
// takes.
func (r Recipe) BytesOn(ranks int) float64 {
	m, n := r.Model, float64(ranks)
	copies := n + 1 // of what trains: gradients, and the weights that were kept last
	if r.Tuning.Patience > 0 {
		copies += 2 // the best, and a better one
	}
	if ranks > 1 {
		copies += n + 2
	}
	all := copies*4*float64(r.Trained()) + r.weights(n) + r.optimizer() + r.saving()
	if r.Trains != Adapter && (r.Objective == DPO || r.Objective == GRPO && r.Rewards.KL > 0) {
		all += n * 4 * float64(m.Parameters()) // the model that it is compared with
	}
	all += Writers * m.WritingBytes(1, m.Context)
	if w := r.Rewards; r.Objective == GRPO {
		most := max(w.Prompts*w.Group, mostExamined)
		all += n * m.WritingBytes((most+ranks-1)/ranks, m.Context)
	}
	if r.Objective == SFT {
		all += n * m.WritingBytes((MostAsked+ranks-1)/ranks, m.Context)
	}
	rows := min(r.RowsAtOnce(), (r.Batch+ranks-1)/ranks)
	return all + n*max(float64(rows)*r.rowBytes(), float64(r.RowsAtOnce())*r.measuredBytes())
}

// weights are the bytes that those of all ranks lie in. An adapter is laid beside the
// weights of the model that is open; what else trains is beside the model as it was.
func (r Recipe) weights(ranks float64) float64 {
	base, trained := r.WeightBytes, 4*float64(r.Trained())
	if base == 0 {
		base = 4 * float64(r.Model.Parameters())
	}
	switch {
	case r.From == New:
		return ranks * base
	case r.Trains == Adapter:
		return ranks * (base + trained)
	}
	return base + ranks*max(base, trained)
}

// saving is what a save takes besides: the largest tensor, as it is written.
func (r Recipe) saving() float64 {
	largest := 0
	for _, t := range r.Model.Tensors() {
		largest = max(largest, t.Len())
	}
	return 4 * float64(largest)
}

// optimizer is what moments take: of a weight two, by Muon one; and Muon's products.
func (r Recipe) optimizer() (bytes float64) {
	room := 0.0
	for _, t := range r.Tensors() {
		n := float64(t.Len())
		if bytes += 4 * n; !r.Muon(t) {
			bytes += 4 * n
			continue
		}
		rows, cols := t.Dims[len(t.Dims)-2], t.Dims[len(t.Dims)-1] // of one, where each expert has one
		k := float64(min(rows, cols))
		room = max(room, 4*(2*float64(rows*cols)+3*k*k))
	}
	return bytes + room
}

// rowBytes is what a step computes of one row of its batch and keeps until its gradients
// have been played back. An adapter adds to each of its layers: what it makes of it, that
// scaled, and the sum, beside what it reads where that is dropped in part.
func (r Recipe) rowBytes() float64 {
	m := r.Model
	c, kv := float64(m.Channels), float64(m.KVHeads*m.HeadSize())
	wide := float64(m.Heads * m.HeadSize())
	layer := 6*c + 2*wide + 2*kv + m.feedWidth() + 2*float64(m.Heads) + 2
	switch {
	case m.Latent.Rank > 0:
		layer += m.mixerWidth() - 2*wide - 2*kv
	case m.Position == "rope":
		layer += wide + kv
	}
	if m.QKNorm {
		layer += wide + kv + float64(m.Heads+m.KVHeads)
	}
	if m.Context <= ShortContext {
		layer += float64(m.Heads * m.Context)
	}
	all := float64(m.Layers+m.Ahead)*layer + float64(1+m.Ahead)*(2*float64(m.Vocab)+4*c)
	if r.Trains == Adapter {
		for _, t := range m.Tensors() {
			if len(r.Tuning.LoRA.of(t)) > 0 {
				all += 3*float64(t.Dims[0]) + 2*float64(r.Tuning.LoRA.Rank)
				if r.Tuning.LoRA.Dropout > 0 {
					all += 2 * float64(t.Dims[1])
				}
			}
		}
	}
	if r.Objective != LM && r.Objective != SFT {
		all += 2 * float64(m.Vocab) // what another model says, and how sure it is
	}
	return 4 * float64(m.Context) * all
}

// measuredBytes is what an evaluation, which keeps of a layer only what the next reads,
// computes of one row of a batch. Each rank measures whole batches, so that a loss is the
// same for any number of them.
func (r Recipe) measuredBytes() float64 {
	m := r.Model
	return 4 * float64(m.Context) * (m.passBytes()/(4*float64(m.Layers)) + float64(m.Vocab) + 4*float64(m.Channels))
}

// ShortContext is the most positions of a sequence whose attention weights, T×T
// a head, are kept for the way back; of longer ones they are computed again, a
// block of queries at a time.
const ShortContext = 64

// atOnce is what a pass of a step may compute before its rows are divided among several.
const atOnce = 1 << 30

// RowsAtOnce is the number of rows of a batch that one pass learns from: all, or as many
// as take no more memory than that. Their gradients are added up.
func (r Recipe) RowsAtOnce() int {
	return max(1, min(r.Batch, int(atOnce/r.rowBytes())))
}

// Writers is how many sequences an open model may be writing one by one, each
// with a cache of its own: what comes next, and a text.
const Writers = 2

// MostAsked is the most conversations that a run lets its model answer, all at
// once, each time that it is measured.
const MostAsked = 40

// mostExamined is the most replies that an exam writes at once.
const mostExamined = 128

// CacheBytes is the memory of what is kept while several sequences are written, each
// of as many tokens, in float32: of a token and layer two vectors of all K heads, keys
// and values, or the one that both are made of.
func (m Model) CacheBytes(sequences, tokens int) float64 {
	return 4 * float64(m.Layers) * float64(m.Kept()) * float64(tokens) * float64(sequences)
}

// passBytes is what a pass that writes computes of one token and keeps until
// its end: in each layer the residual stream and what the norms and sums make of
// it, queries and keys as they are, normed and turned, values, heads, and the
// MLP's parts.
func (m Model) passBytes() float64 {
	layer := 8*float64(m.Channels) + m.mixerWidth() + m.feedWidth() + 4*float64(m.Heads)
	return 4 * float64(m.Layers) * layer
}

// The most that is read of a prompt in one pass, in tokens and in bytes of what
// the pass computes.
const (
	mostAtOnce  = 512
	passAtOnce  = 48 << 20
	leastAtOnce = 16
)

// ReadAtOnce is the number of tokens of a prompt that one pass reads.
func (m Model) ReadAtOnce() int {
	return int(min(mostAtOnce, max(leastAtOnce, passAtOnce/m.passBytes())))
}

// WritingBytes is the memory that writing takes besides the weights: the cache
// of several sequences, each of as many tokens, a pass, for which memory is taken
// by quarters more, and the logits with what is sorted of them. Several that are
// written together read whole prompts in a pass.
func (m Model) WritingBytes(sequences, tokens int) float64 {
	rows := min(tokens, m.ReadAtOnce())
	if sequences > 1 {
		rows = max(sequences, m.ReadAtOnce()+tokens)
	}
	return m.CacheBytes(sequences, tokens) + 1.25*float64(rows)*m.passBytes() + 4*8*float64(m.Vocab)*float64(sequences)
}

// OpenBytes is the memory of a model that lies open: weights of so many bytes, tables of
// RoPE, and what its writers take.
func (m Model) OpenBytes(weights float64) float64 {
	open := weights + Writers*m.WritingBytes(1, m.Context)
	if m.Position == "rope" {
		open += 4 * float64(m.Context) * float64(m.Turning())
	}
	return open
}
