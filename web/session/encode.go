package session

import (
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// longText is how many bytes are encoded before anything is said of it.
const longText = 1 << 20

// encoding is the latest text that was encoded whole, as the next to ask is likely
// to ask for the same.
type encoding struct {
	tok     tokenizer.Tokenizer
	text    []byte
	special bool
	ids     []int32
}

// of tells whether e is of this text.
func (e *encoding) of(tok tokenizer.Tokenizer, text []byte, special bool) bool {
	return e.tok == tok && e.special == special && len(text) > 0 && len(e.text) == len(text) && &e.text[0] == &text[0]
}

// encoded is a text in tokens, names of special tokens as the choice says. Of a long one it tells how far it is, and Cancel
// ends it.
func (t *texts) encoded(tok tokenizer.Tokenizer, text []byte, choice string) ([]int32, *protocol.Problem) {
	special := asTokens(choice, text)
	if t.latest.of(tok, text, special) {
		return t.latest.ids, nil
	}
	told := 0
	ids, err := tokenizer.EncodeLong(tok, text, special, func(done int) error {
		if done-told >= longText {
			told = done
			t.voice.tell(&protocol.Working{Task: "tokenizer", Done: done, Total: len(text)})
		}
		return t.goOn()
	})
	if err != nil {
		return nil, ended(err)
	}
	t.latest = encoding{tok, text, special, ids}
	return ids, nil
}
