package train

// Share lets size ranks, the run's own included, take the steps together from
// now on. On an error the run goes on alone. Close must follow.
func (r *Run) Share(size int, launch Launch) error {
	r.launch = launch
	return r.regroup(size)
}

// Ranks is the number of ranks that take the steps.
func (r *Run) Ranks() int { return r.group.size() }

// Close ends the other ranks, and with them the run: no Step may follow.
func (r *Run) Close() {
	r.leave()
	r.end()
	r.group, r.optimizer = group{}, nil
}

func (r *Run) end() {
	if r.crew != nil {
		r.crew.End()
		r.crew = nil
	}
}

// regroup ends the other ranks and starts size-1 from the run as it is. On an
// error it is alone.
func (r *Run) regroup(size int) error {
	r.end()
	if size < 2 {
		r.join(group{})
		return nil
	}
	g, err := r.begin(size)
	r.join(g)
	return err
}

// begin starts size-1 ranks and gives them the weights and their moments.
func (r *Run) begin(size int) (group, error) {
	crew, err := r.launch(Task{Recipe: r.Recipe, Data: r.data, Model: r.Model, Done: r.Done}, size)
	if err != nil {
		return group{}, err
	}
	g := newGroup(crew, r.Recipe, r.Model)
	all := make([][2][]float32, size)
	for s := 1; s < size; s++ {
		all[s] = r.momentsOf(g.shards[s])
	}
	if err := g.share(all, nil); err != nil {
		crew.End()
		return group{}, err
	}
	r.crew = crew
	return g, nil
}

// momentsOf are the moments of a shard as far as the run has them, flat.
func (r *Run) momentsOf(s shard) [2][]float32 {
	o := r.optimize(s.params, r.optimizer)
	m, v := make([]float32, s.hi-s.lo), make([]float32, s.hi-s.lo)
	o.Flat(m, v)
	return [2][]float32{m, v}
}

// shrink goes on with a rank less, or with as many as can be started.
func (r *Run) shrink() {
	for size := r.Ranks() - 1; r.regroup(size) != nil; size-- {
	}
}
