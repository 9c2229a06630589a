package layout

import (
	"hornbook/model/data/chat"
	"hornbook/tokenizer"
)

// Ends are the tokens that end what a model with this tokenizer writes: the
// first of them what it says in a conversation, where it has the template's
// tokens; none where it has no end of text either.
func Ends(tok tokenizer.Tokenizer) []int32 {
	if template, has := chat.Of(tok); has {
		return template.Stop()
	}
	if id, has := tok.Special(EndOfText); has {
		return []int32{id}
	}
	return nil
}

// oneOrMore is how config.json writes ids: null, one, or a list.
func oneOrMore(ids []int32) any {
	switch len(ids) {
	case 0:
		return nil
	case 1:
		return ids[0]
	}
	return ids
}

// addTemplate adds the chat template to tokenizer_config.json, if tok has its
// tokens.
func addTemplate(config map[string]any, tok tokenizer.Tokenizer) {
	if _, has := chat.Of(tok); has {
		config["chat_template"], config["eos_token"] = chat.Jinja, chat.End
	}
}
