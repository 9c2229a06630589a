package tokenizer

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// around is what stands around the merges in tokenizer.json. A text goes through
// it in this order: added tokens are found in it (added.go); what is between is
// normalized (normalize.go); more added tokens are found; what is between is cut
// (cut.go), and each piece merged (bpe.go). A text that stands alone gets tokens
// before and behind it (Frame).
type around struct {
	added           []addedToken
	inText, inNorms *finder
	normalizers     []normalizer
	cutters         []*cutter
	seam            string        // a piece can be cut before it, but behind a character of joins; "": nowhere
	joins           map[rune]bool // characters that seam stands behind within some token
	before, behind  []int32
	strips          string                      // Decode leaves it out at the beginning,
	times           int                         // so often at most
	drops           string                      // Decode leaves it out in the first token
	decoders        []func(token string) string // what makes a piece of a token
	written         parts                       // as it stands in the file
}

// parts are those parts of a file that are kept as they were read.
type parts struct {
	truncation, padding, normalizer, preTokenizer, postProcessor, decoder json.RawMessage
	model                                                                 model // its switches
}

// gpt2Around is GPT-2's: no normalizer, its split rule, bytes as characters.
func gpt2Around() around {
	part := byteLevelJSON(true)
	return around{cutters: []*cutter{{}}, written: parts{preTokenizer: part, decoder: part, model: model{Type: "BPE"}}}
}

// find prepares what finds the added tokens.
func (t *BPE) find() {
	in := func(normalized bool) []addedToken {
		return slices.DeleteFunc(slices.Clone(t.added), func(a addedToken) bool { return a.Normalized != normalized })
	}
	t.inText = newFinder(in(false), func(a *addedToken) string { return a.Content })
	t.inNorms = newFinder(in(true), func(a *addedToken) string { return string(t.normalize([]byte(a.Content))) })
}

func (t *BPE) normalize(text []byte) []byte {
	for _, n := range t.normalizers {
		text = n(text)
	}
	return text
}

// encoder takes one text through what is around.
type encoder struct {
	*merger
	cuts    []cut
	special bool
	done    int // bytes of pieces
	told    int
	goOn    func(done int) error
	err     error
}

// encode is Encode or EncodeSpecial. It calls goOn, if not nil, now and then with
// about how many bytes are done, and ends with its error.
func (t *BPE) encode(text []byte, special bool, goOn func(done int) error) ([]int32, error) {
	return t.encodeWith(text, special, goOn, nil)
}

func (t *BPE) encodeWith(text []byte, special bool, goOn func(done int) error, lacks func(symbol []byte)) ([]int32, error) {
	e := &encoder{merger: newMerger(t), special: special, goOn: goOn}
	e.ids, e.lacks = make([]int32, 0, len(text)/3+1), lacks
	if goOn != nil {
		e.goesOn = e.ask
	}
	for _, c := range t.cutters {
		one := cut{cutter: c}
		if c.pattern != nil {
			one.m = newMatcher(c.pattern)
		}
		e.cuts = append(e.cuts, one)
	}
	t.inText.split(part{text, true}, special, e.plain)
	if e.err != nil {
		return nil, e.err
	}
	return e.ids, nil
}

// plain takes a part of the text as it is, or a token found in it.
func (e *encoder) plain(p part, token *addedToken) bool {
	if token != nil {
		e.ids = append(e.ids, token.ID)
		return true
	}
	p.text = e.t.normalize(p.text)
	return e.t.inNorms.split(p, e.special, e.normal)
}

// normal takes a part of the normalized text, or a token found in it.
func (e *encoder) normal(p part, token *addedToken) bool {
	if token != nil {
		e.ids = append(e.ids, token.ID)
		return true
	}
	return e.cut(0, p)
}

// cut lets the cutters from number i on cut p.
func (e *encoder) cut(i int, p part) bool {
	if i == len(e.cuts) {
		return e.piece(p.text)
	}
	return e.cuts[i].parts(p, func(p part) bool { return e.cut(i+1, p) })
}

// askEvery is how many bytes are encoded between two calls of goOn.
const askEvery = 1 << 16

// piece encodes a piece, at the seams cut further.
func (e *encoder) piece(text []byte) bool {
	for len(text) > 0 {
		n := e.t.word(text)
		if !e.encode(text[:n]) {
			return false
		}
		text = text[n:]
		if e.done += n; e.done-e.told >= askEvery && e.goOn != nil && !e.ask() {
			return false
		}
	}
	return true
}

// ask asks goOn.
func (e *encoder) ask() bool {
	e.told = e.done
	e.err = e.goOn(e.done)
	return e.err == nil
}

// word is the length of text up to its first seam. As no token holds what stands
// on both sides of it, nothing merges over it, and the ids are the same.
func (a *around) word(text []byte) int {
	if a.seam == "" {
		return len(text)
	}
	for at := sizeAt(text, 0); ; at += len(a.seam) {
		n := bytes.Index(text[at:], []byte(a.seam))
		if n < 0 {
			return len(text)
		}
		at += n
		if s := symbolBefore(text, at); !a.joins[s] {
			return at
		}
	}
}

// Decode joins the pieces of ids, as the file's decoder says for a whole text: a
// space that was put before the text is left out again.
func (t *BPE) Decode(ids []int32) []byte {
	if t.drops != "" && len(ids) > 0 {
		first := t.decoded(strings.ReplaceAll(t.Name(ids[0]), t.drops, ""))
		return append([]byte(first), t.vocabulary.Decode(ids[1:])...)
	}
	text := t.vocabulary.Decode(ids)
	for range t.times {
		text = bytes.TrimPrefix(text, []byte(t.strips))
	}
	return text
}

// decoded is the text that a token stands for.
func (a *around) decoded(token string) string {
	for _, d := range a.decoders {
		token = d(token)
	}
	return token
}

// Frame is what t's post-processor puts before and behind a text that stands
// alone, such as a token that begins it. Encode and EncodeSpecial add nothing.
func Frame(t Tokenizer) (before, behind []int32) {
	if t, is := t.(*BPE); is {
		return t.before, t.behind
	}
	return nil, nil
}

// EncodeWhole is Encode of a text that stands alone: with its Frame.
func EncodeWhole(t Tokenizer, text []byte) []int32 {
	before, behind := Frame(t)
	return slices.Concat(before, t.Encode(text), behind)
}
