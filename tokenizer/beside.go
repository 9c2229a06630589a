package tokenizer

import (
	"encoding/json"
	"slices"
)

// Added is a token that a file beside tokenizer.json adds to it.
type Added struct {
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// Beside is what files beside tokenizer.json say that changes ids.
type Beside struct {
	Added       []Added // tokens to be added
	PrefixSpace *bool   // whether bytes of a text begin with a space; nil where nobody says
	Framed      bool    // Begin and End are what stands around a text, "" for nothing
	Begin, End  string
}

// space gives a pre-tokenizer that is ByteLevel alone, as transformers do, another
// add_prefix_space.
func (f *format) space(wanted *bool) {
	var keys map[string]any
	if wanted == nil || json.Unmarshal(f.PreTokenizer, &keys) != nil || keys["type"] != "ByteLevel" || keys["add_prefix_space"] == *wanted {
		return
	}
	keys["add_prefix_space"] = *wanted
	f.PreTokenizer, _ = json.Marshal(keys) // of what was JSON: no error
}

// frame makes what stands around a text what b says, where it is not; a token that is not
// there frames nothing.
func (f *format) frame(b Beside) {
	var r aroundReader
	if !b.Framed || r.postProcessor(f.PostProcessor, "post_processor") != nil {
		return
	}
	single, tokens := []any{}, object{}
	side := func(name string) (ids []int32) {
		id, has := f.Model.Vocab[name]
		for _, a := range f.AddedTokens {
			if a.Content == name {
				id, has = a.ID, true
			}
		}
		if !has {
			return nil
		}
		single = append(single, object{"SpecialToken": object{"id": name, "type_id": 0}})
		tokens[name] = object{"id": name, "ids": []int32{id}, "tokens": []string{name}}
		return []int32{id}
	}
	before := side(b.Begin)
	single = append(single, object{"Sequence": object{"id": "A", "type_id": 0}})
	if behind := side(b.End); !slices.Equal(before, r.before) || !slices.Equal(behind, r.behind) {
		f.PostProcessor = written(object{"type": "TemplateProcessing", "single": single, "pair": single, "special_tokens": tokens})
	}
}

// add adds tokens to those of the file.
func (f *format) add(more []Added) {
	if len(more) == 0 {
		return
	}
	next, known := int32(len(f.Model.Vocab)), map[string]bool{"": true}
	for _, a := range f.AddedTokens {
		next, known[a.Content] = max(next, a.ID+1), true
	}
	for _, a := range more {
		if known[a.Content] {
			continue
		}
		known[a.Content] = true
		id, has := f.Model.Vocab[a.Content]
		if !has {
			id = next
			next++
		}
		f.AddedTokens = append(f.AddedTokens, addedToken{ID: id, Content: a.Content, SingleWord: a.SingleWord, LStrip: a.LStrip, RStrip: a.RStrip, Normalized: a.Normalized, Special: a.Special})
	}
}
