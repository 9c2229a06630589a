package model

import "hornbook/model/tensor"

// Grow is m with a vocabulary of that many more tokens, which trains nothing.
// Each new token begins as the mean of the others, in the embedding and in the
// head: neither likely nor unlikely. What m says of the others stays, but that of
// the first two tokens of a text its trigrams, which hash the missing ones by the
// vocabulary's size, look up other rows. m must have no adapter.
func (m *GPT) Grow(more int) *GPT {
	if m.adapter != nil {
		panic("model: an adapter keeps a vocabulary from growing")
	}
	c := m.Config
	c.Vocab += more
	list := c.Tensors()
	larger := newIn(m.Backend, c, func(i int) (tensor.Storage, int) {
		if p := m.Parameters[i]; isNarrow(p) && p.Len() == list[i].Len() {
			return p.Storage, p.Offset
		}
		return nil, 0
	})
	for i, p := range larger.Parameters {
		if isNarrow(p) { // as it is
			continue
		}
		x := make([]float32, p.Len())
		rows := copy(x, m.Parameters[i].Numbers()) / p.Cols()
		if rows < p.Rows() {
			fill(x, rows, m.Vocab, p.Cols())
		}
		p.Upload(x)
	}
	return larger
}

// fill makes the rows of x (…,width) from the rows-th on the mean of the first
// tokens ones. Where a table has a row for no token after the tokens (lookback),
// it is moved behind the new ones.
func fill(x []float32, rows, tokens, width int) {
	last := len(x)/width - 1
	if rows > tokens {
		copy(x[last*width:], x[tokens*width:rows*width])
		last--
	}
	mean := make([]float32, width)
	for t := range tokens {
		for i := range mean {
			mean[i] += x[t*width+i] / float32(tokens)
		}
	}
	for row := tokens; row <= last; row++ {
		copy(x[row*width:], mean)
	}
}
