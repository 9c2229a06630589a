package model

import (
	"fmt"

	"hornbook/model/tensor"
)

// lookback adds to each token's embedding what the tokens just before it say,
// each distance by a table of its own: layer 0 begins with what it otherwise
// needs an attention head a distance to fetch.
type lookback []*tensor.Tensor // (V+1,C); row V where there is no token so far back

func newLookback(m *GPT) lookback {
	var l lookback
	for k := range m.Lookback {
		l = append(l, m.parameter(fmt.Sprintf("lookback.%d.weight", k), m.Vocab+1, m.Channels))
	}
	return l
}

// forward computes x[b,t] + Σ_k table_k[ids[b,t-1-k]].
func (l lookback) forward(t *tensor.Tape, x *tensor.Tensor, ids []int32, m *GPT, cache *Cache) *tensor.Tensor {
	batch, time := x.Dims[0], x.Dims[1]
	for k, table := range l {
		earlier := t.IDs(len(ids))
		for b := range batch {
			row := ids[b*time : (b+1)*time]
			shift(earlier[b*time:(b+1)*time], row, cache.seen(), k+1, int32(m.Vocab))
		}
		x = t.Add(x, t.Embed(table, earlier, batch))
	}
	return x
}

// shift fills dst with the tokens by places before those of row, which
// follows seen; none stands where there is no such token.
func shift(dst, row, seen []int32, by int, none int32) {
	for i := range dst {
		switch at := i - by; {
		case at >= 0:
			dst[i] = row[at]
		case at >= -len(seen):
			dst[i] = seen[len(seen)+at]
		default:
			dst[i] = none
		}
	}
}
