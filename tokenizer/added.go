package tokenizer

import (
	"bytes"
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

// finder finds added tokens in a text: a tree of their bytes.
type finder struct {
	token *addedToken // that ends here, nil for none
	next  map[byte]*finder
}

func newFinder(tokens []addedToken, text func(*addedToken) string) *finder {
	if len(tokens) == 0 {
		return nil
	}
	root := &finder{}
	for i := range tokens {
		if t := text(&tokens[i]); t != "" {
			root.leaf(t).token = &tokens[i]
		}
	}
	return root
}

// leaf is where a text ends in the tree, which is made for it.
func (f *finder) leaf(text string) *finder {
	for i := range len(text) {
		if f.next == nil {
			f.next = map[byte]*finder{}
		}
		next := f.next[text[i]]
		if next == nil {
			next = &finder{}
			f.next[text[i]] = next
		}
		f = next
	}
	return f
}

// at gives the longest token that text begins with, nil if none, and its length.
func (f *finder) at(text []byte) (longest *addedToken, n int) {
	for i, c := range text {
		if f = f.next[c]; f == nil {
			break
		}
		if f.token != nil {
			longest, n = f.token, i+1
		}
	}
	return longest, n
}

// split calls emit for the tokens of p, and with nil for what is between, until
// that gives false; it tells whether it never did. Special tokens are passed
// over unless special is true.
func (f *finder) split(p part, special bool, emit func(p part, token *addedToken) bool) bool {
	if f == nil {
		return len(p.text) == 0 || emit(p, nil)
	}
	var begins [256]bool
	for c := range f.next {
		begins[c] = true
	}
	text, begin := p.text, 0
	for i := 0; i < len(text); {
		if !begins[text[i]] {
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
