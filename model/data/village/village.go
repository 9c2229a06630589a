package village

import (
	"math/rand/v2"
)

// A Tale is one story and what can be asked about it.
type Tale struct {
	Text  string // one paragraph of plain ASCII, without a newline
	Facts []Fact
}

// A Teller tells tales, one after the other; the same seed gives the same tales
// on every machine.
type Teller struct {
	rng  *rand.Rand
	s    story
	last int // the plot told before
}

// New gives a Teller for seed.
func New(seed uint64) *Teller {
	return &Teller{rng: rand.New(rand.NewPCG(seed, 0x5645_4c4c_4147_4531)), last: -1}
}

// Next tells a tale.
func (t *Teller) Next() Tale {
	t.tell()
	return Tale{Text: string(t.s.out), Facts: t.s.facts()}
}

// tell puts the next tale in t.s, never of the same plot twice in a row.
func (t *Teller) tell() {
	k := t.rng.IntN(len(plots))
	for k == t.last && len(plots) > 1 {
		k = t.rng.IntN(len(plots))
	}
	t.last = k
	t.s.reset(t.rng)
	plots[k].tell(&t.s)
}

// Text is about n bytes of tales, parted by an empty line: as many whole tales
// as are needed to reach n.
func Text(seed uint64, n int) []byte {
	out := make([]byte, 0, n+1024)
	t := New(seed)
	for len(out) < n {
		t.tell()
		out = append(out, t.s.out...)
		out = append(out, '\n', '\n')
	}
	return out
}
