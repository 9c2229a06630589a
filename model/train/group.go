package train

import (
	"math"
	"time"

	"hornbook/model"
	"hornbook/model/optim"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// group is a rank's place among those that train together; the zero group is
// a rank alone. With n trained weights and N ranks, shard s of them lies at
// [lo, hi) in the flat order, and its N slots on the board at N·lo + r·(hi-lo):
// slot r ≠ s holds rank r's gradient of the shard, slot s its new weights. What each
// rank has of loss, squared norm and other sums follows from N·n on, then the lead's
// order, the losses of an evaluation, and room for writing and lessons.
//
// A step meets three times: gradients are put and each rank sums those of its
// shard (reduce-scatter); the partial sums of loss and norm are put; the new
// weights of each shard are put and everybody takes them (all-gather).
type group struct {
	board    Board
	wire     *wire          // to and from it
	patience time.Duration  // at each meeting; 0 for ever
	behind   bool           // the lead left an evaluation, at whose end the others will wait
	losses   int            // room on the board for those of an evaluation
	shards   []shard        // by rank
	other    *tensor.Tensor // another rank's gradient of this rank's shard
	before   *tensor.Tensor // this rank's shard before the update under way
	partial  []float32      // (N,parts) loss, squared norm, and the other sums of an objective
	squares  []float32      // (N) squared norms
	norms    *tensor.Tensor // the same, where clipping finds them
	order    order          // the lead's
}

// shard is the part of the trained weights that one rank updates.
type shard struct {
	lo, hi             int // among model.TrainedWeights
	params             []*tensor.Tensor
	weights, gradients *tensor.Tensor // of a rank's replica
}

func (s shard) len() int { return s.hi - s.lo }

// newGroup takes a place at the board of a run of r.
func newGroup(b Board, r recipe.Recipe, m *model.GPT) group {
	g := group{board: b, wire: newWire(b), shards: cut(r, m.Trained, b.Size())}
	for i := range g.shards {
		s := &g.shards[i]
		s.weights, s.gradients = m.TrainedWeights().Slice(s.lo, s.len()), m.Gradients.Slice(s.lo, s.len())
	}
	g.other, g.before = tensor.Zeros(m.Backend, g.mine().len()), tensor.Zeros(m.Backend, g.mine().len())
	g.partial = make([]float32, parts*b.Size())
	g.squares, g.norms = make([]float32, b.Size()), tensor.Zeros(m.Backend, b.Size())
	g.losses = mostLosses(r)
	if b.Rank() == 0 {
		g.patience = startPatience
	}
	return g
}

// The lead waits for the others, whose part of the work is as large as its
// own, 20 times as long as that took; at first, while they make their models,
// a minute. The others wait for ever: the lead ends them.
const (
	leastPatience = 5 * time.Second
	startPatience = time.Minute
)

// expect sets the lead's patience by the time that its part of a step took.
func (g *group) expect(took time.Duration) {
	if g.patience > 0 {
		g.patience = max(leastPatience, 20*took)
	}
}

// cut divides all that train into n neighbourly shards of about the same cost of
// an update. It cuts between parameters only, since Muon needs whole matrices.
func cut(r recipe.Recipe, params []*tensor.Tensor, n int) []shard {
	var all float64
	list := r.Tensors()
	for i := range params {
		all += optim.Cost(r, list[i])
	}
	shards := make([]shard, n)
	var cost float64
	at, s := 0, 0
	for i, p := range params {
		c := optim.Cost(r, list[i])
		for s < n-1 && cost+c/2 > all*float64(s+1)/float64(n) {
			s++
			shards[s].lo, shards[s].hi = at, at
		}
		cost += c
		at += p.Len()
		shards[s].hi = at
		shards[s].params = append(shards[s].params, p)
	}
	for s++; s < n; s++ {
		shards[s].lo, shards[s].hi = at, at
	}
	return shards
}

func (g *group) size() int {
	if g.board == nil {
		return 1
	}
	return g.board.Size()
}

// mine is the shard of this rank.
func (g *group) mine() shard { return g.shards[g.board.Rank()] }

// slot is where rank r's numbers of shard s lie on the board.
func (g *group) slot(s, r int) int {
	lo, hi := g.shards[s].lo, g.shards[s].hi
	return len(g.shards)*lo + r*(hi-lo)
}

// tail is where the partial sums begin; behind them lie the lead's order, the
// losses of an evaluation, a job of writing, and what each rank wrote.
func (g *group) tail() int             { return len(g.shards) * g.shards[len(g.shards)-1].hi }
func (g *group) orderAt() int          { return g.tail() + len(g.partial) }
func (g *group) lossesAt() int         { return g.orderAt() + len(g.order) }
func (g *group) jobAt() int            { return g.lossesAt() + g.losses }
func (g *group) resultAt(rank int) int { return g.jobAt() + rank*room } // of ranks from 1 on

// part is this rank's part of n things; alone all are.
func (g *group) part(n int) (lo, hi int) {
	if g.board == nil {
		return 0, n
	}
	rank, size := g.board.Rank(), g.board.Size()
	return rank * n / size, (rank + 1) * n / size
}

// put lays this rank's gradients out for the others.
func (g *group) put() {
	rank := g.board.Rank()
	for i, s := range g.shards {
		if i != rank {
			g.wire.put(i, g.slot(i, rank), s.gradients)
		}
	}
}

// collect gives the lead this rank's part of an evaluation's losses.
func (g *group) collect(losses []float32) error {
	n, at, size := len(losses), g.lossesAt(), g.board.Size()
	if lo, hi := g.part(n); g.board.Rank() != 0 {
		g.board.Put(0, at+lo, losses[lo:hi])
	}
	if err := g.board.Sync(g.patience); err != nil {
		return err
	}
	for r := 1; g.board.Rank() == 0 && r < size; r++ {
		lo, hi := r*n/size, (r+1)*n/size
		g.board.Get(losses[lo:hi], at+lo)
	}
	return nil
}

// reduce turns the ranks' gradients into their sums, each rank its shard's.
// Alone there is nothing to sum.
func (g *group) reduce(b tensor.Backend) {
	if g.board == nil {
		return
	}
	rank := g.board.Rank()
	sum := tensor.Into{T: g.mine().gradients, Add: true}
	for r := range g.shards {
		if r != rank {
			g.wire.get(g.other, g.slot(rank, r))
			b.AddGrad(sum, g.other)
		}
	}
}

// parts are the numbers that each rank has for meet.
const parts = 1 + len(sums{})

// meet adds up what each rank has of the loss, of the squared norm and of the other
// sums. All ranks get the same bits.
func (g *group) meet(part, squares float64, all *sums) (loss, norm float64, err error) {
	rank := g.board.Rank()
	mine := g.partial[parts*rank:][:parts]
	mine[0], mine[1] = float32(part), float32(squares)
	for i, x := range all[1:] {
		mine[2+i] = float32(x)
	}
	g.board.Put(All, g.tail()+parts*rank, mine)
	if err := g.board.Sync(g.patience); err != nil {
		return 0, 0, err
	}
	squares, *all = 0, sums{}
	for r := range g.shards {
		theirs := g.partial[parts*r:][:parts]
		if r != rank {
			g.board.Get(theirs, g.tail()+parts*r)
		}
		loss += float64(theirs[0])
		squares += float64(theirs[1])
		for i, x := range theirs[2:] {
			all[1+i] += float64(x)
		}
	}
	all[0] = loss
	return loss, math.Sqrt(squares), nil
}

// met are the squared norms of the shards' gradients that meet exchanged.
func (g *group) met() *tensor.Tensor {
	for r := range g.squares {
		g.squares[r] = g.partial[parts*r+1]
	}
	g.norms.Upload(g.squares)
	return g.norms
}

// keep notes this rank's shard as it is before the update.
func (g *group) keep(b tensor.Backend) {
	if g.board != nil {
		b.Copy(g.before, g.mine().weights)
	}
}

// gather gives this rank's new weights to all and takes theirs. On an error
// the weights are again those that keep noted.
func (g *group) gather(b tensor.Backend) error {
	if g.board == nil {
		return nil
	}
	rank := g.board.Rank()
	g.wire.put(All, g.slot(rank, rank), g.mine().weights)
	if err := g.board.Sync(g.patience); err != nil {
		b.Copy(g.mine().weights, g.before)
		return err
	}
	for i, s := range g.shards {
		if i != rank {
			g.wire.get(s.weights, g.slot(i, i))
		}
	}
	return nil
}
