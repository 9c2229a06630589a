package model

import (
	"cmp"
	"slices"

	"hornbook/model/data"
	"hornbook/model/tensor"
)

// What there is to see of DeepSeek's form in a model. A block's number is its place; that
// which looks ahead comes behind the last.

// A Turn is an expert that a token went to, and what counts of what it said.
type Turn struct {
	Expert int
	Weight float64
}

// Turns are those of each token of ids, the one that counts most first, in each block
// that has experts; nil in others.
func (m *GPT) Turns(t *tensor.Tape, ids []int32) [][][]Turn {
	turns := make([][][]Turn, m.Layers)
	t.Reset(false)
	p := Whole(t, ids, []int{len(ids)})
	p.Dealt = func(block int, d tensor.Dealt, weights *tensor.Tensor) {
		turns[block] = turnsOf(len(ids), d, weights.Numbers())
	}
	m.hidden(&p)
	return turns
}

func turnsOf(tokens int, d tensor.Dealt, weights []float32) [][]Turn {
	turns := make([][]Turn, tokens)
	r := 0
	for e, n := range d.Counts {
		for range n {
			turns[d.IDs[r]] = append(turns[d.IDs[r]], Turn{e, float64(weights[r])})
			r++
		}
	}
	for _, list := range turns {
		slices.SortStableFunc(list, func(a, b Turn) int { return cmp.Compare(b.Weight, a.Weight) })
	}
	return turns
}

// LoadsAlone are how many tokens of b each expert would have if the router chose alone.
func (m *GPT) LoadsAlone(t *tensor.Tape, b data.Batch, loads Loads) {
	t.Reset(false)
	p := Whole(t, b.IDs, b.Spans)
	p.Dealt, p.Alone = loads.Count, true
	h := m.hidden(&p)
	if s := secondOf(t, b, 1, nil); m.ahead != nil && len(s.rows) > 0 {
		m.ahead.forward(&p, m, h, s)
	}
}
