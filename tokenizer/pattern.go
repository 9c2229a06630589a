package tokenizer

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Split rules of tokenizer.json are patterns of Oniguruma. What such files use
// of it is read here: characters and classes of them, with ? * + {m,n} and their
// possessive forms; groups (?:…) and (?i:…), once or optional; alternatives; and
// the look-aheads (?=…) and (?!…). Anything else is refused by its name, so that
// no text is ever cut otherwise than the file says. match.go runs them.

// pattern is a program.
type pattern struct {
	ops   []op
	first heads // of a match
}

type opKind uint8

const (
	opDone  opKind = iota // the match ends here
	opSpan                // min to max characters of set, as many as can be
	opSplit               // go on at the next op or, where that fails, at other
	opJump                // go on at other
	opAhead               // what follows up to the next opDone must match, or must not; then go on at other
	opLine                // the end of the text or of a line
)

type op struct {
	kind     opKind
	set      *set
	min, max int   // -1: without end
	keeps    bool  // possessive: what was taken is not given back; of opAhead: must match
	other    int   // an index of ops
	first    heads // of opSplit: what the next op's way can begin with
}

// heads tells what something can begin with: ASCII, or at utf8.RuneSelf any other.
type heads *[utf8.RuneSelf + 1]bool

// patternReader reads a pattern from left to right.
type patternReader struct {
	rest string
	fold bool // within (?i:…)
	ops  []op
}

// Limits of a pattern.
const (
	maxPattern = 4096    // bytes
	maxOps     = 500     // ops
	maxWays    = 1 << 14 // in which it can be tried at one place, spans without an end aside
)

// newPattern compiles a pattern. One that can match nothing at all is refused too.
func newPattern(source string) (*pattern, error) {
	if len(source) > maxPattern {
		return nil, fmt.Errorf("the pattern %s has more than %d bytes", quote(source), maxPattern)
	}
	r := &patternReader{rest: source}
	err := r.alternatives()
	if err == nil && r.rest != "" {
		err = fmt.Errorf("a ) too many")
	}
	if err != nil {
		return nil, fmt.Errorf("the pattern %s: %w at %s", quote(source), err, quote(r.rest))
	}
	r.ops = append(r.ops, op{kind: opDone})
	p := &pattern{ops: r.ops}
	if p.ways() > maxWays {
		return nil, fmt.Errorf("the pattern %s could be tried in too many ways", quote(source))
	}
	for i := range p.ops {
		if p.ops[i].kind == opSplit {
			p.ops[i].first = p.heads(i + 1)
		}
	}
	if p.first = p.heads(0); p.first == nil {
		return nil, fmt.Errorf("the pattern %s can match nothing at all, and so cuts nothing", quote(source))
	}
	return p, nil
}

func mustPattern(source string) *pattern {
	p, err := newPattern(source)
	if err != nil {
		panic("tokenizer: " + err.Error())
	}
	return p
}

// literal is the pattern of a text as it stands, which is not empty.
func literal(text string) *pattern {
	r := &patternReader{}
	for _, char := range text {
		r.span(is(char))
	}
	p := &pattern{ops: append(r.ops, op{kind: opDone})}
	p.first = p.heads(0)
	return p
}

// ways counts the ways through the ops, up to a little over maxWays.
func (p *pattern) ways() int {
	n := make([]int, len(p.ops))
	for i := len(p.ops) - 1; i >= 0; i-- {
		switch o := &p.ops[i]; o.kind {
		case opDone:
			n[i] = 1
		case opSpan:
			n[i] = n[i+1] * max(1, o.max-o.min+1)
		case opSplit, opAhead:
			n[i] = n[i+1] + n[o.other]
		case opJump:
			n[i] = n[o.other]
		case opLine:
			n[i] = n[i+1]
		}
		n[i] = min(n[i], maxWays+1)
	}
	return n[0]
}

// heads finds what a match from op i can begin with, nil if it can be empty.
func (p *pattern) heads(i int) heads {
	var h [utf8.RuneSelf + 1]bool
	if !p.addHeads(&h, i) {
		return nil
	}
	return &h
}

func (p *pattern) addHeads(h *[utf8.RuneSelf + 1]bool, i int) (ok bool) {
	for {
		o := &p.ops[i]
		switch o.kind {
		case opDone:
			return false
		case opSpan:
			for c := range utf8.RuneSelf {
				h[c] = h[c] || o.set.holds(rune(c))
			}
			h[utf8.RuneSelf] = true
			if o.min > 0 {
				return true
			}
			i++
		case opSplit:
			if !p.addHeads(h, i+1) {
				return false
			}
			i = o.other
		case opJump, opAhead:
			i = o.other
		case opLine:
			i++
		}
	}
}

func (r *patternReader) span(has func(rune) bool) {
	if r.fold {
		has = folded(has)
	}
	r.ops = append(r.ops, op{kind: opSpan, set: newSet(has), min: 1, max: 1})
}

// alternatives reads up to a ) or the end: a|b becomes split a, jump, b.
func (r *patternReader) alternatives() error {
	var jumps []int
	for {
		split := len(r.ops)
		if err := r.sequence(); err != nil {
			return err
		}
		if !strings.HasPrefix(r.rest, "|") {
			break
		}
		r.rest = r.rest[1:]
		r.insert(split, op{kind: opSplit})
		jumps = append(jumps, len(r.ops))
		r.ops = append(r.ops, op{kind: opJump})
		r.ops[split].other = len(r.ops)
	}
	for _, at := range jumps {
		r.ops[at].other = len(r.ops)
	}
	return nil
}

// insert puts o at place i, and moves what is behind it.
func (r *patternReader) insert(i int, o op) {
	r.ops = append(r.ops, op{})
	copy(r.ops[i+1:], r.ops[i:])
	r.ops[i] = o
	for j := i + 1; j < len(r.ops); j++ {
		if k := r.ops[j].kind; k == opSplit || k == opJump || k == opAhead {
			r.ops[j].other++
		}
	}
}

// sequence reads one alternative.
func (r *patternReader) sequence() error {
	for r.rest != "" && r.rest[0] != '|' && r.rest[0] != ')' {
		if len(r.ops) > maxOps {
			return fmt.Errorf("more than %d steps", maxOps)
		}
		if err := r.item(); err != nil {
			return err
		}
	}
	return nil
}

// item reads a character, a class or a group, and how often it stands.
func (r *patternReader) item() error {
	switch c := r.rest[0]; c {
	case '(':
		return r.group()
	case '$':
		r.rest = r.rest[1:]
		r.ops = append(r.ops, op{kind: opLine})
		return nil
	case '^', '*', '+', '?', '{':
		return fmt.Errorf("“%c” is not supported here", c)
	}
	has, err := r.one()
	if err != nil {
		return err
	}
	r.span(has)
	return r.often(&r.ops[len(r.ops)-1])
}

// often reads how often the span o may stand.
func (r *patternReader) often(o *op) error {
	if r.rest == "" {
		return nil
	}
	switch r.rest[0] {
	case '?':
		o.min, o.max = 0, 1
	case '*':
		o.min, o.max = 0, -1
	case '+':
		o.min, o.max = 1, -1
	case '{':
		return r.counted(o)
	default:
		return nil
	}
	r.rest = r.rest[1:]
	switch {
	case strings.HasPrefix(r.rest, "+"):
		o.keeps = true
		r.rest = r.rest[1:]
	case strings.HasPrefix(r.rest, "?"), strings.HasPrefix(r.rest, "*"), strings.HasPrefix(r.rest, "{"):
		return fmt.Errorf("a lazy or doubled quantifier is not supported")
	}
	return nil
}

// counted reads {n}, {m,}, {m,n} or {,n}, of at most 1000.
func (r *patternReader) counted(o *op) error {
	inside, after, closed := strings.Cut(r.rest[1:], "}")
	low, high, ranged := strings.Cut(inside, ",")
	number := func(s string, otherwise int) int {
		if s == "" && ranged {
			return otherwise
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > 1000 || s[0] == '+' {
			closed = false
		}
		return n
	}
	o.min = number(low, 0)
	if o.max = o.min; ranged {
		o.max = number(high, -1)
	}
	if !closed || o.max == 0 || o.max > 0 && o.max < o.min {
		return fmt.Errorf("a count that is not supported")
	}
	r.rest = after
	if strings.HasPrefix(r.rest, "+") && o.min == 1 { // not possessive in Oniguruma, but once more
		o.max, r.rest = -1, r.rest[1:]
	}
	if r.rest != "" && strings.ContainsRune("?*+{", rune(r.rest[0])) {
		return fmt.Errorf("a lazy or doubled quantifier is not supported")
	}
	return nil
}

// group reads (?:…), (?i:…), (…), each of them optional with ?, (?=…) and (?!…).
func (r *patternReader) group() error {
	was, begin := r.fold, len(r.ops)
	ahead := false
	switch {
	case strings.HasPrefix(r.rest, "(?:"):
		r.rest = r.rest[3:]
	case strings.HasPrefix(r.rest, "(?i:"):
		r.rest, r.fold = r.rest[4:], true
	case strings.HasPrefix(r.rest, "(?="), strings.HasPrefix(r.rest, "(?!"):
		r.ops = append(r.ops, op{kind: opAhead, keeps: r.rest[2] == '='})
		r.rest, ahead = r.rest[3:], true
	case strings.HasPrefix(r.rest, "(?"):
		return fmt.Errorf("a group of this kind is not supported")
	default:
		r.rest = r.rest[1:]
	}
	if err := r.alternatives(); err != nil {
		return err
	}
	if r.rest == "" {
		return fmt.Errorf("a ) is missing")
	}
	r.rest, r.fold = r.rest[1:], was
	if ahead {
		r.ops = append(r.ops, op{kind: opDone})
		r.ops[begin].other = len(r.ops)
	}
	if r.rest == "" || !strings.ContainsRune("?*+{", rune(r.rest[0])) {
		return nil
	}
	if ahead || r.rest[0] != '?' || len(r.rest) > 1 && strings.ContainsRune("?*+{", rune(r.rest[1])) {
		return fmt.Errorf("a group that repeats is not supported")
	}
	r.rest = r.rest[1:]
	r.insert(begin, op{kind: opSplit})
	r.ops[begin].other = len(r.ops)
	return nil
}
