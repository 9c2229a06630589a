package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Hugging Face's tokenizer.json, as far as the three kinds need it. All three
// are a "BPE" model and differ in what stands around it:
//
//	kind   pre_tokenizer                 merges  decoder
//	chars  none                          none    ByteFallback, Fuse
//	bytes  ByteLevel, use_regex false    none    ByteLevel
//	bpe    ByteLevel                     some    ByteLevel

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

// model is the part named model. The null fields are switches that change ids
// in ways that are not supported here.
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

// addedToken is a token that is found in the text before anything is cut.
type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// byteLevelPart is a pre_tokenizer, post_processor or decoder of this type.
type byteLevelPart struct {
	Type           string `json:"type"`
	AddPrefixSpace bool   `json:"add_prefix_space"`
	TrimOffsets    bool   `json:"trim_offsets"`
	UseRegex       *bool  `json:"use_regex,omitempty"`
}

// The lists below are read item by item, so that a count over the limit is found
// before its memory is taken.
type (
	addedTokens []addedToken
	mergeList   [][2]string
	table       map[string]int32
)

func (list *addedTokens) UnmarshalJSON(data []byte) error {
	dec := strictDecoder(data)
	return eachItem(dec, '[', "added_tokens", func() error {
		var token addedToken
		err := dec.Decode(&token)
		*list = append(*list, token)
		return err
	})
}

func (t *table) UnmarshalJSON(data []byte) error {
	dec := strictDecoder(data)
	*t = table{}
	return eachItem(dec, '{', "model.vocab", func() error {
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
	names := make([]string, len(t))
	for name, id := range t {
		names[id] = name
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for id, name := range names {
		out.WriteByte("{,"[min(id, 1)])
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
	dec := strictDecoder(data)
	return eachItem(dec, '[', "model.merges", func() error {
		merge, err := nextMerge(dec)
		if err != nil {
			return fmt.Errorf("model.merges: number %d: %w", len(*list), err)
		}
		*list = append(*list, merge)
		return nil
	})
}

// MarshalJSON writes the form "a b", which every version reads; a piece holds
// no space, as its bytes are written as characters that can be seen.
func (list mergeList) MarshalJSON() ([]byte, error) {
	lines := make([]string, len(list))
	for i, merge := range list {
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
		a, b, ok := strings.Cut(s, " ")
		if !ok || a == "" || b == "" || strings.Contains(b, " ") {
			return merge, errMerge
		}
		return [2]string{a, b}, nil
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

// eachItem calls item for each item of the list or object that dec stands at.
func eachItem(dec *json.Decoder, open json.Delim, where string, item func() error) error {
	if token, err := dec.Token(); err != nil {
		return err
	} else if token != open {
		return fmt.Errorf("%s: it must begin with %v", where, open)
	}
	for n := 0; dec.More(); n++ {
		if n == MaxSize {
			return fmt.Errorf("%s: more than %d items", where, MaxSize)
		}
		if err := item(); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func strictDecoder(data []byte) *json.Decoder {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec
}

// decodeAll decodes data into v and allows nothing after it.
func decodeAll(data []byte, v any) error {
	dec := strictDecoder(data)
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("there is more after its end")
	}
	return nil
}
