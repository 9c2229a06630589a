package train

import "hornbook/model/optim"

// share gives every rank the moments of its shard. The lead knows all, a
// shard's flat in m and v one after the other; own is this rank's optimizer.
// Moments lie in the first two slots of their shard, of which there are at
// least two; at the second meeting all have taken theirs.
func (g *group) share(all [][2][]float32, own *optim.Optimizer) error {
	rank := g.board.Rank()
	for s := 1; rank == 0 && s < len(g.shards); s++ {
		g.board.Put(s, g.slot(s, 0), all[s][0])
		g.board.Put(s, g.slot(s, 1), all[s][1])
	}
	if rank == 0 {
		g.board.Put(All, g.orderAt(), g.order[:])
	}
	if err := g.board.Sync(g.patience); err != nil {
		return err
	}
	if rank != 0 {
		m, v := g.take(rank)
		own.SetFlat(m, v)
	}
	return g.board.Sync(g.patience)
}

// give hands this rank's moments to the lead. At the second meeting the lead
// has taken them.
func (g *group) give(own *optim.Optimizer) error {
	rank := g.board.Rank()
	n := g.mine().hi - g.mine().lo
	m, v := make([]float32, n), make([]float32, n)
	own.Flat(m, v)
	g.board.Put(0, g.slot(rank, 0), m)
	g.board.Put(0, g.slot(rank, 1), v)
	if err := g.board.Sync(g.patience); err != nil {
		return err
	}
	return g.board.Sync(g.patience)
}

// ask is the lead's side of give: the moments of every shard but its own.
func (g *group) ask() (all [][2][]float32, err error) {
	if err := g.command(handMoments, 0); err != nil {
		return nil, err
	}
	if err := g.board.Sync(g.patience); err != nil {
		return nil, err
	}
	all = make([][2][]float32, len(g.shards))
	for s := 1; s < len(g.shards); s++ {
		m, v := g.take(s)
		all[s] = [2][]float32{m, v}
	}
	return all, g.board.Sync(g.patience)
}

// take gets the moments of shard s from the board.
func (g *group) take(s int) (m, v []float32) {
	n := g.shards[s].hi - g.shards[s].lo
	m, v = make([]float32, n), make([]float32, n)
	g.board.Get(m, g.slot(s, 0))
	g.board.Get(v, g.slot(s, 1))
	return m, v
}
