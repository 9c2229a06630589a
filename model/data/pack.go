package data

import "math/rand/v2"

// Packer draws batches of documents: each row holds as many whole ones as fit,
// one after the other, and every document comes once an epoch, in a new order
// each time.
type Packer struct {
	docs        []document
	batch, time int
	rng         *rand.Rand
	order       []int // of the epoch
	next        int   // in order
	used        []int // tokens of each row
	rows        [][]document
	drawn       Batch
}

// document is one of a corpus.
type document struct{ ids, targets []int32 }

// documents are those of c.
func documents(c Corpus) (list []document) {
	at := 0
	for _, n := range c.Lengths {
		end := at + int(n)
		list = append(list, document{c.IDs[at:end], c.Targets[at:end]})
		at = end
	}
	return list
}

// NewPacker returns a packer of c, whose documents must have no more than time
// tokens and a target that counts each.
func NewPacker(c Corpus, batch, time int, seed uint64) *Packer {
	n := batch * time
	p := &Packer{docs: documents(c), batch: batch, time: time, used: make([]int, batch), rows: make([][]document, batch),
		drawn: Batch{IDs: make([]int32, n), Targets: make([]int32, n), Weights: make([]float32, n)}}
	if len(p.docs) == 0 {
		panic("data: a packer of nothing")
	}
	for i, d := range p.docs {
		if len(d.ids) > time {
			panic("data: a document longer than a row")
		}
		p.order = append(p.order, i)
	}
	p.Seed(seed)
	return p
}

// Seed begins the draws of seed again.
func (p *Packer) Seed(seed uint64) {
	p.rng = rand.New(rand.NewPCG(seed, 0xD0C5))
	for i := range p.order {
		p.order[i] = i
	}
	p.next = len(p.order)
}

// Next draws a batch. A document goes into the first row that has room for it;
// the first one for which none has opens the next batch.
func (p *Packer) Next() Batch {
	for i := range p.rows {
		p.rows[i], p.used[i] = p.rows[i][:0], 0
	}
	for {
		if p.next == len(p.order) {
			p.rng.Shuffle(len(p.order), func(i, j int) { p.order[i], p.order[j] = p.order[j], p.order[i] })
			p.next = 0
		}
		if !p.place(p.docs[p.order[p.next]]) {
			return p.fill()
		}
		p.next++
	}
}

func (p *Packer) place(d document) bool {
	for i := range p.rows {
		if p.used[i]+len(d.ids) <= p.time {
			p.rows[i] = append(p.rows[i], d)
			p.used[i] += len(d.ids)
			return true
		}
	}
	return false
}

// fill lays the rows out. What no document fills is a sequence of zeros, of
// which nothing counts.
func (p *Packer) fill() Batch {
	b := &p.drawn
	b.Spans = b.Spans[:0]
	counted := 0
	for i, row := range p.rows {
		at := i * p.time
		for _, d := range row {
			copy(b.IDs[at:], d.ids)
			at += copy(b.Targets[at:], d.targets)
			b.Spans = append(b.Spans, len(d.ids))
		}
		end := (i + 1) * p.time
		for rest := at; rest < end; rest++ {
			b.IDs[rest], b.Targets[rest] = 0, -1
		}
		if at < end {
			b.Spans = append(b.Spans, end-at)
		}
	}
	for _, t := range b.Targets {
		if t >= 0 {
			counted++
		}
	}
	for i, t := range b.Targets {
		b.Weights[i] = 0
		if t >= 0 {
			b.Weights[i] = float32(1 / float64(counted))
		}
	}
	return *b
}

// SplitDocuments cuts the documents of c in front of their last tenth, of at
// least one: training and validation.
func SplitDocuments(c Corpus) (train, val Corpus) {
	n := min(len(c.Lengths)*9/10, len(c.Lengths)-1)
	tokens := 0
	for _, length := range c.Lengths[:n] {
		tokens += int(length)
	}
	train = Corpus{IDs: c.IDs[:tokens], Targets: c.Targets[:tokens], Lengths: c.Lengths[:n]}
	val = Corpus{IDs: c.IDs[tokens:], Targets: c.Targets[tokens:], Lengths: c.Lengths[n:]}
	return train, val
}
