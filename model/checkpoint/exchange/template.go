package exchange

import (
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data/chat"
	"hornbook/model/format/gguf"
	"hornbook/tokenizer"
)

// ggufChat are the keys by which llama.cpp talks with a model whose tokenizer
// has the template's tokens; none for others. The end of a turn is named, since
// llama.cpp would take whichever of the usual ends it happens to find first.
func ggufChat(tok tokenizer.Tokenizer) []gguf.Pair {
	if _, has := chat.Of(tok); !has {
		return nil
	}
	return []gguf.Pair{
		{Key: "tokenizer.chat_template", Value: chat.PlainJinja},
		{Key: "tokenizer.ggml.eot_token_id", Value: uint32(layout.Ends(tok)[0])},
	}
}
