package model

import (
	"math/rand/v2"
	"slices"

	"hornbook/model/tensor"
)

// Prompt is what some sequences begin with: it is read once for all of them.
type Prompt struct {
	IDs   []int32
	Seeds []uint64 // of each sequence
}

// Writer writes many sequences at once: each step reads one token of all of
// them, so that the weights go through the processor once for all. What a
// sequence writes depends on its prompt and its seed alone, not on those that
// are written beside it nor on their number, if the backend computes a row of a
// product in the same way however many there are (cpu.NewSteady).
type Writer struct {
	model *GPT
	tape  *tensor.Tape
	cache *Cache
	picker

	line    []line
	ids     []int32 // of a pass
	which   []int   // sequences that it reads
	lengths []int   // tokens of each
	last    []int32 // row of each one's last
}

// line is a sequence while it is written.
type line struct {
	rng     *rand.Rand
	prompt  []int32
	written []int32
}

// NewWriter returns a writer that computes on backend b.
func NewWriter(m *GPT, b tensor.Backend) *Writer {
	return &Writer{model: m, tape: tensor.NewTape(b), picker: newPicker(m.Vocab)}
}

// Rule says how sequences are written and when they end.
type Rule struct {
	Sampling         // its Seed is not used: each sequence has its own
	Tokens   int     // at most
	Stop     []int32 // a sequence ends with the first of these
}

// Write returns what each sequence of each prompt writes, the token that it
// stops at included, in the order of prompts and seeds. Of a prompt the last
// tokens that fit in the context count; it must not be empty. between, unless
// nil, is called after each pass; when it reports false the sequences end as
// they are.
func (w *Writer) Write(prompts []Prompt, r Rule, between func() bool) [][]int32 {
	w.begin(prompts, r)
	goOn := r.Tokens > 0 && w.read(prompts, r, between)
	for goOn && w.next(r) {
		logits := w.pass()
		for i, s := range w.which {
			w.choose(s, logits[i*w.model.Vocab:][:w.model.Vocab], r)
		}
		goOn = between == nil || between()
	}
	written := make([][]int32, len(w.line))
	for i, l := range w.line {
		written[i] = l.written
	}
	return written
}

// begin makes a line of each sequence, and room for what it reads and writes.
func (w *Writer) begin(prompts []Prompt, r Rule) {
	w.line = w.line[:0]
	room := 0
	for _, p := range prompts {
		if len(p.IDs) == 0 {
			panic("model: a prompt without a token")
		}
		ids := p.IDs[max(0, len(p.IDs)-w.model.Context):]
		room = max(room, len(ids)+r.Tokens)
		for _, seed := range p.Seeds {
			w.line = append(w.line, line{rng: Sampling{Seed: seed}.Rand(), prompt: ids})
		}
	}
	room = min(room, w.model.Context)
	if c := w.cache; c == nil || c.room < room || len(c.seen) < len(w.line) {
		w.cache = w.model.NewCache(len(w.line), room)
	}
	for s := range w.line {
		w.cache.forget(s)
	}
}

// read reads each prompt once, gives what was read to all of its sequences, and
// chooses the first token of each. A pass reads prompts of ReadAtOnce tokens, or
// one that is longer: what it computes on the way stays in memory until its end.
func (w *Writer) read(prompts []Prompt, r Rule, between func() bool) bool {
	first := 0 // sequence of the prompt
	w.clear()
	for _, p := range prompts {
		if len(p.Seeds) == 0 {
			continue
		}
		ids := w.line[first].prompt
		w.ids, w.which, w.lengths = append(w.ids, ids...), append(w.which, first), append(w.lengths, len(ids))
		first += len(p.Seeds)
		if len(w.ids) < w.model.ReadAtOnce() && first < len(w.line) {
			continue
		}
		w.spread(w.pass(), first, r)
		w.clear()
		if between != nil && !between() {
			return false
		}
	}
	return true
}

// spread gives what the sequences of a pass have read to those that follow each,
// up to end, and chooses their first tokens by the pass' logits.
func (w *Writer) spread(logits []float32, end int, r Rule) {
	firsts := slices.Clone(w.which)
	for i, from := range firsts {
		to := end
		if i+1 < len(firsts) {
			to = firsts[i+1]
		}
		for s := from; s < to; s++ {
			if s > from {
				w.cache.share(w.tape.Backend, from, s)
			}
			w.choose(s, logits[i*w.model.Vocab:][:w.model.Vocab], r)
		}
	}
}

// choose writes the next token of a sequence.
func (w *Writer) choose(s int, logits []float32, r Rule) {
	l := &w.line[s]
	l.written = append(l.written, w.Pick(logits, r.Sampling, l.rng))
}

// next collects what the next pass reads: the latest token of each sequence
// that goes on. It reports false if none does.
func (w *Writer) next(r Rule) bool {
	w.clear()
	for s, l := range w.line {
		n := len(l.written)
		if n == 0 || n == r.Tokens || slices.Contains(r.Stop, l.written[n-1]) {
			continue
		}
		before := len(w.ids)
		w.ids = append(w.cache.again(s, w.ids), l.written[n-1])
		w.which, w.lengths = append(w.which, s), append(w.lengths, len(w.ids)-before)
	}
	return len(w.which) > 0
}

func (w *Writer) clear() { w.ids, w.which, w.lengths = w.ids[:0], w.which[:0], w.lengths[:0] }

// pass reads what was collected and returns the logits after the last token of
// each sequence, one row of V after the other, valid until the next pass.
func (w *Writer) pass() []float32 {
	w.last = w.last[:0]
	row := 0
	for _, n := range w.lengths {
		row += n
		w.last = append(w.last, int32(row-1))
	}
	w.tape.Reset(false)
	p := w.cache.pass(w.tape, w.ids, w.which, w.lengths)
	last := p.Embed(w.model.hidden(&p), w.last)
	return w.model.head.forward(&p, last).Data
}
