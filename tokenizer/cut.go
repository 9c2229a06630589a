package tokenizer

import "bytes"

// What tokenizer.json calls pre-tokenizers cut a text into pieces that are
// merged each by itself. All of them are a pattern and what becomes of its
// matches, but for ByteLevel and Metaspace, which may put a character before.

// behavior says what becomes of the matches of a pattern.
type behavior uint8

const (
	isolated           behavior = iota // each match is a piece, and what is between
	removed                            // matches are left out
	mergedWithPrevious                 // a match ends the piece before it
	mergedWithNext                     // a match begins the piece after it
	contiguous                         // matches beside each other are one piece
)

var behaviors = map[string]behavior{"Isolated": isolated, "Removed": removed,
	"MergedWithPrevious": mergedWithPrevious, "MergedWithNext": mergedWithNext, "Contiguous": contiguous}

// cutter is one pre-tokenizer. It does not change, as several goroutines may use
// it; what it remembers of a text is in a cut.
type cutter struct {
	pattern *pattern // nil: GPT-2's, by hand (split.go); noPattern: the text stays whole
	does    behavior
	invert  bool // what the pattern does not match counts as its match, and the other way round

	before    string // put before the text where it does not begin so
	firstOnly bool   // and only before the first piece of the whole text
	replace   string // put in the place of each space
}

// noPattern is the pattern of a cutter that does not cut.
var noPattern = &pattern{}

// cut is a cutter at work.
type cut struct {
	*cutter
	m *matcher
}

// part is a piece of a text; first says that it begins where the text did.
type part struct {
	text  []byte
	first bool
}

// parts calls emit for each piece of p until that gives false, and tells whether
// it never did.
func (c *cut) parts(p part, emit func(part) bool) bool {
	text := c.prepare(p)
	if c.cutter.pattern == noPattern {
		return len(text) == 0 || emit(part{text, p.first})
	}
	if c.cutter.pattern == nil {
		for at := 0; at < len(text); {
			n := nextPreToken(text[at:])
			if !emit(part{text[at : at+n], p.first && at == 0}) {
				return false
			}
			at += n
		}
		return true
	}
	g := gatherer{does: c.does, text: text, first: p.first, emit: emit}
	c.m.read(text)
	for at := 0; at < len(text); {
		from, to := c.m.find(at)
		if from > at && !g.add(at, from, c.invert) || to > from && !g.add(from, to, !c.invert) {
			return false
		}
		at = to
	}
	return g.end()
}

// prepare puts what belongs before a piece there.
func (c *cut) prepare(p part) []byte {
	text := p.text
	if c.replace != "" {
		text = bytes.ReplaceAll(text, []byte{' '}, []byte(c.replace))
	}
	if c.before != "" && (p.first || !c.firstOnly) && !bytes.HasPrefix(text, []byte(c.before)) {
		text = append([]byte(c.before), text...)
	}
	return text
}

// gatherer joins matches and what is between them as a behavior says.
type gatherer struct {
	does     behavior
	text     []byte
	first    bool
	emit     func(part) bool
	from, to int  // the piece that waits; none if they are equal
	match    bool // the latest was a match
}

// add takes the next match, or what is between two.
func (g *gatherer) add(from, to int, match bool) bool {
	if match && g.does == removed {
		return g.end()
	}
	joins := false
	switch g.does {
	case mergedWithPrevious:
		joins = match && !g.match
	case mergedWithNext:
		joins = g.match && !match
	case contiguous:
		joins = match == g.match
	}
	g.match = match
	if joins && g.from < g.to {
		g.to = to
		return true
	}
	more := g.end()
	g.from, g.to = from, to
	return more
}

// end gives away the piece that waits.
func (g *gatherer) end() bool {
	from, to := g.from, g.to
	g.from = to
	return from == to || g.emit(part{g.text[from:to], g.first && from == 0})
}
