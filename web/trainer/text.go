package trainer

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"hornbook/model/data"
	"hornbook/model/data/village"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// text is what there is to learn from, and how it is cut.
type text struct {
	name  string
	bytes []byte
	info  protocol.Text
	tok   tokenizer.Tokenizer
	kind  string // of tok
	size  int    // asked for, of "bpe"
	ids   []int32
	fit   *protocol.Fit // what fitOf makes of it; nil until that was asked
	fitOf tokenizer.Tokenizer
}

const (
	manyKinds    = 4096  // characters that a "chars" vocabulary may have
	shortText    = 20000 // characters below which a model learns by heart
	previewSize  = 2000
	villageSeed  = 1
	villageBytes = 3 << 19 // of the sample Village Tales
	minContext   = 64      // a text too short for this context is refused when it is given
)

// setText takes a text if it is one that can be learned from; otherwise the
// former text stays.
func (s *Session) setText(c *protocol.SetText) {
	raw, problem := s.read(c)
	if problem == nil {
		raw = unify(raw)
		problem = refuse(raw)
	}
	if problem != nil {
		s.fail(problem)
		return
	}
	next := text{name: c.Name, bytes: raw, info: describe(c, raw)}
	kind, size := s.text.kind, s.text.size
	if kind == "" {
		first, _ := recipe.ByName(recipe.Default)
		kind, size = first.Tokenizer, first.VocabSize
	}
	if kind == "chars" && next.info.Distinct > manyKinds {
		kind = "bytes"
	}
	if problem := next.cut(s, kind, size); problem != nil {
		s.fail(problem)
		return
	}
	s.text = next
	s.host.Emit(&next.info)
	s.tellTokenizer()
	s.tellFit()
}

func (s *Session) read(c *protocol.SetText) ([]byte, *protocol.Problem) {
	switch c.Source {
	case "task":
		s.host.Emit(&protocol.Working{Task: "sample", Total: 1})
		lessons, err := Lessons(c.Name)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.SampleUnknown, Got: c.Name, Detail: err.Error()}
		}
		return lessons, nil
	case "sample":
	default:
		return c.Data, nil
	}
	if !slices.Contains(SampleNames, c.Name) {
		return nil, &protocol.Problem{Code: protocol.SampleUnknown, Got: c.Name}
	}
	s.host.Emit(&protocol.Working{Task: "sample", Total: 1})
	if c.Name == "village" {
		return village.Text(villageSeed, villageBytes), nil
	}
	raw, err := s.host.Sample(c.Name)
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.SampleFailed, Got: c.Name, Detail: err.Error()}
	}
	return raw, nil
}

// unify drops a byte order mark and makes every line end a single \n.
func unify(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	if bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
}

// TextSum is the sum by which a save knows the text b, as SetText takes it.
func TextSum(b []byte) string { return sum(unify(b)) }

// refuse says why b is no text to learn from, nil if it is one.
func refuse(b []byte) *protocol.Problem {
	switch {
	case len(b) == 0:
		return &protocol.Problem{Code: protocol.TextEmpty}
	case len(b) > protocol.MaxText:
		return &protocol.Problem{Code: protocol.TextTooLong, Got: strconv.Itoa(len(b)), Want: strconv.Itoa(protocol.MaxText)}
	case binary(b):
		return &protocol.Problem{Code: protocol.TextBinary}
	}
	n, distinct, _ := census(b)
	need := data.MinTokens(minContext)
	switch {
	case distinct == 1:
		return &protocol.Problem{Code: protocol.TextOne, Got: strconv.Itoa(n)}
	case n < need:
		return &protocol.Problem{Code: protocol.TextTooShort, Got: strconv.Itoa(n), Want: strconv.Itoa(need)}
	}
	return nil
}

// binary tells rubbish from text: a NUL byte, or more than one byte in ten
// that is a control character.
func binary(b []byte) bool {
	control := 0
	for _, c := range b {
		if c == 0 {
			return true
		}
		if c < ' ' && c != '\n' && c != '\t' && c != '\f' {
			control++
		}
	}
	return control*10 > len(b)
}

// census counts the characters of b: all, different ones, and bytes that are
// no valid UTF-8, which count as characters of their own.
func census(b []byte) (all, distinct, invalid int) {
	var ascii [utf8.RuneSelf]bool
	others := map[rune]bool{}
	for i := 0; i < len(b); all++ {
		if c := b[i]; c < utf8.RuneSelf {
			ascii[c] = true
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			r = -rune(b[i])
			invalid++
		}
		others[r] = true
		i += n
	}
	for _, seen := range ascii {
		if seen {
			distinct++
		}
	}
	return all, distinct + len(others), invalid
}

func describe(c *protocol.SetText, b []byte) protocol.Text {
	t := protocol.Text{Source: c.Source, Name: c.Name, Bytes: len(b), Words: words(b),
		Lines: bytes.Count(b, []byte("\n")) + 1, Preview: preview(b)}
	t.Characters, t.Distinct, t.Invalid = census(b)
	if t.Characters < shortText {
		t.Advice = protocol.TextShort
	}
	return t
}

// words counts what stands between white space.
func words(b []byte) int {
	n := 0
	for range bytes.FieldsSeq(b) {
		n++
	}
	return n
}

func preview(b []byte) string {
	n := 0
	for i := range string(b[:min(len(b), 4*previewSize)]) {
		if n++; n > previewSize {
			return string(bytes.ToValidUTF8(b[:i], []byte("\uFFFD")))
		}
	}
	return string(bytes.ToValidUTF8(b[:min(len(b), 4*previewSize)], []byte("\uFFFD")))
}

// cut chooses the tokenizer and encodes the text by it.
func (t *text) cut(s *Session, kind string, size int) *protocol.Problem {
	if t.tok != nil && t.kind == kind && (kind != "bpe" || t.size == size || t.tok.Size() == size) {
		return nil
	}
	tok, problem := t.build(s, kind, size)
	if problem != nil {
		return problem
	}
	t.tok, t.kind, t.size = tok, kind, size
	t.ids = tok.Encode(t.bytes)
	return nil
}

func (t *text) build(s *Session, kind string, size int) (tokenizer.Tokenizer, *protocol.Problem) {
	switch kind {
	case "chars":
		if t.info.Distinct > manyKinds {
			return nil, &protocol.Problem{Code: protocol.TooManyKinds, Got: strconv.Itoa(t.info.Distinct), Want: strconv.Itoa(manyKinds)}
		}
		tok, err := tokenizer.NewChars(t.bytes)
		if err != nil {
			return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
		}
		return tok, nil
	case "bytes":
		return tokenizer.NewBytes(), nil
	case "bpe":
		if b := recipe.Limits["vocab_size"]; float64(size) < b.Min || float64(size) > b.Max {
			return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "vocab_size", Got: strconv.Itoa(size),
				Want: fmt.Sprintf("from %v to %v", b.Min, b.Max)}
		}
		return trainBPE(s, t.bytes, size)
	}
	return nil, &protocol.Problem{Code: protocol.RecipeWrong, Key: "tokenizer", Got: kind, Want: "one of chars, bytes, bpe"}
}

const (
	tellEvery     = 16      // merges between two Working events
	bytesPerMerge = 64      // a shorter text has too few examples of so many pieces
	mergeText     = 8 << 20 // bytes of a longer text that the pieces are learned from
)

func trainBPE(s *Session, b []byte, size int) (tokenizer.Tokenizer, *protocol.Problem) {
	size = min(size, 256+len(b)/bytesPerMerge)
	b = b[:min(len(b), mergeText)]
	tok, err := tokenizer.TrainBPE(b, size, tokenizer.WithProgress(func(done, total int) error {
		if done%tellEvery == 0 || done == total {
			s.host.Emit(&protocol.Working{Task: "tokenizer", Done: done, Total: total})
		}
		return nil
	}))
	if err != nil {
		return nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
	}
	return tok, nil
}

func (s *Session) setTokenizer(c *protocol.SetTokenizer) {
	if s.text.bytes == nil {
		s.fail(&protocol.Problem{Code: protocol.TextMissing})
		return
	}
	if problem := s.text.cut(s, c.Kind, c.Size); problem != nil {
		s.fail(problem)
		return
	}
	s.tellTokenizer()
}

func (s *Session) tellTokenizer() {
	t := s.text
	s.host.Emit(&protocol.Tokenizer{Kind: t.kind, Size: t.tok.Size(), Tokens: len(t.ids),
		BytesPerToken: float64(len(t.bytes)) / float64(len(t.ids))})
}

func (s *Session) answerTokenize(c *protocol.Tokenize) {
	if s.text.tok == nil {
		s.fail(&protocol.Problem{Code: protocol.TextMissing, ID: c.ID})
		return
	}
	answer := &protocol.Tokens{ID: c.ID, Pieces: []protocol.Piece{}, Unknown: unknown(s.text.tok, c.Text)}
	for _, id := range s.text.tok.Encode([]byte(c.Text)) {
		answer.Pieces = append(answer.Pieces, protocol.Piece{Token: id, Text: show(s.text.tok, id)})
	}
	s.host.Emit(answer)
}

// show is a token's text; bytes that are a part of a character stand as <E2>.
func show(tok tokenizer.Tokenizer, id int32) string {
	var out []byte
	for rest := tok.Piece(id); len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			out = fmt.Appendf(out, "<%02X>", rest[0])
		} else {
			out = append(out, rest[:n]...)
		}
		rest = rest[n:]
	}
	return string(out)
}

// unknown lists the characters of a prompt that the tokenizer lacks.
func unknown(tok tokenizer.Tokenizer, prompt string) []string {
	list := []string{}
	if chars, ok := tok.(*tokenizer.Chars); ok {
		missing, _ := chars.Unknown([]byte(prompt))
		list = append(list, missing...)
	}
	return list
}
