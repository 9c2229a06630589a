package layout

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"hornbook/model/format"
	"hornbook/tokenizer"
)

// The names of the files that a tokenizer lay in before TokenizerFile.
const (
	vocabFile  = "vocab.json"
	mergesFile = "merges.txt"
	addedFile  = "added_tokens.json"
)

// HasTokenizer refuses files none of which ReadTokenizer could read.
func HasTokenizer(names []string) error {
	has := func(name string) bool { return slices.Contains(names, name) }
	switch {
	case has(TokenizerFile), has(vocabFile) && has(mergesFile):
		return nil
	case has("tokenizer.model"):
		return format.Wrong(format.Unsupported, "tokenizer.model", "the tokenizer lies here in SentencePiece's own form, which is not read; save it by Hugging Face's library, so that there is a %s", TokenizerFile)
	case has(vocabFile):
		return format.Wrong(format.Incomplete, mergesFile, "it is missing beside %s; give it too", vocabFile)
	case has("vocab.txt"):
		return format.Wrong(format.Unsupported, "vocab.txt", "the tokenizer is WordPiece, as BERT has it, and Hornbook can only use BPE")
	}
	return format.Wrong(format.Incomplete, TokenizerFile, "it is missing: without it no text can be turned into tokens; give it too (transformers write it by save_pretrained of a fast tokenizer)")
}

// ReadTokenizer reads tokenizer.json, with what the files beside it add, or, where there is
// none, the older files.
func ReadTokenizer(fsys fs.FS) (tokenizer.Tokenizer, error) {
	beside := saidBeside(fsys)
	r, err := format.InOrder(fsys, TokenizerFile, tokenizer.MaxFile)
	if _, old := fs.Stat(fsys, vocabFile); old == nil && errors.Is(err, fs.ErrNotExist) {
		return readOldTokenizer(fsys)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	tok, err := tokenizer.ReadJSONWith(r, beside)
	if err != nil {
		return nil, &format.Problem{Kind: format.Unsupported, File: TokenizerFile, What: "this tokenizer cannot be used", Err: err}
	}
	return tok, nil
}

// namedTokens are the keys of tokenizer_config.json that name a token, in the order in which
// transformers add them.
var namedTokens = []string{"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}

// mostBeside is how many tokens may be added beside tokenizer.json.
const mostBeside = 1 << 12

// saidBeside is what transformers change when they load a tokenizer: they add the tokens
// that tokenizer_config.json lists, then those that it or the older file names. What cannot
// be read there ReadPapers tells.
func saidBeside(fsys fs.FS) (b tokenizer.Beside) {
	config, _ := objectIn(fsys, TokenizerConfigFile)
	specials, _ := objectIn(fsys, SpecialsFile)
	json.Unmarshal(config["add_prefix_space"], &b.PrefixSpace)
	b.Framed, b.Begin, b.End = framed(config, specials)
	more := b.Added
	var listed map[int]tokenizer.Added
	json.Unmarshal(config["added_tokens_decoder"], &listed)
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		more = append(more, listed[id])
	}
	for _, key := range namedTokens {
		more = append(more, specialTokens(namedIn(config, specials, key))...)
	}
	for _, key := range []string{"additional_special_tokens", "extra_special_tokens"} {
		more = append(more, specialTokens(namedIn(config, specials, key))...)
	}
	b.Added = more[:min(len(more), mostBeside)]
	return b
}

// framers are the beginnings of classes that put tokens around a text by their own keys,
// whatever tokenizer.json says.
var framers = []string{"Llama", "CodeLlama", "Gemma"}

// framed tells which tokens these are, where the keys are there.
func framed(config, specials map[string]json.RawMessage) (is bool, begin, end string) {
	var class string
	json.Unmarshal(config["tokenizer_class"], &class)
	if !slices.ContainsFunc(framers, func(name string) bool { return strings.HasPrefix(class, name) }) {
		return false, "", ""
	}
	adds := func(key, token string, add bool) (name string) {
		if json.Unmarshal(config[key], &add) == nil {
			is = true
		}
		if t, has := specialToken(namedIn(config, specials, token)); has && add {
			name = t.Content
		}
		return name
	}
	begin, end = adds("add_bos_token", "bos_token", true), adds("add_eos_token", "eos_token", false)
	return is, begin, end
}

// namedIn is the value of a key of tokenizer_config.json or, where that lists no tokens, of
// the older special_tokens_map.json.
func namedIn(config, specials map[string]json.RawMessage, key string) json.RawMessage {
	_, lists := config["added_tokens_decoder"]
	if text, has := specials[key]; has && !lists {
		return text
	}
	return config[key]
}

// specialTokens are those of a value: a text, an object with a content, or a list or an
// object of such.
func specialTokens(text json.RawMessage) (tokens []tokenizer.Added) {
	if token, is := specialToken(text); is {
		return []tokenizer.Added{token}
	}
	var list []json.RawMessage
	var named map[string]json.RawMessage
	if json.Unmarshal(text, &list) != nil && json.Unmarshal(text, &named) == nil {
		for _, key := range slices.Sorted(maps.Keys(named)) {
			list = append(list, named[key])
		}
	}
	for _, one := range list[:min(len(list), mostBeside)] {
		if token, is := specialToken(one); is {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

// specialToken is the one of a text, or of an object with a content.
func specialToken(text json.RawMessage) (token tokenizer.Added, is bool) {
	if json.Unmarshal(text, &token.Content) != nil && json.Unmarshal(text, &token) != nil {
		return token, false
	}
	token.Special = true
	return token, token.Content != ""
}

// objectIn are the fields of a file, if it is there and an object.
func objectIn(fsys fs.FS, name string) (map[string]json.RawMessage, bool) {
	text, err := format.Whole(fsys, name, paperFiles[name])
	if err != nil {
		return nil, false
	}
	return object(text)
}

func readOldTokenizer(fsys fs.FS) (tokenizer.Tokenizer, error) {
	var o tokenizer.Old
	for _, f := range []struct {
		name     string
		to       *[]byte
		needless bool
	}{{vocabFile, &o.Vocab, false}, {mergesFile, &o.Merges, false}, {TokenizerConfigFile, &o.Config, true}, {addedFile, &o.Added, true}} {
		data, err := format.Whole(fsys, f.name, tokenizer.MaxFile)
		if err != nil && !(f.needless && errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
		*f.to = data
	}
	tok, err := tokenizer.ReadOld(o)
	if err != nil {
		return nil, &format.Problem{Kind: format.Unsupported, File: vocabFile, What: "this tokenizer cannot be used", Err: err}
	}
	return tok, nil
}
