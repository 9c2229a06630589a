package model

import (
	"fmt"

	"hornbook/model/tensor"
)

// lookback adds to the embedding of each token what the few before it say, so
// that the blocks need not fetch it by attention: a table for each distance,
// and one for the token and the two before it together.
type lookback struct {
	distances []*tensor.Tensor // (V+1,C); row V where there is no token so far back
	trigrams  *tensor.Tensor   // (rows,C), nil for none
	none      int32            // V
}

func newLookback(m *GPT) lookback {
	l := lookback{none: int32(m.Vocab)}
	for k := range m.Lookback {
		l.distances = append(l.distances, m.parameter(fmt.Sprintf("lookback.%d.weight", k), m.Vocab+1, m.Channels))
	}
	if m.Trigrams > 0 {
		l.trigrams = m.parameter("trigrams.weight", m.Trigrams, m.Channels)
	}
	return l
}

// forward computes, of x (B,T,C) and ids (B·T) that follow the ids in seen,
//
//	x[t] + Σ_k distances[k][ids[t-1-k]] + trigrams[hash(ids[t], ids[t-1], ids[t-2])]
func (l lookback) forward(t *tensor.Tape, x *tensor.Tensor, ids, seen []int32) *tensor.Tensor {
	batch := x.Dims[0]
	for k, table := range l.distances {
		x = t.Add(x, t.Embed(table, l.before(t, ids, seen, batch, k+1), batch))
	}
	if l.trigrams != nil {
		rows := l.before(t, ids, seen, batch, 2)
		for i, earlier := range l.before(t, ids, seen, batch, 1) {
			rows[i] = trigram(ids[i], earlier, rows[i], l.trigrams.Dims[0])
		}
		x = t.Add(x, t.Embed(l.trigrams, rows, batch))
	}
	return x
}

// before are the tokens that stand by places before ids.
func (l lookback) before(t *tensor.Tape, ids, seen []int32, batch, by int) []int32 {
	earlier, time := t.IDs(len(ids)), len(ids)/batch
	for i := range earlier {
		switch at := i%time - by; {
		case at >= 0:
			earlier[i] = ids[i-by]
		case at >= -len(seen):
			earlier[i] = seen[len(seen)+at]
		default:
			earlier[i] = l.none
		}
	}
	return earlier
}

// trigram is the row of three tokens, the latest first: FNV-1a over whole ids
// rather than bytes, with its high bits mixed into the low ones. Trained
// weights depend on it.
func trigram(a, b, c int32, rows int) int32 {
	h := uint32(2166136261)
	for _, id := range [...]int32{a, b, c} {
		h = (h ^ uint32(id)) * 16777619
	}
	return int32((h ^ h>>15) % uint32(rows))
}
