package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"unicode/utf8"
)

// Limits of a tokenizer.json.
const (
	MaxFile   = 64 << 20 // bytes
	maxMerges = 1 << 20
)

// ReadJSON reads a tokenizer.json: one that WriteJSON wrote, or Hugging Face's of
// a BPE, over bytes or characters, whatever stands around it. A key that changes
// no ids is passed over; what could not be followed to the same ids is refused by
// its name.
func ReadJSON(r io.Reader) (Tokenizer, error) {
	t, _, err := ReadJSONNotes(r)
	return t, err
}

// ReadJSONNotes is ReadJSON that also says, in whole sentences, what a person
// should know: what is dropped, added or done otherwise.
func ReadJSONNotes(r io.Reader) (t Tokenizer, notes []string, err error) {
	if t, err = ReadJSONWith(r, Beside{}); err != nil {
		return nil, nil, err
	}
	return t, Notes(t), nil
}

// ReadJSONWith is ReadJSON of a tokenizer to which more is said. Tokens are added as
// Hugging Face's add_tokens does: one that is an added token already stays as it is, one of
// the vocabulary keeps its id, others get the next.
func ReadJSONWith(r io.Reader, b Beside) (t Tokenizer, err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("tokenizer.json: it has more than %d bytes; a tokenizer has a few million: is it another file?", MaxFile)
	}
	if t, err = parse(data, b); err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	return t, nil
}

func parse(data []byte, b Beside) (Tokenizer, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("it is not valid UTF-8; export it again")
	}
	var f format
	if err := f.read(data); err != nil {
		return nil, err
	}
	f.add(b.Added)
	f.space(b.PrefixSpace)
	f.frame(b)
	t, err := f.tokenizer()
	if err != nil {
		return nil, err
	}
	return t.simplest(), nil
}

// read reads the file; what is in it besides changes nothing.
func (f *format) read(data []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	raw, has := keys["model"]
	if !has || !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return errors.New("this is no tokenizer.json of Hugging Face, but a form of its own that merely has the name: it has no “model”; save the tokenizer by Hugging Face's library")
	}
	if v := keys["version"]; !isNull(v) && string(v) != `"1.0"` {
		return fmt.Errorf("version: %s, but only “1.0” is known", quote(string(v)))
	}
	f.Version, f.Truncation, f.Padding = "1.0", keys["truncation"], keys["padding"]
	f.Normalizer, f.PreTokenizer = keys["normalizer"], keys["pre_tokenizer"]
	f.PostProcessor, f.Decoder = keys["post_processor"], keys["decoder"]
	if err := f.Model.read(raw); err != nil {
		return err
	}
	if added := keys["added_tokens"]; !isNull(added) {
		return json.Unmarshal(added, &f.AddedTokens)
	}
	return nil
}

// otherModels are what else a tokenizer can be, in words.
var otherModels = map[string]string{
	"WordPiece": "WordPiece, as BERT has it", "Unigram": "Unigram, as T5 has it", "WordLevel": "WordLevel, a list of whole words",
}

func (m *model) read(raw json.RawMessage) error {
	s, err := readSection(raw, "model")
	if err != nil {
		return err
	}
	if _, has := s.keys["merges"]; !has && s.kind == "" {
		return errors.New("model: it has no merges, so it is not BPE, the only kind that Hornbook can use")
	}
	if what := otherModels[s.kind]; what != "" {
		return fmt.Errorf("model.type: the tokenizer is %s, and Hornbook can only use BPE; take a model whose tokenizer is BPE", what)
	} else if s.kind != "BPE" && s.kind != "" {
		return fmt.Errorf("model.type: %s is not supported, only “BPE”", quote(s.kind))
	}
	m.Type = "BPE"
	for key, v := range map[string]any{"dropout": &m.Dropout, "unk_token": &m.UnkToken, "continuing_subword_prefix": &m.Prefix, "end_of_word_suffix": &m.Suffix} {
		s.get(key, v)
	}
	m.FuseUnk, m.ByteFallback, m.IgnoreMerges = s.flag("fuse_unk", false), s.flag("byte_fallback", false), s.flag("ignore_merges", false)
	switch {
	case m.Dropout != nil && *m.Dropout != 0:
		s.fail("dropout is %v: text would be cut by chance; it must be null or 0", *m.Dropout)
	case filled(m.Prefix):
		s.fail("continuing_subword_prefix is %s, which is not supported; it must be null or empty", quote(*m.Prefix))
	case filled(m.Suffix):
		s.fail("end_of_word_suffix is %s, which is not supported; it must be null or empty", quote(*m.Suffix))
	}
	s.ignores("vocab", "merges")
	if err := s.end(); err != nil {
		return err
	}
	if raw := s.keys["vocab"]; !isNull(raw) {
		if err := m.Vocab.UnmarshalJSON(raw); err != nil { // what is in keys is valid already
			return err
		}
	}
	if raw := s.keys["merges"]; !isNull(raw) {
		return m.Merges.UnmarshalJSON(raw)
	}
	return nil
}

// decode decodes raw, if it is there.
func decode(raw json.RawMessage, v any) error {
	if isNull(raw) {
		return nil
	}
	return json.Unmarshal(raw, v)
}

func filled(s *string) bool { return s != nil && *s != "" }

// tokenizer makes the BPE that f describes.
func (f *format) tokenizer() (*BPE, error) {
	r := &aroundReader{}
	if err := r.normalizer(f.Normalizer, "normalizer"); err != nil {
		return nil, err
	}
	if err := r.preTokenizer(f.PreTokenizer, "pre_tokenizer"); err != nil {
		return nil, err
	}
	if err := r.postProcessor(f.PostProcessor, "post_processor"); err != nil {
		return nil, err
	}
	if err := r.decoder(f.Decoder, "decoder"); err != nil {
		return nil, err
	}
	if r.byteLevel && isNull(f.Decoder) {
		r.decoders = append(r.decoders, bytesOf)
	}
	r.written = f.parts()
	t := &BPE{around: r.around, alphabet: newAlphabet(r.byteLevel)}
	if err := t.addTokens(f); err != nil {
		return nil, err
	}
	if err := t.addSymbols(f); err != nil {
		return nil, err
	}
	if err := t.addMerges(f); err != nil {
		return nil, err
	}
	for _, id := range slices.Concat(t.before, t.behind) {
		if id < 0 || int(id) >= len(t.names) || t.names[id] == "" {
			return nil, fmt.Errorf("post_processor: it adds the id %d, which no token has", id)
		}
	}
	t.find()
	t.findSeams()
	t.trim()
	return t, nil
}

// parts are those of f that stay as they are, without white space.
func (f *format) parts() parts {
	p := parts{f.Truncation, f.Padding, f.Normalizer, f.PreTokenizer, f.PostProcessor, f.Decoder, f.Model}
	p.model.Vocab, p.model.Merges = nil, nil
	for _, raw := range []*json.RawMessage{&p.truncation, &p.padding, &p.normalizer, &p.preTokenizer, &p.postProcessor, &p.decoder} {
		if isNull(*raw) {
			*raw = nil
			continue
		}
		var b bytes.Buffer
		if json.Compact(&b, *raw) == nil {
			*raw = b.Bytes()
		}
		if usual := byteLevelJSON(true); sameJSON(*raw, usual) {
			*raw = usual
		}
	}
	return p
}

// sameJSON compares but for the order of keys.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// trim lets go what is not needed any more: names that follow from the pieces, and
// decoders, whose work is done unless a first token is decoded otherwise.
func (t *BPE) trim() {
	if t.drops == "" {
		t.decoders = nil
	}
	names := t.names
	t.names = nil
	for id, name := range names {
		if t.Name(int32(id)) != name {
			t.names = names
			return
		}
	}
}

// addTokens puts the tokens in the order of their ids. An id that no token has
// stands for nothing.
func (t *BPE) addTokens(f *format) error {
	vocab, apart := f.Model.Vocab, table{}
	size := int32(0)
	take := func(name string, id int32) error {
		if id < 0 || id >= MaxSize {
			return fmt.Errorf("the id of %s is %d; ids must be from 0 to %d", quote(name), id, MaxSize-1)
		}
		size = max(size, id+1)
		return nil
	}
	for name, id := range vocab {
		if err := take(name, id); err != nil {
			return fmt.Errorf("model.vocab: %w", err)
		}
	}
	t.specials = map[string]int32{}
	for _, a := range f.AddedTokens {
		id, inVocab := vocab[a.Content]
		has := inVocab
		if !inVocab {
			id, has = apart[a.Content]
		}
		if has && id != a.ID {
			return fmt.Errorf("added_tokens: %s has the id %d, but %d before", quote(a.Content), a.ID, id)
		}
		if err := take(a.Content, a.ID); err != nil {
			return fmt.Errorf("added_tokens: %w", err)
		}
		if a.apart = !inVocab; a.apart {
			apart[a.Content] = a.ID
		}
		if !has || inVocab {
			t.added = append(t.added, a)
		}
		if a.Special {
			t.specials[a.Content] = a.ID
		}
	}
	if size == 0 {
		return errors.New("model.vocab: it is empty")
	}
	if all := len(vocab) + len(apart); int(size)-all > all {
		return fmt.Errorf("the ids go up to %d, but there are only %d tokens", size-1, all)
	}
	t.names, t.pieces = make([]string, size), make([]string, size)
	for _, names := range []table{vocab, apart} {
		for name, id := range names {
			if name == "" || t.names[id] != "" {
				return fmt.Errorf("the id %d of %s is that of %s too", id, quote(name), quote(t.names[id]))
			}
			t.names[id], t.pieces[id] = name, name
		}
	}
	special := t.areSpecial()
	for id, name := range t.names {
		if name != "" && !special[id] {
			t.pieces[id] = t.decoded(name)
		}
	}
	return nil
}

// areSpecial tells of each id whether it is a special token's.
func (t *BPE) areSpecial() []bool {
	special := make([]bool, len(t.pieces))
	for _, id := range t.specials {
		special[id] = true
	}
	return special
}

// addSymbols finds the tokens that are bytes or characters.
func (t *BPE) addSymbols(f *format) error {
	m := &f.Model
	if m.IgnoreMerges {
		t.whole = map[string]int32{}
	}
	special := t.areSpecial()
	for name, id := range m.Vocab {
		if special[id] || len(name) > utf8.UTFMax && t.whole == nil {
			continue
		}
		piece, ok := name, true
		if t.bytes {
			piece, ok = fromByteLevel(name)
		}
		if !ok {
			continue
		}
		t.learn(piece, id)
		if t.whole != nil {
			t.whole[piece] = id
		}
	}
	if m.ByteFallback {
		for b := range t.fallback {
			if id, has := m.Vocab[byteName(byte(b))]; has {
				t.fallback[b] = id
			}
		}
	}
	if t.bytes && m.ByteFallback && !t.complete() {
		return errors.New("model: byte_fallback is on where pieces are bytes already, and some bytes have no token; that is not supported")
	}
	if m.UnkToken == nil || t.complete() {
		return nil
	}
	id, has := m.Vocab[*m.UnkToken]
	if !has {
		return fmt.Errorf("model.unk_token: %s is not in model.vocab", quote(*m.UnkToken))
	}
	t.unknown, t.fuses = id, m.FuseUnk
	return nil
}

// addMerges reads the merges. Of a pair that stands there twice the last counts.
func (t *BPE) addMerges(f *format) error {
	vocab, special := f.Model.Vocab, t.areSpecial()
	var joined []byte
	t.rules = make(map[pair]rule, len(f.Model.Merges))
	t.merges = make([]pair, len(f.Model.Merges))
	for rank, m := range f.Model.Merges {
		joined = append(append(joined[:0], m[0]...), m[1]...)
		var ids [3]int32
		for i, name := range [3][]byte{joined[:len(m[0])], joined[len(m[0]):], joined} {
			id, ok := vocab[string(name)]
			if !ok || special[id] {
				return fmt.Errorf("model.merges: number %d, %s and %s: %s is not a piece of model.vocab", rank, quote(m[0]), quote(m[1]), quote(string(name)))
			}
			ids[i] = id
		}
		p := pair{ids[0], ids[1]}
		t.merges[rank], t.rules[p] = p, rule{int32(rank), ids[2]}
	}
	return nil
}

// findSeams finds where a piece of characters can be cut further: before ▁, as a
// text without spaces is one piece otherwise.
func (t *BPE) findSeams() {
	const mark = "▁"
	if _, known := t.long['▁']; t.bytes || !known || t.whole != nil || !t.complete() {
		return
	}
	t.seam, t.joins = mark, map[rune]bool{}
	for _, name := range t.names {
		for at, char := range name {
			if at > 0 && char == '▁' {
				t.joins[symbolBefore([]byte(name), at)] = true
			}
		}
	}
}

// symbolBefore is the symbol that ends at at.
func symbolBefore(text []byte, at int) rune {
	s, n := utf8.DecodeLastRune(text[:at])
	if s == utf8.RuneError && n == 1 {
		s = rawByte + rune(text[at-1])
	}
	return s
}
