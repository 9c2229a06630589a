package tensor

// Embed looks ids up in table (V,C): y[i] = table[ids[i]], of shape (B,T,C)
// with B·T = len(ids). ids must not change before Backward.
func (t *Tape) Embed(table *Tensor, ids []int32, batch int) *Tensor {
	y := t.make(batch, len(ids)/batch, table.Cols())
	t.Backend.Embed(y, table, ids)
	return t.record(node{back: embedBack, in: [5]*Tensor{table}, out: y, ids: ids})
}

func embedBack(t *Tape, n *node) { t.Backend.EmbedGrad(t.grad(n.in[0]), n.out.Grad, n.ids) }

// AddPositions adds row first+t of table (P,C) to x[b,t] (B,T,C): learned
// positions.
func (t *Tape) AddPositions(x, table *Tensor, first int) *Tensor {
	y := t.like(x)
	t.Backend.AddPositions(y, x, table, first)
	return t.record(node{back: addPositionsBack, in: [5]*Tensor{x, table}, out: y, first: first})
}

func addPositionsBack(t *Tape, n *node) {
	if dx := t.grad(n.in[0]); dx != nil {
		t.Backend.AddGrad(dx, n.out.Grad)
	}
	if dtable := t.grad(n.in[1]); dtable != nil {
		t.Backend.AddPositionsGrad(dtable, n.out.Grad, n.first)
	}
}
