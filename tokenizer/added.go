package tokenizer

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Added tokens are found in a text before anything is cut: the leftmost first,
// and of those that begin at one place the longest. Those that are special are
// found by EncodeSpecial only; others stand for a text like any piece, such as a
// run of spaces.

// addedToken is one of them, as tokenizer.json has it.
type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"` // not within a word
	LStrip     bool   `json:"lstrip"`      // takes the white space before it
	RStrip     bool   `json:"rstrip"`      // and that behind it
	Normalized bool   `json:"normalized"`  // is looked for in the normalized text
	Special    bool   `json:"special"`

	apart bool // it does not stand in the model's vocabulary
}

// finder finds added tokens in a text.
type finder struct {
	tokens  map[string]*addedToken
	lengths [256][]int // of those that begin with a byte, longest first
}

func newFinder(tokens []addedToken, text func(*addedToken) string) *finder {
	if len(tokens) == 0 {
		return nil
	}
	f := &finder{tokens: map[string]*addedToken{}}
	for i := range tokens {
		t := text(&tokens[i])
		if t == "" {
			continue
		}
		f.tokens[t] = &tokens[i]
		if l := &f.lengths[t[0]]; !slices.Contains(*l, len(t)) {
			*l = append(*l, len(t))
		}
	}
	for i := range f.lengths {
		slices.SortFunc(f.lengths[i], func(a, b int) int { return b - a })
	}
	return f
}

// at gives the longest token that text begins with, nil if none, and its length.
func (f *finder) at(text []byte) (*addedToken, int) {
	for _, n := range f.lengths[text[0]] {
		if n <= len(text) {
			if t := f.tokens[string(text[:n])]; t != nil {
				return t, n
			}
		}
	}
	return nil, 0
}

// split calls emit for the tokens of p, and with nil for what is between, until
// that gives false; it tells whether it never did. Special tokens are passed
// over unless special is true.
func (f *finder) split(p part, special bool, emit func(p part, token *addedToken) bool) bool {
	if f == nil {
		return len(p.text) == 0 || emit(p, nil)
	}
	text, begin := p.text, 0
	for i := 0; i < len(text); {
		if len(f.lengths[text[i]]) == 0 {
			i++
			continue
		}
		t, n := f.at(text[i:])
		if t == nil {
			i++
			continue
		}
		from, to := i, i+n
		i = to
		if t.Special && !special || t.SingleWord && inWord(text, from, to) {
			continue
		}
		if t.LStrip {
			from = min(from, begin+len(bytes.TrimRightFunc(text[min(begin, from):from], unicode.IsSpace)))
		}
		if t.RStrip {
			to = len(text) - len(bytes.TrimLeftFunc(text[to:], unicode.IsSpace))
		}
		if begin < from && !emit(part{text[begin:from], p.first && begin == 0}, nil) {
			return false
		}
		if !emit(part{text[from:to], p.first && from == 0}, t) {
			return false
		}
		begin = to
	}
	return begin >= len(text) || emit(part{text[begin:], p.first && begin == 0}, nil)
}

// inWord tells whether text[from:to] has a letter or the like beside it.
func inWord(text []byte, from, to int) bool {
	before, n := utf8.DecodeLastRune(text[:from])
	after, m := utf8.DecodeRune(text[to:])
	isJoined := func(r rune) bool { return isWord(r) || unicode.Is(unicode.Join_Control, r) }
	return n > 0 && isJoined(before) || m > 0 && isJoined(after)
}
