package layout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"hornbook/model/data/chat"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/tokenizer"
)

// Papers are what a model came with from elsewhere besides its weights: where its
// writing begins and ends, how it talks, what its makers say of it. Files are kept as
// they were and go out as they came, but for what has changed since: the number of
// tokens, the type of the weights, and, in a model that was taught Hornbook's
// conversations, how it talks.
type Papers struct {
	Files  map[string][]byte // by name; GGUFFile holds what a GGUF file says
	Tokens int               // of the tokenizer that they are of
}

// The names of papers; those of a Hugging Face folder, and one of our own.
const (
	GenerationFile  = "generation_config.json"
	SpecialsFile    = "special_tokens_map.json"
	TemplateFile    = "chat_template.jinja"
	OldTemplateFile = "chat_template.json"
	GGUFFile        = "gguf.json"
)

// paperFiles are all files that may be papers, and how long each may be.
var paperFiles = map[string]int64{
	ConfigFile: format.MaxJSON, TokenizerConfigFile: 4 << 20, GenerationFile: format.MaxJSON, SpecialsFile: format.MaxJSON,
	TemplateFile: format.MaxJSON, OldTemplateFile: format.MaxJSON, addedFile: 4 << 20, TokenizerFile: tokenizer.MaxFile, GGUFFile: 4 << 20,
}

// OtherPapers are the files that only a model with papers has.
var OtherPapers = []string{GenerationFile, SpecialsFile, TemplateFile, OldTemplateFile, addedFile, GGUFFile}

// ReadPapers reads those of names, for a tokenizer of so many tokens.
func ReadPapers(fsys fs.FS, names []string, tokens int) (Papers, error) {
	p := Papers{Files: map[string][]byte{}, Tokens: tokens}
	for _, name := range slices.Sorted(maps.Keys(paperFiles)) {
		if !slices.Contains(names, name) {
			continue
		}
		text, err := format.Whole(fsys, name, paperFiles[name])
		if err != nil {
			return Papers{}, err
		}
		if _, is := object(text); strings.HasSuffix(name, ".json") && !is {
			return Papers{}, format.Wrong(format.Damaged, name, "it is no JSON object; get it again, or leave it out")
		}
		p.Files[name] = text
	}
	return p, nil
}

// object are the fields of a JSON object as Python may write it.
func object(text []byte) (fields map[string]json.RawMessage, is bool) {
	err := json.Unmarshal(Loose(text), &fields)
	return fields, err == nil && fields != nil
}

// Names are those of the papers, in order.
func (p Papers) Names() []string { return slices.Sorted(maps.Keys(p.Files)) }

// current tells whether the tokenizer is still the one that the papers are of.
func (p Papers) current(tok tokenizer.Tokenizer) bool { return p.Tokens == tok.Size() }

// taught tells whether tok has the tokens of Hornbook's conversations and the papers
// do not know of it.
func (p Papers) taught(tok tokenizer.Tokenizer) bool {
	_, has := chat.Of(tok)
	return has && len(p.Files) > 0 && p.template() != chat.Jinja && p.template() != chat.PlainJinja
}

// template is the papers' chat template, "" for none.
func (p Papers) template() (template string) {
	if text, has := p.Files[TemplateFile]; has {
		return string(text)
	}
	for _, file := range []string{TokenizerConfigFile, OldTemplateFile} {
		fields, _ := object(p.Files[file])
		if json.Unmarshal(fields["chat_template"], &template) == nil && template != "" {
			return template
		}
		var several []struct{ Name, Template string }
		json.Unmarshal(fields["chat_template"], &several)
		for _, one := range several {
			if one.Name == "default" {
				return one.Template
			}
		}
	}
	fields, _ := object(p.Files[GGUFFile])
	json.Unmarshal(fields["tokenizer.chat_template"], &template)
	return template
}

// Manner is how a model's texts begin and end.
type Manner struct {
	Begin, Pad int32   // -1 for none
	Ends       []int32 // the first is what llama.cpp calls the end
	Template   string  // of conversations, in Jinja; "" for none
	AddBegin   *bool   // before every text; nil where nobody says
}

// MannerOf is that of a model with these papers: as transformers have it, the ends
// are generation_config.json's, else config.json's, else the tokenizer's; of a GGUF
// file they are all that it names. A model without papers has Hornbook's own.
func MannerOf(tok tokenizer.Tokenizer, p Papers) Manner {
	m := Manner{Begin: -1, Pad: -1, Template: p.template()}
	if len(p.Files) == 0 || p.taught(tok) {
		m.Ends, m.Template = Ends(tok), ""
		if id, has := tok.Special(EndOfText); has {
			m.Begin = id
		}
		if _, has := chat.Of(tok); has {
			m.Template = chat.Jinja
		}
		return m
	}
	config, _ := object(p.Files[ConfigFile])
	generation, _ := object(p.Files[GenerationFile])
	names, _ := object(p.Files[TokenizerConfigFile])
	gguf, _ := object(p.Files[GGUFFile])
	first := func(lists ...[]int32) []int32 {
		for _, list := range lists {
			if len(list) > 0 {
				return list
			}
		}
		return nil
	}
	ids := func(fields map[string]json.RawMessage, key string) []int32 { return idsOf(fields[key], tok.Size()) }
	specials, _ := object(p.Files[SpecialsFile])
	named := func(key string) []int32 { return idNamed(namedIn(names, specials, key), tok) }
	var ends []int32
	for _, key := range []string{"eos", "eot", "eom"} {
		ends = append(ends, ids(gguf, "tokenizer.ggml."+key+"_token_id")...)
	}
	m.Ends = slices.Clone(first(ids(generation, "eos_token_id"), ids(config, "eos_token_id"), named("eos_token"), ends))
	if id, has := tok.Special(EndOfText); has && len(m.Ends) == 0 {
		m.Ends = []int32{id}
	}
	if list := first(ids(generation, "bos_token_id"), ids(config, "bos_token_id"), named("bos_token"), ids(gguf, "tokenizer.ggml.bos_token_id")); len(list) > 0 {
		m.Begin = list[0]
	}
	if list := first(ids(generation, "pad_token_id"), ids(config, "pad_token_id"), named("pad_token"), ids(gguf, "tokenizer.ggml.padding_token_id")); len(list) > 0 {
		m.Pad = list[0]
	}
	for _, text := range []json.RawMessage{names["add_bos_token"], gguf["tokenizer.ggml.add_bos_token"]} {
		var add bool
		if m.AddBegin == nil && len(text) > 0 && json.Unmarshal(text, &add) == nil && string(text) != "null" {
			m.AddBegin = &add
		}
	}
	return m
}

// idsOf are one id or a list of them, without those that no token of size has.
func idsOf(text json.RawMessage, size int) (ids []int32) {
	var one float64
	var list []float64
	if json.Unmarshal(text, &list) != nil {
		if string(text) == "null" || json.Unmarshal(text, &one) != nil {
			return nil
		}
		list = []float64{one}
	}
	for _, x := range list {
		if id := int32(x); x >= 0 && x < float64(size) && float64(id) == x && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// idNamed is the id of a special token that is named by its text, alone or as the
// content of an object.
func idNamed(text json.RawMessage, tok tokenizer.Tokenizer) []int32 {
	var name string
	var token struct {
		Content string `json:"content"`
	}
	if json.Unmarshal(text, &name) != nil && json.Unmarshal(text, &token) == nil {
		name = token.Content
	}
	if id, has := tok.Special(name); has {
		return []int32{id}
	}
	return nil
}

// ConfigText is config.json of a model of family f with papers p, its weights of
// type t.
func ConfigText(c recipe.Model, f Family, t format.DType, tok tokenizer.Tokenizer, p Papers) ([]byte, error) {
	own, err := Config(c, f, t, tok)
	fields, has := object(p.Files[ConfigFile])
	if err != nil || !has && len(p.Files) == 0 {
		return own, err
	}
	made, _ := object(own)
	if !has {
		fields = made
		m := MannerOf(tok, p)
		for key, ids := range map[string][]int32{"bos_token_id": {m.Begin}, "pad_token_id": {m.Pad}, "eos_token_id": m.Ends} {
			fields[key], _ = json.Marshal(oneOrMore(slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return id < 0 }))) // numbers: no error
		}
		return indented(fields)
	}
	keys := []string{"vocab_size"}
	for _, key := range []string{"dtype", "torch_dtype"} {
		if _, said := fields[key]; said {
			keys = append(keys, key)
		}
	}
	if tied, usual := string(fields["tie_word_embeddings"]), f == GPT2 || f == Neo; (tied == "true" || tied != "false" && usual) != c.Tied {
		keys = append(keys, "tie_word_embeddings")
	}
	if p.taught(tok) {
		keys = append(keys, "bos_token_id", "eos_token_id", "pad_token_id")
	}
	for _, key := range keys {
		fields[key] = made[key]
	}
	return indented(fields)
}

func indented(fields map[string]json.RawMessage) ([]byte, error) {
	text, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("checkpoint: write JSON: %w", err)
	}
	return append(text, '\n'), nil
}

// TokenizerConfigText is tokenizer_config.json of a model with papers p.
func TokenizerConfigText(c recipe.Model, tok tokenizer.Tokenizer, p Papers) ([]byte, error) {
	own, err := TokenizerConfig(c, tok)
	if err != nil || len(p.Files) == 0 {
		return own, err
	}
	made, _ := object(own)
	fields, has := object(p.Files[TokenizerConfigFile])
	switch {
	case !has && p.Files[GGUFFile] == nil && !p.taught(tok):
		return nil, nil // there was none
	case !has:
		fields = made
	}
	if !p.taught(tok) {
		if !has {
			m := MannerOf(tok, p)
			for key, ids := range map[string][]int32{"bos_token": {m.Begin}, "eos_token": m.Ends[:min(1, len(m.Ends))], "pad_token": {m.Pad}} {
				if delete(fields, key); len(ids) > 0 && ids[0] >= 0 {
					fields[key], _ = json.Marshal(string(tok.Piece(ids[0]))) // a string: no error
				}
			}
			if m.AddBegin != nil {
				fields["add_bos_token"], _ = json.Marshal(*m.AddBegin)
			}
			if m.Template != "" {
				fields["chat_template"], _ = json.Marshal(m.Template)
			}
		}
		return indented(fields)
	}
	for _, key := range []string{"chat_template", "eos_token", "bos_token"} {
		fields[key] = made[key]
	}
	return indented(fields)
}

// PaperFiles are the files of papers beside configuration and tokenizer.
func PaperFiles(tok tokenizer.Tokenizer, p Papers, own bool) (files []format.Written) {
	for _, name := range OtherPapers {
		text, has := p.Files[name]
		taught := p.taught(tok)
		switch {
		case !has, name == GGUFFile && !own, taught && (name == TemplateFile || name == OldTemplateFile || name == SpecialsFile), !p.current(tok) && name == addedFile:
			continue
		case taught && name == GenerationFile:
			fields, _ := object(text)
			fields["eos_token_id"], _ = json.Marshal(oneOrMore(Ends(tok))) // numbers: no error
			text, _ = indented(fields)
		}
		files = append(files, format.Text(name, func() ([]byte, error) { return text, nil }))
	}
	return files
}

// WriteTokenizer writes tokenizer.json: the papers', while it is the same tokenizer.
func WriteTokenizer(w io.Writer, tok tokenizer.Tokenizer, p Papers) error {
	if text, has := p.Files[TokenizerFile]; has && p.current(tok) {
		_, err := io.Copy(w, bytes.NewReader(text))
		return err
	}
	return tokenizer.WriteJSON(w, tok)
}
