package tensor

// Tape records operations and plays their gradient rules backward. After the
// first step it allocates nothing: nodes and tensors are used again, and the
// memory of numbers is the Backend's arena.
type Tape struct {
	Backend   Backend
	recording bool
	nodes     []node
	pool      []*Tensor
	used      int
	ids       [][]int32
	spans     []Span
	usedIDs   int
}

// rule adds to the gradients of a node's inputs what flows back to its output.
type rule func(t *Tape, n *node)

// node is one recorded operation.
type node struct {
	back    rule
	in      [5]*Tensor // inputs, nil where absent
	out     *Tensor
	saved   [2]*Tensor // what the forward pass keeps for the rule
	ids     []int32
	weights []float32
	spans   []Span
	scale   float32
	dealt   Dealt
}

// NewTape returns an empty tape over a backend.
func NewTape(b Backend) *Tape { return &Tape{Backend: b} }

// Reset forgets everything recorded and frees the memory of all tensors that
// the tape made. With record false the operations leave no trace: inference.
func (t *Tape) Reset(record bool) {
	clear(t.nodes)
	t.spans = t.spans[:0]
	t.nodes, t.used, t.usedIDs, t.recording = t.nodes[:0], 0, 0, record
	t.Backend.Reset()
}

// Since is a place on a tape: what was made after it, Keep may free.
type Since struct {
	kept *Tensor // by the latest Keep, nil for none
	to   int     // what of the pool was made before it
}

// Since is where the tape is now.
func (t *Tape) Since() Since { return Since{to: t.used} }

// Keep frees all that the tape has made since but x, where nothing is recorded; what of it
// others still look at is theirs to know.
func (t *Tape) Keep(s *Since, x *Tensor) {
	if t.recording {
		return
	}
	if s.kept != nil && s.kept != x {
		t.Backend.Free(s.kept)
	}
	for _, made := range t.pool[s.to:t.used] {
		if made != x && made.of == nil {
			t.Backend.Free(made)
		}
	}
	s.kept, s.to = x, t.used
}

// Backward makes d loss / d p the gradient of every p of params, zero where
// loss, a single number, was not computed from it; to those of other parameters
// it is added. The memory of what was computed on the way, loss excepted, is used
// again as soon as its rule has been played.
func (t *Tape) Backward(loss *Tensor, params []*Tensor) {
	for _, p := range params {
		p.Grad.holds = false
	}
	t.Accumulate(loss, params)
}

// Accumulate is Backward, but adds to what the gradients of params are.
func (t *Tape) Accumulate(loss *Tensor, params []*Tensor) {
	if loss.Len() != 1 {
		panic("tensor: Backward from more than one number")
	}
	t.Backend.Fill(t.grad(loss).T, 1)
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := &t.nodes[i]
		if n.out.Grad != nil {
			n.back(t, n)
		}
		if n.out != loss {
			t.free(n.out, n.out.Grad, n.saved[0], n.saved[1])
		}
	}
	for _, p := range params {
		if !p.Grad.holds {
			t.Backend.Fill(p.Grad, 0)
			p.Grad.holds = true
		}
	}
}

func (t *Tape) free(tensors ...*Tensor) {
	for _, x := range tensors {
		if x != nil {
			t.Backend.Free(x)
		}
	}
}

// make returns a tensor of the tape with memory of any content.
func (t *Tape) make(dims ...int) *Tensor {
	x := t.fresh(dims...)
	t.Backend.Alloc(x)
	return x
}

func (t *Tape) fresh(dims ...int) *Tensor {
	if t.used == len(t.pool) {
		t.pool = append(t.pool, new(Tensor))
	}
	x := t.pool[t.used]
	t.used++
	*x = Tensor{}
	x.shape(dims...)
	return x
}

// IDs returns room for n ids of any content, to be embedded: it lasts until
// the next Reset.
func (t *Tape) IDs(n int) []int32 {
	if t.usedIDs == len(t.ids) {
		t.ids = append(t.ids, nil)
	}
	at := t.usedIDs
	t.usedIDs++
	if cap(t.ids[at]) < n {
		t.ids[at] = make([]int32, n)
	}
	return t.ids[at][:n]
}

// like returns a tensor of x's shape.
func (t *Tape) like(x *Tensor) *Tensor { return t.make(x.Dims...) }

// record notes an operation if any of its inputs wants a gradient.
func (t *Tape) record(n node) *Tensor {
	if !t.recording {
		return n.out
	}
	for _, in := range n.in {
		if in != nil && in.live {
			n.out.live = true
			t.nodes = append(t.nodes, n)
			break
		}
	}
	return n.out
}
