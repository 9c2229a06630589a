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

func newLookback(m *GPT, named tensors) lookback {
	l := lookback{trigrams: named["trigrams.weight"], none: int32(m.Vocab)}
	for k := range m.Lookback {
		l.distances = append(l.distances, named[fmt.Sprintf("lookback.%d.weight", k)])
	}
	return l
}

// forward computes, of x (N,C) and the ids of p,
//
//	x[t] + Σ_k distances[k][ids[t-1-k]] + trigrams[hash(ids[t], ids[t-1], ids[t-2])]
func (l lookback) forward(p *Pass, x *tensor.Tensor) *tensor.Tensor {
	for k, table := range l.distances {
		x = p.Add(x, p.Embed(table, l.before(p, k+1)))
	}
	if l.trigrams != nil {
		rows := l.before(p, 2)
		for i, earlier := range l.before(p, 1) {
			rows[i] = trigram(p.IDs[i], earlier, rows[i], l.trigrams.Dims[0])
		}
		x = p.Add(x, p.Embed(l.trigrams, rows))
	}
	return x
}

// before are the tokens that stand by places before each of p.
func (l lookback) before(p *Pass, by int) []int32 {
	earlier, row := p.Tape.IDs(len(p.IDs)), 0
	for i, s := range p.Spans {
		past := p.past(i)
		for at := range s.Rows {
			switch {
			case at >= by:
				earlier[row] = p.IDs[row-by]
			case by-at <= len(past):
				earlier[row] = past[len(past)+at-by]
			default:
				earlier[row] = l.none
			}
			row++
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
