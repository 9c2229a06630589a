package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// MaxFile is the longest tokenizer.json that ReadJSON takes, in bytes.
const MaxFile = 32 << 20

// ReadJSON reads a tokenizer.json of one of the three kinds: one that WriteJSON
// wrote, or Hugging Face's own of a byte-level BPE with GPT-2's split rule. It
// refuses whatever it could not follow to the same ids.
func ReadJSON(r io.Reader) (Tokenizer, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("tokenizer.json: it has more than %d bytes; a tokenizer has a few million: is it another file?", MaxFile)
	}
	t, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	return t, nil
}

func parse(data []byte) (Tokenizer, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("it is not valid UTF-8; export it again")
	}
	var f format
	if err := decodeAll(data, &f); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	if isNull(f.PreTokenizer) {
		return f.chars()
	}
	cut, err := f.checkByteLevel()
	if err != nil {
		return nil, err
	}
	if cut {
		return f.bpe()
	}
	return f.bytes()
}

// check refuses what none of the three kinds has.
func (f *format) check() error {
	m := &f.Model
	switch {
	case f.Version != "1.0":
		return fmt.Errorf("version: %s, but only “1.0” is known", quote(f.Version))
	case !isNull(f.Truncation), !isNull(f.Padding), !isNull(f.Normalizer):
		return errors.New("truncation, padding and normalizer must be null: they change the text before it is cut, which is not supported")
	case m.Type != "BPE" && m.Type != "":
		return fmt.Errorf("model.type: %s is not supported, only “BPE”", quote(m.Type))
	case m.Dropout != nil && *m.Dropout != 0, m.UnkToken != nil, filled(m.Prefix), filled(m.Suffix), m.ByteFallback, m.IgnoreMerges:
		return errors.New("model: dropout, unk_token, continuing_subword_prefix, end_of_word_suffix, byte_fallback and ignore_merges are not supported; they must be null, empty or false")
	case len(m.Vocab) == 0:
		return errors.New("model.vocab: it is empty")
	}
	for _, token := range f.AddedTokens {
		if !token.Special || token.SingleWord || token.LStrip || token.RStrip || token.Content == "" {
			return fmt.Errorf("added_tokens: %s must be special and without single_word, lstrip and rstrip; nothing else is supported", quote(token.Content))
		}
	}
	return nil
}

// checkByteLevel looks at the parts around a byte-level model; cut says whether
// GPT-2's split rule goes before it.
func (f *format) checkByteLevel() (cut bool, err error) {
	pre, err := readByteLevel(f.PreTokenizer, "pre_tokenizer")
	if err != nil {
		return false, err
	}
	if pre.AddPrefixSpace {
		return false, errors.New("pre_tokenizer: add_prefix_space is not supported; it must be false")
	}
	if !isNull(f.PostProcessor) { // it only trims offsets
		if _, err := readByteLevel(f.PostProcessor, "post_processor"); err != nil {
			return false, err
		}
	}
	if _, err := readByteLevel(f.Decoder, "decoder"); err != nil {
		return false, err
	}
	return pre.UseRegex == nil || *pre.UseRegex, nil
}

// readByteLevel reads a part that must have the type ByteLevel.
func readByteLevel(raw json.RawMessage, name string) (part byteLevelPart, err error) {
	var kind struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &kind); err != nil || kind.Type != "ByteLevel" {
		return part, fmt.Errorf("%s: type %s is not supported, only “ByteLevel”", name, quote(kind.Type))
	}
	part.AddPrefixSpace = name == "pre_tokenizer" // Hugging Face's default
	if err := decodeAll(raw, &part); err != nil {
		return part, fmt.Errorf("%s: %w", name, err)
	}
	return part, nil
}

func (f *format) chars() (Tokenizer, error) {
	if len(f.Model.Merges) > 0 {
		return nil, errors.New("pre_tokenizer: null, but there are merges; it must be ByteLevel")
	}
	if !isNull(f.PostProcessor) {
		return nil, errors.New("post_processor: it must be null for a tokenizer of characters")
	}
	v, err := f.vocabulary(fromCharName)
	if err != nil {
		return nil, err
	}
	return newChars(v), nil
}

// fromCharName is the inverse of charName.
func fromCharName(name string) (piece string, ok bool) {
	if utf8.RuneCountInString(name) == 1 {
		return name, true
	}
	if len(name) != len("<0xFF>") || name[:3] != "<0x" || name[5] != '>' {
		return "", false
	}
	b, err := strconv.ParseUint(name[3:5], 16, 8)
	return string([]byte{byte(b)}), err == nil && b >= utf8.RuneSelf
}

func (f *format) bytes() (Tokenizer, error) {
	v, err := f.vocabulary(fromByteLevel)
	if err != nil {
		return nil, err
	}
	t := NewBytes()
	if len(f.Model.Merges) > 0 || len(v.pieces) < 256 || !slices.Equal(v.pieces[:256], t.pieces) || len(v.specials) != len(v.pieces)-256 {
		return nil, errors.New("model: with use_regex false it must hold the 256 bytes with their values as ids, special tokens and no merges")
	}
	t.vocabulary = v
	return t, nil
}

func (f *format) bpe() (Tokenizer, error) {
	v, err := f.vocabulary(fromByteLevel)
	if err != nil {
		return nil, err
	}
	for b, char := range byteChar {
		if id, ok := f.Model.Vocab[string(char)]; !ok || v.isSpecial(id) {
			return nil, fmt.Errorf("model.vocab: no token for the byte %#02x (%s), so not every text could be kept; train with all 256 bytes as the initial alphabet", b, quote(string(char)))
		}
	}
	merges := make([]pair, len(f.Model.Merges))
	joined := make([]int32, len(merges))
	seen := make(map[pair]bool, len(merges))
	for rank, m := range f.Model.Merges {
		if merges[rank], joined[rank], err = f.merge(m, v); err == nil && seen[merges[rank]] {
			err = errors.New("it stands there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("model.merges: number %d, %s and %s: %w", rank, quote(m[0]), quote(m[1]), err)
		}
		seen[merges[rank]] = true
	}
	return newBPE(v, merges, joined), nil
}

// merge finds the ids of a merge's two parts and of what it makes.
func (f *format) merge(m [2]string, v vocabulary) (p pair, id int32, err error) {
	var ids [3]int32
	for i, name := range []string{m[0], m[1], m[0] + m[1]} {
		id, ok := f.Model.Vocab[name]
		if !ok || v.isSpecial(id) {
			return p, 0, fmt.Errorf("%s is not a piece of model.vocab", quote(name))
		}
		ids[i] = id
	}
	return pair{ids[0], ids[1]}, ids[2], nil
}

// vocabulary puts the tokens in the order of their ids, each turned into its
// bytes by piece; special tokens keep their names.
func (f *format) vocabulary(piece func(name string) (string, bool)) (v vocabulary, err error) {
	ids := f.Model.Vocab
	v.specials = make(map[string]int32, len(f.AddedTokens))
	for _, token := range f.AddedTokens {
		if id, ok := ids[token.Content]; ok && id != token.ID {
			return v, fmt.Errorf("added_tokens: %s has the id %d, but %d in model.vocab", quote(token.Content), token.ID, id)
		}
		ids[token.Content] = token.ID
		v.specials[token.Content] = token.ID
	}
	if len(ids) > MaxSize {
		return v, fmt.Errorf("%d tokens, but at most %d are supported", len(ids), MaxSize)
	}
	v.pieces = make([]string, len(ids))
	used := make([]bool, len(ids))
	for name, id := range ids {
		if id < 0 || int(id) >= len(ids) || used[id] {
			return v, fmt.Errorf("the id %d of %s is used twice or not below %d, the number of tokens; ids must run from 0 without a gap", id, quote(name), len(ids))
		}
		used[id] = true
		bytes, ok := name, true
		if _, special := v.specials[name]; !special {
			bytes, ok = piece(name)
		}
		if !ok || bytes == "" {
			return v, fmt.Errorf("model.vocab: %s (id %d) is not a token of this kind", quote(name), id)
		}
		v.pieces[id] = bytes
	}
	return v, nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func filled(s *string) bool { return s != nil && *s != "" }
