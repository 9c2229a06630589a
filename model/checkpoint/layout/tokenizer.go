package layout

import (
	"errors"
	"io/fs"
	"slices"

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

// ReadTokenizer reads tokenizer.json or, where there is none, the older files.
func ReadTokenizer(fsys fs.FS) (tokenizer.Tokenizer, error) {
	r, err := format.InOrder(fsys, TokenizerFile, tokenizer.MaxFile)
	if _, old := fs.Stat(fsys, vocabFile); old == nil && errors.Is(err, fs.ErrNotExist) {
		return readOldTokenizer(fsys)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	tok, err := tokenizer.ReadJSON(r)
	if err != nil {
		return nil, &format.Problem{Kind: format.Unsupported, File: TokenizerFile, What: "this tokenizer cannot be used", Err: err}
	}
	return tok, nil
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
