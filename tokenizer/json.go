package tokenizer

import (
	"bytes"
	"encoding/json"
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
	return eachItem(dec, '[', "added_tokens", MaxSize, func() error {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		token, err := readAddedToken(raw, fmt.Sprintf("added_tokens[%d]", len(*list)))
		*list = append(*list, token)
		return err
	})
}

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
	dec := json.NewDecoder(bytes.NewReader(data))
	*t = table{}
	return eachItem(dec, '{', "model.vocab", MaxSize, func() error {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var id int32
		if err := dec.Decode(&id); err != nil {
			return fmt.Errorf("model.vocab: the id of %s: %w", quote(key.(string)), err)
		}
		if _, ok := (*t)[key.(string)]; ok {
			return fmt.Errorf("model.vocab: %s stands there twice", quote(key.(string)))
		}
		(*t)[key.(string)] = id
		return nil
	})
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
	dec := json.NewDecoder(bytes.NewReader(data))
	return eachItem(dec, '[', "model.merges", maxMerges, func() error {
		merge, err := nextMerge(dec)
		if err != nil {
			return fmt.Errorf("model.merges: number %d: %w", len(*list), err)
		}
		*list = append(*list, merge)
		return nil
	})
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

func nextMerge(dec *json.Decoder) (merge [2]string, err error) {
	token, err := dec.Token()
	if err != nil {
		return merge, err
	}
	if s, ok := token.(string); ok {
		return cutMerge(s)
	}
	if token != json.Delim('[') {
		return merge, errMerge
	}
	for i := range merge {
		if token, err = dec.Token(); err != nil {
			return merge, err
		}
		s, ok := token.(string)
		if !ok || s == "" {
			return merge, errMerge
		}
		merge[i] = s
	}
	if token, err = dec.Token(); err == nil && token != json.Delim(']') {
		err = errMerge
	}
	return merge, err
}

// cutMerge reads the form "a b".
func cutMerge(line string) (merge [2]string, err error) {
	a, b, ok := strings.Cut(line, " ")
	if !ok || a == "" || b == "" || strings.Contains(b, " ") {
		return merge, errMerge
	}
	return [2]string{a, b}, nil
}

// eachItem calls item for each item of the list or object that dec stands at.
func eachItem(dec *json.Decoder, open json.Delim, where string, most int, item func() error) error {
	if token, err := dec.Token(); err != nil {
		return err
	} else if token != open {
		return fmt.Errorf("%s: it must begin with %v", where, open)
	}
	for n := 0; dec.More(); n++ {
		if n == most {
			return fmt.Errorf("%s: more than %d items", where, most)
		}
		if err := item(); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}
