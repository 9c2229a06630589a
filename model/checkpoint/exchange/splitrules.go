package exchange

import (
	"bytes"
	"encoding/json"
	"reflect"

	"hornbook/model/format"
	"hornbook/tokenizer"
)

// splitRule is how a text is split before its tokens are found: by llama.cpp's names
// (tokenizer.ggml.pre), and as Hugging Face's pre_tokenizer.
type splitRule struct {
	names        []string // the first is written
	json         string
	ignoreMerges bool // a piece that is a token is one, whatever merges say
}

// splitRules are those that both know, as llama-vocab.cpp has them.
var splitRules = []splitRule{
	{[]string{"gpt-2", "gpt2", "phi-2", "mpt", "olmo", "dolma", "jais"}, byteLevelRule, false},
	{[]string{"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral"}, splitBy(`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`), true},
	{[]string{"qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez"}, splitBy(`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`), false},
	{[]string{"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"}, `{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},` + byteLevelRule + `]}`, false},
	{[]string{"gpt-4o", "llama4"}, splitBy(`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`), false},
}

const byteLevelRule = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}`

// splitBy is the rule of an expression, behind which bytes are written as letters.
func splitBy(expression string) string {
	text, _ := json.Marshal(expression) // a string: no error
	return `{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":` + string(text) + `},"behavior":"Isolated","invert":false},` +
		`{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}`
}

// ruleNamed is the rule of that name.
func ruleNamed(name string) (splitRule, bool) {
	for _, r := range splitRules {
		for _, n := range r.names {
			if n == name {
				return r, true
			}
		}
	}
	return splitRule{}, false
}

// ruleOf is llama.cpp's name for how tok splits, with the tokens that are found in
// every text though they are not special; what llama.cpp has no way to do is a
// *format.Problem.
func ruleOf(tok tokenizer.Tokenizer) (name string, defined map[int]string, err error) {
	if tok.Kind() != tokenizer.KindBPE {
		return "gpt-2", nil, nil
	}
	var text bytes.Buffer
	if err := tokenizer.WriteJSON(&text, tok); err != nil {
		return "", nil, err
	}
	var t struct {
		Added []struct {
			ID      int    `json:"id"`
			Content string `json:"content"`
			Special bool   `json:"special"`
		} `json:"added_tokens"`
		Normalizer any `json:"normalizer"`
		Pre        any `json:"pre_tokenizer"`
		Model      struct {
			Fallback     bool `json:"byte_fallback"`
			IgnoreMerges bool `json:"ignore_merges"`
		} `json:"model"`
	}
	if err := json.Unmarshal(text.Bytes(), &t); err != nil {
		return "", nil, err
	}
	defined = map[int]string{}
	for _, a := range t.Added {
		if !a.Special {
			defined[a.ID] = a.Content
		}
	}
	if kind, is := t.Normalizer.(map[string]any); is && kind["type"] == "NFC" {
		t.Normalizer = nil // llama.cpp leaves it out of Qwen's, which have it
	}
	for _, r := range splitRules {
		var pre any
		if err := json.Unmarshal([]byte(r.json), &pre); err != nil {
			return "", nil, err
		}
		if t.Normalizer == nil && !t.Model.Fallback && t.Model.IgnoreMerges == r.ignoreMerges && reflect.DeepEqual(plainRule(t.Pre), plainRule(pre)) {
			return r.names[0], defined, nil
		}
	}
	return "", nil, format.Wrong(format.Unsupported, "", "llama.cpp has no name for the way in which this model's tokenizer splits a text; export it as hf")
}

// plainRule is a rule without what changes no ids.
func plainRule(rule any) any {
	switch r := rule.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range r {
			if key != "trim_offsets" && !(key == "invert" && value == false) {
				out[key] = plainRule(value)
			}
		}
		return out
	case []any:
		var out []any
		for _, one := range r {
			out = append(out, plainRule(one))
		}
		return out
	}
	return rule
}
