package tokenizer

import "unicode/utf8"

// matcher finds a pattern in a text as Oniguruma does, by trying one way after
// another: the first alternative that leads to a match wins, and a span takes as
// much as it can and gives characters back one at a time.
//
// Trying could take time in the square of the text: at each place a span may run
// on for long and all be given back. So a matcher remembers, of each span without
// an end, how far its characters run and which ends have led nowhere; as how a
// match goes on depends on nothing but the place, they never will. That makes a
// search linear in the text for the patterns that pattern.go reads.
type matcher struct {
	p    *pattern
	text []byte
	runs []reach // of each op
}

// reach says that text[from:end] are of a span's set, text[end:] goes on with
// another, and that from ends above tried no match was found.
type reach struct{ from, end, tried int }

func newMatcher(p *pattern) *matcher { return &matcher{p: p, runs: make([]reach, len(p.ops))} }

// read begins with another text.
func (m *matcher) read(text []byte) {
	m.text = text
	for i := range m.runs {
		m.runs[i] = reach{-1, -1, -1}
	}
}

// find gives the first match from at on; from is len(text) if there is none.
func (m *matcher) find(at int) (from, to int) {
	for at < len(m.text) {
		if c := m.text[at]; m.p.first[min(c, utf8.RuneSelf)] {
			if end := m.match(0, at); end >= 0 {
				return at, end
			}
		}
		at += sizeAt(m.text, at)
	}
	return len(m.text), len(m.text)
}

// match runs the program from op i on at the place at of the text, and gives the
// end of the match, -1 for none.
func (m *matcher) match(i, at int) int {
	for {
		o := &m.p.ops[i]
		i++
		switch o.kind {
		case opDone:
			return at
		case opJump:
			i = o.other
		case opSplit:
			if m.mayBegin(o, at) {
				if end := m.match(i, at); end >= 0 {
					return end
				}
			}
			i = o.other
		case opAhead:
			if (m.match(i, at) >= 0) != o.keeps {
				return -1
			}
			i = o.other
		case opLine:
			if at < len(m.text) && m.text[at] != '\n' {
				return -1
			}
		case opSpan:
			if o.max != 1 || o.min != 1 {
				if o.max >= 0 {
					return m.few(o, i, at)
				}
				return m.many(o, i, at)
			}
			if at == len(m.text) {
				return -1
			}
			n, ok := o.set.next(m.text[at:])
			if !ok {
				return -1
			}
			at += n
		}
	}
}

// mayBegin tells whether the next op's way of a split can match at all.
func (m *matcher) mayBegin(o *op, at int) bool {
	if o.first == nil {
		return true
	}
	return at < len(m.text) && o.first[min(m.text[at], utf8.RuneSelf)]
}

// few matches a span that has a largest count, and what follows.
func (m *matcher) few(o *op, i, at int) int {
	end, n := at, 0
	for n < o.max && end < len(m.text) {
		size, ok := o.set.next(m.text[end:])
		if !ok {
			break
		}
		end += size
		n++
	}
	for n >= o.min {
		if to := m.match(i, end); to >= 0 || o.keeps || n == 0 {
			return to
		}
		end -= m.sizeBefore(end)
		n--
	}
	return -1
}

// many matches a span without an end, and what follows.
func (m *matcher) many(o *op, i, at int) int {
	low := at // the least that it takes
	for range o.min {
		if low == len(m.text) {
			return -1
		}
		n, ok := o.set.next(m.text[low:])
		if !ok {
			return -1
		}
		low += n
	}
	r := &m.runs[i-1]
	m.extend(r, o.set, at)
	if o.keeps {
		return m.match(i, r.end)
	}
	end := min(r.end, r.tried)
	next := &m.p.ops[i]
	for end >= low {
		to := -1
		if next.kind != opSpan || next.min == 0 || m.has(next.set, end) {
			to = m.match(i, end)
		}
		r.tried = end
		if to >= 0 {
			return to
		}
		if end == 0 {
			break
		}
		end -= m.sizeBefore(end)
		r.tried = end
	}
	return -1
}

// has tells whether the character at at is of s.
func (m *matcher) has(s *set, at int) bool {
	if at == len(m.text) {
		return false
	}
	_, ok := s.next(m.text[at:])
	return ok
}

// extend makes r the reach that at lies in.
func (m *matcher) extend(r *reach, s *set, at int) {
	if r.from >= 0 && at >= r.from && at <= r.end {
		return
	}
	end := at
	for end < len(m.text) {
		if end == r.from {
			r.from = at
			return
		}
		n, ok := s.next(m.text[end:])
		if !ok {
			break
		}
		end += n
	}
	*r = reach{at, end, end}
}

// sizeAt is the length of the character at at.
func sizeAt(text []byte, at int) int {
	if text[at] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRune(text[at:])
	return n
}

// sizeBefore is the length of the character that ends at end.
func (m *matcher) sizeBefore(end int) int {
	if m.text[end-1] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeLastRune(m.text[:end])
	return n
}
