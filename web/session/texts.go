package session

import (
	"slices"
	"strings"

	"hornbook/model/data/village"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// texts is what there is to learn from, and how it is cut.
type texts struct {
	voice    *voice
	fetch    func(name string) ([]byte, error) // a built-in text that is a file
	goOn     func() error                      // called while something takes long
	keep     func(text []byte) (hash string, err error)
	kept     func(hash string) ([]byte, error)
	now      text
	former   []byte             // the text before, where it is not kept
	tokenize *protocol.Tokenize // the newest that waits
	fit      protocol.Fit       // what fitOf makes of the text
	fitOf    tokenizer.Tokenizer
	latest   encoding
}

// text is a text with its tokens.
type text struct {
	name  string
	bytes []byte
	loose bool // it could not be kept
	info  protocol.Text
	tok   tokenizer.Tokenizer
	kind  string // of tok
	size  int    // asked for, of "bpe"

	choice string // how names of special tokens are read, as in recipe.Recipe
	as     bool   // they are tokens of tok
	ids    []int32
}

const (
	villageSeed  = 1
	villageBytes = 3 << 19 // of the sample Village Tales
)

// given is the text, nil if there is none yet.
func (t *texts) given() *text {
	if t.now.bytes == nil {
		return nil
	}
	return &t.now
}

// set takes a text if it is one that can be learned from; otherwise the former
// text stays.
func (t *texts) set(c *protocol.SetText) *protocol.Problem {
	if c.Special != "" && c.Special != recipe.SpecialTokens && c.Special != recipe.SpecialLetters {
		return specialUnknown(c.Special)
	}
	raw, problem := t.read(c)
	if problem == nil {
		raw = unify(raw)
		problem = refuse(raw)
	}
	if problem != nil {
		return problem
	}
	name := c.Name
	if c.Source == "task" {
		name = protocol.TaskText + c.Name
	}
	next := text{name: name, bytes: raw, info: describe(c.Source, name, raw), choice: c.Special}
	if c.Source == "upload" || c.Source == "typed" || c.Source == "kept" {
		kept, err := t.keep(raw) // for the next visit; without it the text is asked for again
		next.info.Hash, next.loose = sum(raw), kept == "" || err != nil
	}
	kind, size := t.now.kind, t.now.size
	if kind == "" {
		first, _ := recipe.ByName(recipe.Default)
		kind, size = first.Tokenizer, first.VocabSize
	}
	if kind == "chars" && next.info.Distinct > manyKinds {
		kind = "bytes"
	}
	if c.Source == "task" && t.now.tok != nil { // which the open model cuts as it is used to
		next.tok, next.kind, next.size = t.now.tok, kind, size
		if next.ids, problem = t.encoded(next.tok, raw, c.Special); problem != nil {
			return problem
		}
	} else if problem := t.cut(&next, kind, size); problem != nil {
		return problem
	}
	t.take(next)
	return nil
}

// take makes next the text.
func (t *texts) take(next text) {
	if t.former = nil; t.now.loose {
		t.former = t.now.bytes
	}
	t.now, t.fitOf = next, nil
	t.tellText()
	t.tellTokenizer()
}

// tellText tells of the text, and how names of special tokens in it are read.
func (t *texts) tellText() {
	told := t.now.info
	if len(told.Special) > 0 {
		if told.SpecialAs = recipe.SpecialLetters; asTokens(t.now.choice, t.now.bytes) {
			told.SpecialAs = recipe.SpecialTokens
		}
	}
	t.voice.tell(&told)
}

func specialUnknown(got string) *protocol.Problem {
	return &protocol.Problem{Code: protocol.RecipeWrong, Key: "special_tokens", Got: got, Want: "one_of tokens letters"}
}

// setSpecial chooses how names of special tokens in the text are read.
func (t *texts) setSpecial(c *protocol.SetSpecial) *protocol.Problem {
	switch {
	case t.given() == nil:
		return &protocol.Problem{Code: protocol.TextMissing}
	case c.As != recipe.SpecialTokens && c.As != recipe.SpecialLetters:
		return specialUnknown(c.As)
	}
	before := t.now.choice
	t.now.choice = c.As
	if problem := t.cut(&t.now, t.now.kind, t.now.size); problem != nil {
		t.now.choice = before
		return problem
	}
	t.fitOf = nil
	t.tellText()
	t.tellTokenizer()
	return nil
}

// again makes the text that a run learns from the one that is given, cut as the
// run cuts it, so that what stands on the page belongs to it.
func (t *texts) again(name string, raw []byte, hash string, tok tokenizer.Tokenizer) {
	source := "kept"
	switch {
	case slices.Contains(SampleNames, name):
		source = "sample"
	case strings.HasPrefix(name, protocol.TaskText):
		source = "task"
	}
	next := text{name: name, bytes: raw, info: describe(source, name, raw), tok: tok, kind: string(tok.Kind()), size: tok.Size(), ids: tok.Encode(raw)}
	if source == "kept" {
		next.info.Hash = hash
	}
	t.take(next)
}

func (t *texts) read(c *protocol.SetText) ([]byte, *protocol.Problem) {
	switch c.Source {
	case "sample":
		return t.sample(c.Name)
	case "task":
		t.voice.tell(&protocol.Working{Task: "sample", Total: 1})
		lessons, err := Lessons(c.Name)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.SampleUnknown, Got: c.Name, Detail: err.Error()}
		}
		return lessons, nil
	case "kept":
		if t.former != nil && sum(t.former) == c.Hash {
			return t.former, nil
		}
		text, err := t.kept(c.Hash)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.TextGone, Got: c.Name, Detail: err.Error()}
		}
		return text, nil
	}
	return c.Data, nil
}

// sample is a built-in text.
func (t *texts) sample(name string) ([]byte, *protocol.Problem) {
	if !slices.Contains(SampleNames, name) {
		return nil, &protocol.Problem{Code: protocol.SampleUnknown, Got: name}
	}
	t.voice.tell(&protocol.Working{Task: "sample", Total: 1})
	if name == "village" {
		return village.Text(villageSeed, villageBytes), nil
	}
	raw, err := t.fetch(name)
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.SampleFailed, Got: name, Detail: err.Error()}
	}
	return raw, nil
}

// sampleLike is a text like a sample: other tales, or the end of the book.
func (t *texts) sampleLike(name string) ([]byte, *protocol.Problem) {
	if name == "village" {
		return village.Text(oldSeed, oldBytes), nil
	}
	raw, problem := t.sample(name)
	return part(unify(raw)), problem
}

// isSample tells whether the sample of this name is the text with this sum.
func (t *texts) isSample(name, hash string) bool {
	raw, problem := t.sample(name)
	return problem == nil && sum(unify(raw)) == hash
}

// find is the text with this sum, if it is the one that is given.
func (t *texts) find(hash string) (found []byte, is bool) {
	if now := t.given(); now != nil && sum(now.bytes) == hash {
		return now.bytes, true
	}
	return nil, false
}

func (t *texts) setTokenizer(c *protocol.SetTokenizer) *protocol.Problem {
	if t.given() == nil {
		return &protocol.Problem{Code: protocol.TextMissing}
	}
	if problem := t.cut(&t.now, c.Kind, c.Size); problem != nil {
		return problem
	}
	t.tellTokenizer()
	return nil
}

// cutFor cuts the text as a new model of r wants it.
func (t *texts) cutFor(r recipe.Recipe) *protocol.Problem {
	kind, size := t.now.kind, t.now.size
	if problem := t.cut(&t.now, r.Tokenizer, r.VocabSize); problem != nil {
		return problem
	}
	if kind != t.now.kind || size != t.now.size {
		t.tellTokenizer()
	}
	return nil
}

func (t *texts) tellTokenizer() {
	now := t.now
	t.voice.tell(&protocol.Tokenizer{Kind: now.kind, Size: now.tok.Size(), Tokens: len(now.ids),
		BytesPerToken: float64(len(now.bytes)) / float64(len(now.ids))})
}

// ask lets a request wait, in the place of an older one.
func (t *texts) ask(c *protocol.Tokenize) { t.tokenize = c }

func (t *texts) asked() bool { return t.tokenize != nil }

// answer cuts the text of the request that waits, if one does.
func (t *texts) answer() {
	c := t.tokenize
	if c == nil {
		return
	}
	t.tokenize = nil
	tok := t.now.tok
	if tok == nil {
		t.voice.answer(c.ID, &protocol.Problem{Code: protocol.TextMissing})
		return
	}
	told := &protocol.Tokens{Pieces: []protocol.Piece{}, Unknown: unknown(tok, c.Text)}
	for _, id := range tok.Encode([]byte(c.Text)) {
		told.Pieces = append(told.Pieces, protocol.Piece{Token: id, Text: show(tok, id)})
	}
	t.voice.answer(c.ID, told)
}

const (
	tuneShort   = 5000 // characters of a text below which there is little to train further on
	manyMissing = 40   // different characters that Fit names
)

// tellFit tells what the open model's tokenizer makes of the text.
func (t *texts) tellFit(tok tokenizer.Tokenizer) {
	now := t.given()
	if now == nil {
		return
	}
	if t.fitOf != tok {
		fit, problem := t.fitTo(now, tok)
		if t.voice.problem(problem) {
			return
		}
		t.fit, t.fitOf = fit, tok
	}
	told := t.fit
	t.voice.tell(&told)
}

func (t *texts) fitTo(of *text, tok tokenizer.Tokenizer) (protocol.Fit, *protocol.Problem) {
	ids, problem := t.encoded(tok, of.bytes, of.choice)
	n, missing := lacks(tok, of.bytes)
	fit := protocol.Fit{Tokens: len(ids), Unknown: n, Missing: append([]string{}, missing[:min(len(missing), manyMissing)]...)}
	fit.BytesPerToken = float64(len(of.bytes)) / float64(max(1, fit.Tokens))
	if of.info.Characters < tuneShort {
		fit.Advice = protocol.TuneShort
	}
	return fit, problem
}

// lacks counts the characters of text that tok leaves out, and lists the
// different ones.
func lacks(tok tokenizer.Tokenizer, text []byte) (n int, missing []string) {
	missing, n = tokenizer.Unknown(tok, text)
	return n, missing
}
