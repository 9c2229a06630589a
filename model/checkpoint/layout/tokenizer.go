package layout

import (
	"io/fs"

	"hornbook/model/format"
	"hornbook/tokenizer"
)

// ReadTokenizer reads tokenizer.json.
func ReadTokenizer(fsys fs.FS) (tokenizer.Tokenizer, error) {
	r, err := format.InOrder(fsys, TokenizerFile, tokenizer.MaxFile)
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
