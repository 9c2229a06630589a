package model

import (
	"slices"

	"hornbook/model/data"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
)

// ahead expects the word after the next (multi-token prediction, arXiv 2412.19437,
// section 2.2, of depth 1): of what the model makes of a token, after its last norm as
// the programs that serve it have it, and of the next token's embedding it makes, by a
// block of its own, what the head tells the one after from:
//
//	h' = norm(block(join·[norm(embedding of the next) | norm(h)]))
//
// Embedding and head are the model's.
type ahead struct {
	embeddingNorm, hiddenNorm norm
	join                      linear // (C,2·C)
	block                     *block
	norm                      norm
}

func newAhead(m *GPT, named tensors) *ahead {
	return &ahead{
		embeddingNorm: newNorm(m, named, "ahead.embedding_norm."), hiddenNorm: newNorm(m, named, "ahead.hidden_norm."),
		join: newLinear(named, "ahead.join"), block: newBlock(m, named, "ahead.block.", m.Layers), norm: newNorm(m, named, "ahead.norm."),
	}
}

// forward makes h' (M,C) of h (N,C), for the places of s.
func (a *ahead) forward(p *Pass, m *GPT, h *tensor.Tensor, s second) *tensor.Tensor {
	e := a.embeddingNorm.forward(p, p.Embed(m.tokens, s.next))
	x := a.join.forward(p, p.Join(e, a.hiddenNorm.forward(p, p.Embed(h, s.rows))))
	after := *p
	after.IDs, after.Spans = s.next, s.spans
	return a.norm.forward(p, a.block.forward(&after, x, m, m.Layers))
}

// second are the M places of a batch whose next token is known: all but the last of each
// sequence.
type second struct {
	rows, next, targets []int32   // each place, the token after it, and the one after that
	weights             []float32 // what its target counts
	spans               []tensor.Span
}

// secondOf are those of b, whose targets count so much of what they do otherwise.
func secondOf(t *tensor.Tape, b data.Batch, count float32, weights []float32) second {
	n := len(b.IDs) - len(b.Spans)
	s := second{t.IDs(n), t.IDs(n), t.IDs(n), slices.Grow(weights[:0], n)[:n], nil}
	var lengths []int
	at, row := 0, 0
	for _, length := range b.Spans {
		for range length - 1 {
			s.rows[at], s.next[at], s.targets[at], s.weights[at] = int32(row), b.IDs[row+1], b.Targets[row+1], count*b.Weights[row+1]
			at, row = at+1, row+1
		}
		if row++; length > 1 {
			lengths = append(lengths, length-1)
		}
	}
	s.spans = t.Spans(lengths)
	return s
}

// aheadLoss is a part of the loss of the words after the next, of a pass over b that
// made h; nil where there are none.
func (m *GPT) aheadLoss(p *Pass, h *tensor.Tensor, b data.Batch) *tensor.Tensor {
	s := secondOf(p.Tape, b, recipe.AheadWeight, m.counts)
	if m.counts = s.weights; len(s.rows) == 0 {
		return nil
	}
	logits := m.head.forward(p, m.ahead.forward(p, m, h, s))
	return p.Weigh(p.TokenLoss(logits, s.targets), s.weights)
}

// Expects counts, among the places of b whose word after the next counts, those at which
// m expects it, and adds to loads, unless nil, which experts computed what.
func (m *GPT) Expects(t *tensor.Tape, b data.Batch, loads Loads) (right, all int) {
	t.Reset(false)
	p := Whole(t, b.IDs, b.Spans)
	if loads != nil {
		p.Dealt = loads.Count
	}
	h := m.hidden(&p)
	s := secondOf(t, b, 1, nil)
	if m.ahead == nil || len(s.rows) == 0 {
		return 0, 0
	}
	logits := m.head.forward(&p, m.ahead.forward(&p, m, h, s)).Numbers()
	for i, w := range s.weights {
		if w == 0 {
			continue
		}
		if all++; Likeliest(logits[i*m.Vocab:(i+1)*m.Vocab]) == s.targets[i] {
			right++
		}
	}
	return right, all
}
