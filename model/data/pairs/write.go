package pairs

import (
	"encoding/json"
	"io"

	"hornbook/model/data/chat"
)

// Write writes list as JSON lines, of which Read makes the same pairs again; a
// byte that is not part of valid UTF-8 becomes U+FFFD.
func Write(w io.Writer, list []Pair) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, p := range list {
		if err := enc.Encode(written(p)); err != nil {
			return err
		}
	}
	return nil
}

// line is a pair in a file: text or messages.
type line[T any] struct {
	Prompt   T `json:"prompt"`
	Chosen   T `json:"chosen"`
	Rejected T `json:"rejected"`
}

func written(p Pair) any {
	if p.Plain {
		return line[string]{p.Prompt[0].Content, p.Chosen, p.Rejected}
	}
	answer := func(text string) []chat.Message { return []chat.Message{{Role: chat.Assistant, Content: text}} }
	return line[[]chat.Message]{p.Prompt, answer(p.Chosen), answer(p.Rejected)}
}
