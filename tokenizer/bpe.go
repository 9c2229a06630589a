package tokenizer

import "slices"

// BPE is byte-level byte-pair encoding: Sennrich, Haddow and Birch (2016),
// algorithm 1, over bytes as in GPT-2.
type BPE struct {
	vocabulary
	base   [256]int32    // byte → id
	merges []pair        // rank → the two ids that it joins
	rules  map[pair]rule // what a pair becomes
}

// pair is two neighbouring ids.
type pair struct{ a, b int32 }

// rule says that a pair becomes id; of several, the lowest rank goes first.
type rule struct{ rank, id int32 }

// newBPE indexes a vocabulary that has all 256 bytes; joined[rank] is the id that
// merges[rank] makes.
func newBPE(v vocabulary, merges []pair, joined []int32) *BPE {
	t := &BPE{vocabulary: v, merges: merges, rules: make(map[pair]rule, len(merges))}
	for id, piece := range v.pieces {
		if len(piece) == 1 && !v.isSpecial(int32(id)) {
			t.base[piece[0]] = int32(id)
		}
	}
	for rank, p := range merges {
		t.rules[p] = rule{int32(rank), joined[rank]}
	}
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

// Encode cuts text into pre-tokens and merges the bytes of each. It takes time
// in proportion to the text, within a logarithm, and beside the ids a few
// megabytes, and a few dozen bytes for each of the longest pre-token.
func (t *BPE) Encode(text []byte) []int32 {
	m := newMerger(t)
	ids := make([]int32, 0, len(text)/3+1)
	for len(text) > 0 {
		n := nextPreToken(text)
		ids = m.encode(ids, text[:n])
		text = text[n:]
	}
	return ids
}

// EncodeSpecial is Encode with special tokens; see Tokenizer.
func (t *BPE) EncodeSpecial(text []byte) []int32 { return t.encodeSpecial(text, t.Encode) }

// merger encodes pre-tokens one after another.
type merger struct {
	t     *BPE
	seen  map[string]span // short pre-tokens → where their ids stand in the output
	nodes []node
	queue heap[candidate]
}

// span is ids[from:to].
type span struct{ from, to int }

// node is one id of the pre-token at hand, in a doubly linked list; -1 ends it.
type node struct{ id, prev, next int32 }

// candidate is a merge that can be made at a node and the one after it.
type candidate struct{ rank, at int32 }

const (
	maxSeen     = 1 << 15 // pre-tokens remembered
	maxSeenSize = 32      // bytes of each
	dead        = -1      // id of a node that was merged into the one before it
)

func newMerger(t *BPE) *merger {
	before := func(x, y candidate) bool {
		return x.rank < y.rank || x.rank == y.rank && x.at < y.at
	}
	return &merger{t: t, seen: map[string]span{}, queue: heap[candidate]{before: before}}
}

// encode appends the ids of a pre-token, which is not empty.
func (m *merger) encode(ids []int32, preToken []byte) []int32 {
	if len(preToken) == 1 {
		return append(ids, m.t.base[preToken[0]])
	}
	if s, ok := m.seen[string(preToken)]; ok {
		return append(ids, ids[s.from:s.to]...)
	}
	from := len(ids)
	ids = m.merge(ids, preToken)
	if len(preToken) <= maxSeenSize && len(m.seen) < maxSeen {
		m.seen[string(preToken)] = span{from, len(ids)}
	}
	return ids
}

// merge makes the possible merge of lowest rank, the leftmost first, until there
// is none, and appends the ids that stand then.
func (m *merger) merge(ids []int32, preToken []byte) []int32 {
	m.load(preToken)
	for len(m.queue.items) > 0 {
		c := m.queue.pop()
		if r, ok := m.ruleAt(c.at); ok && r.rank == c.rank {
			m.join(c.at, r.id)
		}
	}
	for i := int32(0); i >= 0; i = m.nodes[i].next {
		ids = append(ids, m.nodes[i].id)
	}
	return ids
}

// load makes a node of each byte.
func (m *merger) load(preToken []byte) {
	m.nodes = slices.Grow(m.nodes[:0], len(preToken))
	m.queue.items = slices.Grow(m.queue.items, len(preToken))
	for i, b := range preToken {
		m.nodes = append(m.nodes, node{m.t.base[b], int32(i - 1), int32(i + 1)})
	}
	m.nodes[len(m.nodes)-1].next = -1
	for i := range m.nodes {
		m.offer(int32(i))
	}
}

// offer queues the merge at node i if there is one.
func (m *merger) offer(i int32) {
	if r, ok := m.ruleAt(i); ok {
		m.queue.push(candidate{r.rank, i})
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
