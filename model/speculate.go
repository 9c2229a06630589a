package model

import "hornbook/model/tensor"

// Speculator writes what a Generator writes that takes the likeliest, in fewer passes
// (Leviathan et al. 2023, with the model's own block that looks ahead as the draft): the
// block proposes the token after the next, the model reads both in one pass and keeps the
// second if it would have written it. Where two tokens are as good as equally likely a
// pass of two rows may round otherwise than one of one.
type Speculator struct {
	Passes, Drafts, Kept int   // of the model; proposals, and those that it kept
	Taken                []int // places of these in what was written last

	model       *GPT
	tape        *tensor.Tape
	cache, next *Cache // of the model, and of the block
}

// NewSpeculator returns a speculator of m, which must look ahead.
func NewSpeculator(m *GPT) *Speculator {
	if m.ahead == nil {
		panic("model: to speculate takes a block that looks ahead")
	}
	block := *m
	block.Layers = 1
	next := block.NewCache(1, m.Context)
	next.layers = append(make([]layerCache, m.Layers), next.layers...)
	return &Speculator{model: m, tape: tensor.NewTape(m.Backend.Beside(false)), cache: m.NewCache(1, m.Context), next: next}
}

// Write goes on from a prompt, which must not be empty, by so many tokens, or to the end
// of the context.
func (s *Speculator) Write(prompt []int32, tokens int) (written []int32) {
	s.cache.forget(0)
	s.next.forget(0)
	s.Taken = s.Taken[:0]
	tokens = min(tokens, s.model.Context-len(prompt))
	read := prompt
	for len(written) < tokens {
		h, best := s.read(read)
		if last := len(read) - 1; len(written) > 0 && best[0] != read[last] { // it would not have written the draft
			s.cache.seen[0] = s.cache.seen[0][:len(s.cache.seen[0])-1]
			best, read = best[:1], read[:1]
		} else if len(written) > 0 {
			s.Taken = append(s.Taken, len(written))
			written = append(written, read[last])
			s.Kept++
		}
		chosen := best[len(best)-1]
		if written = append(written, chosen); len(written) >= tokens || len(s.cache.seen[0])+2 > s.model.Context {
			break
		}
		s.Drafts++
		read = []int32{chosen, s.draft(h, append(read[1:len(read):len(read)], chosen))}
	}
	return written[:min(tokens, len(written))]
}

// read lets the model read ids: h is what it makes of them, best what it would write
// after each, of a prompt after its last.
func (s *Speculator) read(ids []int32) (h *tensor.Tensor, best []int32) {
	s.Passes++
	s.tape.Reset(false)
	p := s.cache.pass(s.tape, ids, []int{0}, []int{len(ids)})
	h = s.model.hidden(&p)
	rows := []int32{int32(len(ids) - 1)}
	if len(s.next.seen[0]) > 0 {
		rows = []int32{0, 1}
	}
	logits := s.model.head.forward(&p, p.Embed(h, rows)).Numbers()
	for i := range rows {
		best = append(best, Likeliest(logits[i*s.model.Vocab:][:s.model.Vocab]))
	}
	return h, best
}

// draft is what the block expects after the last of next, the tokens that follow the
// first rows of h.
func (s *Speculator) draft(h *tensor.Tensor, next []int32) int32 {
	q := s.next.pass(s.tape, next, []int{0}, []int{len(next)})
	rows := make([]int32, len(next))
	for i := range rows {
		rows[i] = int32(i)
	}
	x := s.model.ahead.forward(&q, s.model, h, second{rows: rows, next: next, spans: q.Spans})
	return Likeliest(s.model.head.forward(&q, q.Embed(x, rows[len(rows)-1:])).Numbers())
}
