package tokenizer

import (
	"slices"
	"strings"
)

// BPE is byte-pair encoding: Sennrich, Haddow and Birch (2016), algorithm 1, over
// bytes as in GPT-2, or over characters as in Llama 2, with whatever stands
// around it in tokenizer.json (around.go).
type BPE struct {
	vocabulary
	alphabet
	around
	names  []string      // id → the token as tokenizer.json writes it; nil: byteLevel of the piece
	merges []pair        // rank → the two ids that it joins
	rules  map[pair]rule // what a pair becomes
	whole  map[string]int32
}

// pair is two neighbouring ids.
type pair struct{ a, b int32 }

// rule says that a pair becomes id; of several, the lowest rank goes first.
type rule struct{ rank, id int32 }

// newBPE is a byte-level BPE with GPT-2's split rule: v has all 256 bytes, and
// joined[rank] is the id that merges[rank] makes.
func newBPE(v vocabulary, merges []pair, joined []int32) *BPE {
	t := &BPE{vocabulary: v, alphabet: newAlphabet(true), merges: merges, rules: make(map[pair]rule, len(merges))}
	for id, piece := range v.pieces {
		if !v.isSpecial(int32(id)) {
			t.learn(piece, int32(id))
		}
	}
	for rank, p := range merges {
		t.rules[p] = rule{int32(rank), joined[rank]}
	}
	t.around = gpt2Around()
	for _, name := range v.Specials() {
		t.added = append(t.added, addedToken{ID: v.specials[name], Content: name, Special: true})
	}
	t.find()
	return t
}

// Kind is KindBPE.
func (t *BPE) Kind() Kind { return KindBPE }

// Merges lists the pairs of ids that merge, in the order of their ranks.
func (t *BPE) Merges() [][2]int32 {
	merges := make([][2]int32, len(t.merges))
	for rank, p := range t.merges {
		merges[rank] = [2]int32{p.a, p.b}
	}
	return merges
}

// Name is a token as tokenizer.json writes it.
func (t *BPE) Name(id int32) string {
	if t.names == nil && !t.isSpecial(id) {
		return byteLevel(t.piece(id))
	} else if t.names == nil {
		return t.piece(id)
	}
	return t.names[id]
}

// Encode cuts text into pieces and merges the bytes of each. It takes time in
// proportion to the text, within a logarithm, and beside the ids a few megabytes,
// and a few dozen bytes for each of the longest piece's.
func (t *BPE) Encode(text []byte) []int32 {
	ids, _ := t.encode(text, false, nil)
	return ids
}

// EncodeSpecial is Encode with special tokens; see Tokenizer.
func (t *BPE) EncodeSpecial(text []byte) []int32 {
	ids, _ := t.encode(text, true, nil)
	return ids
}

// merger encodes pieces one after another.
type merger struct {
	t      *BPE
	ids    []int32
	seen   map[string]span // short pieces → where their ids stand in ids
	nodes  []node
	queue  queue
	lacks  func(symbol []byte) // is told of what has no id; or nil
	goesOn func() bool         // is asked now and then; or nil
}

// span is ids[from:to].
type span struct{ from, to int }

// node is one id of the piece at hand, in a doubly linked list; -1 ends it.
type node struct{ id, prev, next int32 }

const (
	maxSeen     = 1 << 15 // pieces remembered
	maxSeenSize = 32      // bytes of each
	dead        = -1      // id of a node that was merged into the one before it
	patience    = 1 << 14 // merges between two calls of goesOn
)

func newMerger(t *BPE) *merger {
	return &merger{t: t, seen: map[string]span{}}
}

// encode appends the ids of a piece, which is not empty. It reports false if it
// was told to stop.
func (m *merger) encode(piece []byte) bool {
	if len(piece) == 1 {
		if id := m.t.short[piece[0]]; id >= 0 {
			m.ids = append(m.ids, id)
			return true
		}
	}
	if s, ok := m.seen[string(piece)]; ok && m.lacks == nil {
		m.ids = append(m.ids, m.ids[s.from:s.to]...)
		return true
	}
	from := len(m.ids)
	if id, ok := m.t.whole[string(piece)]; ok {
		m.ids = append(m.ids, id)
	} else if !m.merge(piece) {
		return false
	}
	if len(piece) <= maxSeenSize && len(m.seen) < maxSeen {
		m.seen[string(piece)] = span{from, len(m.ids)}
	}
	return true
}

// merge makes the possible merge of lowest rank, the leftmost first, until there
// is none, and appends the ids that stand then.
func (m *merger) merge(piece []byte) bool {
	m.load(piece)
	for n := 1; len(m.queue) > 0; n++ {
		rank, at := m.queue.pop()
		if r, ok := m.ruleAt(at); ok && r.rank == rank {
			m.join(at, r.id)
		}
		if n%patience == 0 && m.goesOn != nil && !m.goesOn() {
			m.queue = m.queue[:0]
			return false
		}
	}
	for i := int32(0); i >= 0 && len(m.nodes) > 0; i = m.nodes[i].next {
		m.ids = append(m.ids, m.nodes[i].id)
	}
	return true
}

// load makes a node of each symbol.
func (m *merger) load(piece []byte) {
	m.nodes = slices.Grow(m.nodes[:0], len(piece))
	m.t.symbols(piece, func(id int32) {
		n := int32(len(m.nodes))
		m.nodes = append(m.nodes, node{id, n - 1, n + 1})
	}, m.lacks)
	if len(m.nodes) == 0 {
		return
	}
	m.nodes[len(m.nodes)-1].next = -1
	m.queue = slices.Grow(m.queue, len(m.nodes))
	for i := range m.nodes {
		m.offer(int32(i))
	}
}

// offer queues the merge at node i if there is one.
func (m *merger) offer(i int32) {
	if r, ok := m.ruleAt(i); ok {
		m.queue.push(r.rank, i)
	}
}

// ruleAt finds the rule for node i and the one after it.
func (m *merger) ruleAt(i int32) (r rule, ok bool) {
	n := m.nodes[i]
	if n.id == dead || n.next < 0 {
		return rule{}, false
	}
	r, ok = m.t.rules[pair{n.id, m.nodes[n.next].id}]
	return r, ok
}

// join turns node i and the one after it into id.
func (m *merger) join(i, id int32) {
	n := &m.nodes[i]
	gone := &m.nodes[n.next]
	n.id, n.next = id, gone.next
	gone.id = dead
	if n.next >= 0 {
		m.nodes[n.next].prev = i
	}
	if n.prev >= 0 {
		m.offer(n.prev)
	}
	m.offer(i)
}

// Unknown lists the distinct characters of text that the vocabulary lacks, as
// they first appear, and how many in all Encode leaves out. A part of a
// character stands as <0xFF>.
func (t *BPE) Unknown(text []byte) (symbols []string, total int) {
	if t.complete() {
		return nil, 0
	}
	seen := map[string]bool{}
	t.encodeWith(text, false, nil, func(symbol []byte) {
		total++
		if s := strings.Clone(symbolName(symbol)); !seen[s] {
			seen[s] = true
			symbols = append(symbols, s)
		}
	})
	return symbols, total
}
