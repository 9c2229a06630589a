package tensor

// Embed looks ids (N) up in table (V,C): y[i] = table[ids[i]], of shape (N,C).
// ids must not change before Backward.
func (t *Tape) Embed(table *Tensor, ids []int32) *Tensor {
	y := t.make(len(ids), table.Cols())
	t.Backend.Embed(y, table, ids)
	return t.record(node{back: embedBack, in: [5]*Tensor{table}, out: y, ids: ids})
}

func embedBack(t *Tape, n *node) { t.Backend.EmbedGrad(t.grad(n.in[0]), n.out.Grad, n.ids) }

// AddPositions adds the row of table (P,C) that stands for its position to each
// row of x (N,C): learned positions.
func (t *Tape) AddPositions(x, table *Tensor, spans []Span) *Tensor {
	y := t.like(x)
	t.Backend.AddPositions(y, x, table, spans)
	return t.record(node{back: addPositionsBack, in: [5]*Tensor{x, table}, out: y, spans: spans})
}

func addPositionsBack(t *Tape, n *node) {
	if dx := t.grad(n.in[0]); dx.T != nil {
		t.Backend.AddGrad(dx, n.out.Grad)
	}
	if dtable := t.grad(n.in[1]); dtable.T != nil {
		t.Backend.AddPositionsGrad(dtable, n.out.Grad, n.spans)
	}
}
