package layout

import (
	"bytes"
	"io/fs"

	"hornbook/model/format"
	"hornbook/tokenizer"
)

// ReadTokenizer reads tokenizer.json.
func ReadTokenizer(fsys fs.FS) (tokenizer.Tokenizer, error) {
	text, err := format.Whole(fsys, TokenizerFile, tokenizer.MaxFile)
	if err != nil {
		return nil, err
	}
	tok, err := tokenizer.ReadJSON(bytes.NewReader(text))
	if err != nil {
		return nil, &format.Problem{Kind: format.Unsupported, File: TokenizerFile, What: "this tokenizer cannot be used", Err: err}
	}
	return tok, nil
}
