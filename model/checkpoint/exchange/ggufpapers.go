package exchange

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data/chat"
	"hornbook/model/format/gguf"
)

// keyPapers says that a GGUF file of ours is of a model that came from elsewhere.
const keyPapers = "hornbook.papers"

// replaced are general keys that a file of ours says anew.
var replaced = []string{"general.architecture", "general.file_type", "general.quantization_version", "general.alignment", "general.name"}

// kept tells whether a key says how texts begin and end, how the model talks, or
// what its makers say of it, so that it goes through unchanged.
func kept(key string) bool {
	rest, tokens := strings.CutPrefix(key, "tokenizer.ggml.")
	switch {
	case strings.HasPrefix(key, "general."):
		return !slices.Contains(replaced, key)
	case strings.HasPrefix(key, "tokenizer.chat_template"):
		return true
	}
	return tokens && (strings.HasSuffix(rest, "_token_id") || strings.HasPrefix(rest, "add_"))
}

// ggufPapers are the papers of a GGUF file: its keys that are kept, as JSON. Of a file
// of ours they are those of the model that it was made of, if that had any.
func ggufPapers(f *gguf.File, tokens int) layout.Papers {
	template, _ := f.Value("tokenizer.chat_template").(string)
	if ours := f.Value(keyTokenizer) != nil && f.Value(keyPapers) != true; ours && (template == "" || template == chat.PlainJinja) {
		return layout.Papers{}
	}
	fields := map[string]any{}
	for _, p := range f.Pairs {
		if !kept(p.Key) || !utf8.ValidString(p.Key) {
			continue
		}
		switch v := p.Value.(type) {
		case string:
			if utf8.ValidString(v) {
				fields[p.Key] = v
			}
		case bool:
			fields[p.Key] = v
		case []string:
			if !slices.ContainsFunc(v, func(s string) bool { return !utf8.ValidString(s) }) {
				fields[p.Key] = v
			}
		default:
			if n, is := gguf.Whole(v); is {
				fields[p.Key] = n
			}
		}
	}
	text, err := json.Marshal(fields)
	if err != nil || len(fields) == 0 {
		return layout.Papers{}
	}
	return layout.Papers{Files: map[string][]byte{layout.GGUFFile: text}, Tokens: tokens}
}

// pairsOfPapers are the keys that a GGUF file of run has of its papers, beside the
// ones that are made.
func pairsOfPapers(run checkpoint.Run, made []gguf.Pair) (pairs []gguf.Pair) {
	if len(run.Papers.Files) == 0 {
		return nil
	}
	pairs = append(pairs, gguf.Pair{Key: keyPapers, Value: true})
	var fields map[string]any
	if json.Unmarshal(run.Papers.Files[layout.GGUFFile], &fields) != nil {
		return pairs
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !kept(key) || slices.ContainsFunc(made, func(p gguf.Pair) bool { return p.Key == key }) {
			continue
		}
		switch v := fields[key].(type) {
		case string, bool:
			pairs = append(pairs, gguf.Pair{Key: key, Value: v})
		case float64:
			if v >= 0 && v <= math.MaxUint32 {
				pairs = append(pairs, gguf.Pair{Key: key, Value: uint32(v)})
			}
		case []any:
			list := []string{}
			for _, one := range v {
				if s, is := one.(string); is {
					list = append(list, s)
				}
			}
			pairs = append(pairs, gguf.Pair{Key: key, Value: list})
		}
	}
	return pairs
}
