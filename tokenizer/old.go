package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Old are the files that byte-level BPE lay in before there was tokenizer.json,
// and that are still beside it.
type Old struct {
	Vocab  []byte // vocab.json
	Merges []byte // merges.txt
	Config []byte // tokenizer_config.json; nil: GPT-2's
	Added  []byte // added_tokens.json; nil: none
}

// oldConfig is what tokenizer_config.json says of how text is cut.
type oldConfig struct {
	Class       string `json:"tokenizer_class"`
	PrefixSpace bool   `json:"add_prefix_space"`
	AddBOS      bool   `json:"add_bos_token"`
	Decoder     map[string]struct {
		Content, Type                               string
		SingleWord                                  bool `json:"single_word"`
		LStrip, RStrip, Normalized, Special, Ignore bool
	} `json:"added_tokens_decoder"`
}

// qwen2Split is the split rule of Qwen 2 and 3.
const qwen2Split = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`

// ReadOld puts the files together as Hugging Face's conversion does.
func ReadOld(o Old) (Tokenizer, error) {
	var c oldConfig
	if err := decode(o.Config, &c); err != nil {
		return nil, fmt.Errorf("tokenizer_config.json: %w", err)
	}
	f := format{Version: "1.0", Model: model{Type: "BPE"}}
	switch strings.TrimSuffix(c.Class, "Fast") {
	case "", "GPT2Tokenizer", "PreTrainedTokenizer":
		f.PreTokenizer = written(object{"type": "ByteLevel", "add_prefix_space": c.PrefixSpace, "trim_offsets": true, "use_regex": true})
	case "Qwen2Tokenizer":
		f.Normalizer = written(object{"type": "NFC"})
		f.PreTokenizer = written(object{"type": "Sequence", "pretokenizers": []any{
			object{"type": "Split", "pattern": object{"Regex": qwen2Split}, "behavior": "Isolated", "invert": false},
			object{"type": "ByteLevel", "add_prefix_space": c.PrefixSpace, "trim_offsets": true, "use_regex": false},
		}})
	default:
		return nil, fmt.Errorf("tokenizer_config.json: how a %s cuts text does not stand in vocab.json and merges.txt; save the tokenizer by Hugging Face's library, so that there is a tokenizer.json", quote(c.Class))
	}
	f.Decoder = byteLevelJSON(true)
	if c.AddBOS {
		return nil, errors.New("tokenizer_config.json: add_bos_token is not supported with vocab.json and merges.txt; save the tokenizer by Hugging Face's library, so that there is a tokenizer.json")
	}
	if !utf8.Valid(o.Vocab) || !utf8.Valid(o.Merges) {
		return nil, errors.New("vocab.json, merges.txt: they are not valid UTF-8")
	}
	if err := json.Unmarshal(o.Vocab, &f.Model.Vocab); err != nil {
		return nil, fmt.Errorf("vocab.json: %w", err)
	}
	if err := f.mergeLines(string(o.Merges)); err != nil {
		return nil, fmt.Errorf("merges.txt: %w", err)
	}
	if err := f.oldAdded(c, o.Added); err != nil {
		return nil, err
	}
	t, err := f.tokenizer()
	if err != nil {
		return nil, fmt.Errorf("vocab.json, merges.txt: %w", err)
	}
	return t.simplest(), nil
}

// mergeLines reads merges.txt: a line with the version, and a merge a line.
func (f *format) mergeLines(text string) error {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#version") {
			continue
		}
		if len(f.Model.Merges) == maxMerges {
			return fmt.Errorf("more than %d merges", maxMerges)
		}
		m, err := cutMerge(line)
		if err != nil {
			return fmt.Errorf("%s: %w", quote(line), err)
		}
		f.Model.Merges = append(f.Model.Merges, m)
	}
	return nil
}

// oldAdded are the added tokens that tokenizer_config.json lists, else those of
// added_tokens.json, else GPT-2's.
func (f *format) oldAdded(c oldConfig, added []byte) error {
	ids := map[string]int32{}
	if err := decode(added, &ids); err != nil {
		return fmt.Errorf("added_tokens.json: %w", err)
	}
	for key, t := range c.Decoder {
		id, err := strconv.ParseInt(key, 10, 32)
		if err != nil || t.Content == "" {
			return fmt.Errorf("tokenizer_config.json: added_tokens_decoder: %s is no id of a token", quote(key))
		}
		f.AddedTokens = append(f.AddedTokens, addedToken{ID: int32(id), Content: t.Content,
			SingleWord: t.SingleWord, LStrip: t.LStrip, RStrip: t.RStrip, Normalized: t.Normalized, Special: t.Special})
		delete(ids, t.Content)
	}
	if id, has := f.Model.Vocab[gpt2End]; has && len(c.Decoder) == 0 {
		ids[gpt2End] = id
	}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		f.AddedTokens = append(f.AddedTokens, addedToken{ID: ids[name], Content: name, Special: true})
	}
	slices.SortStableFunc(f.AddedTokens, func(a, b addedToken) int { return int(a.ID) - int(b.ID) })
	return nil
}

const gpt2End = "<|endoftext|>"
