package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Hugging Face's tokenizer.json. All three kinds are a "BPE" model and differ in
// what stands around it; ours are written so:
//
//	kind   pre_tokenizer                 merges  decoder
//	chars  none                          none    ByteFallback, Fuse
//	bytes  ByteLevel, use_regex false    none    ByteLevel
//	bpe    ByteLevel                     some    ByteLevel
//
// and a BPE that was read from a file as that file had it.

// format is the whole file.
type format struct {
	Version       string          `json:"version"`
	Truncation    json.RawMessage `json:"truncation"`
	Padding       json.RawMessage `json:"padding"`
	AddedTokens   addedTokens     `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Decoder       json.RawMessage `json:"decoder"`
	Model         model           `json:"model"`
}

// model is the part named model.
type model struct {
	Type         string    `json:"type"`
	Dropout      *float64  `json:"dropout"`
	UnkToken     *string   `json:"unk_token"`
	Prefix       *string   `json:"continuing_subword_prefix"`
	Suffix       *string   `json:"end_of_word_suffix"`
	FuseUnk      bool      `json:"fuse_unk"`
	ByteFallback bool      `json:"byte_fallback"`
	IgnoreMerges bool      `json:"ignore_merges"`
	Vocab        table     `json:"vocab"`
	Merges       mergeList `json:"merges"`
}

// byteLevelPart is a pre_tokenizer, post_processor or decoder of this type.
type byteLevelPart struct {
	Type           string `json:"type"`
	AddPrefixSpace bool   `json:"add_prefix_space"`
	TrimOffsets    bool   `json:"trim_offsets"`
	UseRegex       bool   `json:"use_regex"`
}

// byteLevelJSON says that pieces are bytes written as characters, and whether
// text is cut by GPT-2's rule before.
func byteLevelJSON(cut bool) json.RawMessage {
	text, _ := json.Marshal(byteLevelPart{Type: "ByteLevel", TrimOffsets: true, UseRegex: cut}) // strings and booleans: no error
	return text
}

// The lists below are read item by item, so that a count over the limit is found
// before its memory is taken.
type (
	addedTokens []addedToken
	mergeList   [][2]string
	table       map[string]int32
)

func (list *addedTokens) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if token, err := dec.Token(); err != nil || token != json.Delim('[') {
		return errors.Join(err, errors.New("added_tokens: it must be a list"))
	}
	for dec.More() {
		if len(*list) == MaxSize {
			return tooMany("added_tokens", MaxSize)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		token, err := readAddedToken(raw, fmt.Sprintf("added_tokens[%d]", len(*list)))
		if err != nil {
			return err
		}
		*list = append(*list, token)
	}
	return nil
}

func tooMany(where string, most int) error { return fmt.Errorf("%s: more than %d items", where, most) }

func readAddedToken(raw json.RawMessage, where string) (t addedToken, err error) {
	s, err := readSection(raw, where)
	if err != nil {
		return t, err
	}
	if t.Content = s.text("content", ""); t.Content != "" {
		s.where = "added_tokens: " + quote(t.Content)
	}
	if !s.get("id", &t.ID) || t.Content == "" {
		s.fail("it must have a content and an id")
	}
	t.Special = s.flag("special", false)
	t.Normalized = s.flag("normalized", !t.Special)
	t.SingleWord, t.LStrip, t.RStrip = s.flag("single_word", false), s.flag("lstrip", false), s.flag("rstrip", false)
	s.ignores("type", "__type")
	return t, s.end()
}

func (t *table) UnmarshalJSON(data []byte) error {
	*t = table{}
	s := scan{text: string(data)}
	if !s.pass('{') {
		return errors.New("model.vocab: it must be an object")
	}
	for !s.pass('}') {
		name, _ := s.string()
		id, err := s.id()
		_, twice := (*t)[name]
		switch {
		case err != nil:
			return fmt.Errorf("model.vocab: the id of %s: %w", quote(name), err)
		case twice:
			return fmt.Errorf("model.vocab: %s stands there twice", quote(name))
		case len(*t) == MaxSize:
			return tooMany("model.vocab", MaxSize)
		}
		(*t)[strings.Clone(name)] = id // else the whole text would be kept with it
	}
	return nil
}

// MarshalJSON writes the tokens in the order of their ids.
func (t table) MarshalJSON() ([]byte, error) {
	size := int32(0)
	for _, id := range t {
		size = max(size, id+1)
	}
	names, used := make([]string, size), make([]bool, size)
	for name, id := range t {
		names[id], used[id] = name, true
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	sep := byte('{')
	for id, name := range names {
		if !used[id] {
			continue
		}
		out.WriteByte(sep)
		sep = ','
		if err := enc.Encode(name); err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, ":%d", id)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// UnmarshalJSON takes both forms in use: "a b" and ["a", "b"].
func (list *mergeList) UnmarshalJSON(data []byte) error {
	s := scan{text: string(data)}
	if !s.pass('[') {
		return errors.New("model.merges: it must be a list")
	}
	for !s.pass(']') {
		if len(*list) == maxMerges {
			return tooMany("model.merges", maxMerges)
		}
		merge, err := s.merge()
		if err != nil {
			return fmt.Errorf("model.merges: number %d: %w", len(*list), err)
		}
		*list = append(*list, merge)
	}
	return nil
}

// MarshalJSON writes the form "a b", which every version reads, where no piece
// holds a space.
func (list mergeList) MarshalJSON() ([]byte, error) {
	lines := make([]string, len(list))
	for i, merge := range list {
		if strings.Contains(merge[0]+merge[1], " ") {
			return json.Marshal([][2]string(list))
		}
		lines[i] = merge[0] + " " + merge[1]
	}
	return json.Marshal(lines)
}

var errMerge = fmt.Errorf("it must join two tokens, as in “t h”")

func (s *scan) merge() (merge [2]string, err error) {
	if line, is := s.string(); is {
		return cutMerge(line)
	}
	is := s.pass('[')
	for i := range merge {
		if is {
			merge[i], is = s.string()
		}
	}
	if !is || !s.pass(']') || merge[0] == "" || merge[1] == "" {
		return merge, errMerge
	}
	return merge, nil
}

// cutMerge reads the form "a b".
func cutMerge(line string) (merge [2]string, err error) {
	a, b, ok := strings.Cut(line, " ")
	if !ok || a == "" || b == "" || strings.Contains(b, " ") {
		return merge, errMerge
	}
	return [2]string{a, b}, nil
}
