package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data/chat"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/tokenizer"
)

// Types of tokens in GGUF.
const (
	tokenNormal  = 1
	tokenUnknown = 2
	tokenControl = 3
	tokenDefined = 4 // found in every text
)

// ggufTokens are the keys that describe the tokenizer, as byte-level BPE with the split
// rule pre; Chars and Bytes can be written as it with GPT-2's.
func ggufTokens(run checkpoint.Run, pre string, defined map[int]string) []gguf.Pair {
	tok, manner := run.Tokenizer, run.Manner()
	before, _ := tokenizer.Frame(tok)
	special := tok.Specials()
	tokens, types := make([]string, tok.Size()), make([]int32, tok.Size())
	for id := range tokens {
		tokens[id], types[id] = tokenizer.ByteLevel(tok.Piece(int32(id))), tokenNormal
	}
	for _, name := range special {
		id, _ := tok.Special(name)
		tokens[id], types[id] = name, tokenControl
	}
	for id, name := range defined {
		tokens[id], types[id] = name, tokenDefined
	}
	has := len(manner.Ends) > 0
	if !has {
		manner.Ends = []int32{int32(len(tokens))}
		tokens, types = append(tokens, layout.EndOfText), append(types, tokenControl)
	}
	if manner.Begin < 0 { // llama.cpp would take token 11
		manner.Begin = manner.Ends[len(manner.Ends)-1]
	}
	pairs := []gguf.Pair{
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.pre", Value: pre},
		{Key: "tokenizer.ggml.tokens", Value: tokens},
		{Key: "tokenizer.ggml.token_type", Value: types},
		{Key: "tokenizer.ggml.merges", Value: ggufMerges(tok)},
		{Key: "tokenizer.ggml.bos_token_id", Value: uint32(manner.Begin)},
		{Key: "tokenizer.ggml.eos_token_id", Value: uint32(manner.Ends[0])},
		{Key: "tokenizer.ggml.add_bos_token", Value: len(before) > 0 || manner.AddBegin != nil && *manner.AddBegin},
		{Key: "tokenizer.ggml.add_eos_token", Value: false},
		{Key: "tokenizer.ggml.add_space_prefix", Value: false},
		{Key: keyTokenizer, Value: string(tok.Kind())},
		{Key: keyEndAdded, Value: !has},
	}
	if manner.Pad >= 0 {
		pairs = append(pairs, gguf.Pair{Key: "tokenizer.ggml.padding_token_id", Value: uint32(manner.Pad)})
	}
	if manner.Template != chat.Jinja && manner.Template != "" {
		pairs = append(pairs, gguf.Pair{Key: "tokenizer.chat_template", Value: manner.Template})
		if len(manner.Ends) > 1 {
			pairs = append(pairs, gguf.Pair{Key: "tokenizer.ggml.eot_token_id", Value: uint32(manner.Ends[1])})
		}
		return pairs
	}
	return append(pairs, ggufChat(tok)...)
}

// ggufMerges are BPE's merges, and those that join the bytes of each character
// of a tokenizer of characters: each first byte with the second, both with the
// third. As UTF-8 tells first bytes from others, no merge joins bytes of two
// characters.
func ggufMerges(tok tokenizer.Tokenizer) []string {
	merges := []string{}
	switch tok := tok.(type) {
	case *tokenizer.BPE:
		for _, m := range tok.Merges() {
			merges = append(merges, tokenizer.ByteLevel(tok.Piece(m[0]))+" "+tokenizer.ByteLevel(tok.Piece(m[1])))
		}
	case *tokenizer.Chars:
		seen := map[string]bool{}
		for id := range tok.Size() {
			piece := tok.Piece(int32(id))
			if utf8.RuneCount(piece) != 1 {
				continue // a special token
			}
			for n := 1; n < len(piece); n++ {
				merge := tokenizer.ByteLevel(piece[:n]) + " " + tokenizer.ByteLevel(piece[n:n+1])
				if !seen[merge] {
					seen[merge] = true
					merges = append(merges, merge)
				}
			}
		}
	}
	return merges
}

// NoteSplitRule is Import's note on GGUF files that were made before they said how
// a text is split.
const NoteSplitRule = "the file is of a time when llama.cpp did not say how a text is split before its tokens are found (tokenizer.ggml.pre); GPT-2's rule is taken"

// vocabularyOf makes the tokenizer of a GGUF file. Its parts are put together
// as a tokenizer.json, whose reader checks them.
func vocabularyOf(o *checkpoint.Opening, f *gguf.File) (tokenizer.Tokenizer, error) {
	kind, pre := f.Value("tokenizer.ggml.model"), f.Value("tokenizer.ggml.pre")
	if kind == "llama" {
		return sentencePiece(f)
	}
	if pre == nil && kind == "gpt2" {
		o.Notes = append(o.Notes, NoteSplitRule)
		pre = "gpt-2"
	}
	name, _ := pre.(string)
	rule, known := ruleNamed(name)
	if kind != "gpt2" || !known {
		return nil, format.Wrong(format.Unsupported, "", "its tokenizer is of the kind %v with the split rule %v; byte-level BPE (gpt2) with the rules gpt-2, llama-bpe, qwen2, smollm and gpt-4o, and SentencePiece's (llama) can be used", kind, pre)
	}
	tokens, _ := f.Value("tokenizer.ggml.tokens").([]string)
	types, typed := gguf.Wholes(f.Value("tokenizer.ggml.token_type"))
	merges, _ := f.Value("tokenizer.ggml.merges").([]string)
	if len(tokens) == 0 || typed && len(types) != len(tokens) {
		return nil, format.Wrong(format.Damaged, "", "its tokenizer has %d tokens and types of %d", len(tokens), len(types))
	}
	if f.Value(keyEndAdded) == true {
		tokens = tokens[:len(tokens)-1]
	}
	text, err := vocabularyJSON(f, rule, tokens, types, merges)
	if err != nil {
		return nil, err
	}
	tok, err := tokenizer.ReadJSON(bytes.NewReader(text))
	if err != nil {
		return nil, &format.Problem{Kind: format.Unsupported, What: "its tokenizer cannot be used", Err: err}
	}
	return tok, nil
}

// vocabularyJSON is a tokenizer.json of a GGUF file's tokens.
func vocabularyJSON(f *gguf.File, rule splitRule, tokens []string, types []int64, merges []string) ([]byte, error) {
	kind, _ := f.Value(keyTokenizer).(string)
	vocab, added := map[string]int{}, []any{}
	for id, token := range tokens {
		if !utf8.ValidString(token) {
			return nil, format.Wrong(format.Damaged, "", "its token %d is not a text of UTF-8", id)
		}
		if types != nil && (types[id] == tokenControl || types[id] == tokenUnknown || types[id] == tokenDefined) {
			added = append(added, map[string]any{"id": id, "content": token, "special": types[id] != tokenDefined, "normalized": false})
		} else if kind == string(tokenizer.KindChars) {
			token = charName(token)
		}
		if _, twice := vocab[token]; twice {
			return nil, format.Wrong(format.Damaged, "", "its tokenizer has the token %q twice", token)
		}
		vocab[token] = id
	}
	byteLevel := map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": kind != string(tokenizer.KindBytes)}
	var pre, decoder any = json.RawMessage(rule.json), byteLevel
	if kind == string(tokenizer.KindBytes) {
		pre = byteLevel
	}
	if kind == string(tokenizer.KindChars) {
		pre, merges = nil, nil
		decoder = map[string]any{"type": "Sequence", "decoders": []any{map[string]any{"type": "ByteFallback"}, map[string]any{"type": "Fuse"}}}
	}
	text, err := json.Marshal(map[string]any{
		"version": "1.0", "added_tokens": added, "pre_tokenizer": pre, "decoder": decoder, "post_processor": beginning(f, tokens),
		"model": map[string]any{"type": "BPE", "vocab": vocab, "merges": append([]string{}, merges...), "ignore_merges": rule.ignoreMerges},
	})
	if err != nil {
		return nil, fmt.Errorf("write a tokenizer: %w", err)
	}
	return text, nil
}

// beginning is the post-processor that puts the begin token before a text, where the
// file says that there is to be one.
func beginning(f *gguf.File, tokens []string) any {
	id, has := gguf.Whole(f.Value("tokenizer.ggml.bos_token_id"))
	if f.Value("tokenizer.ggml.add_bos_token") != true || !has || id < 0 || int(id) >= len(tokens) {
		return nil
	}
	name := tokens[id]
	first := map[string]any{"SpecialToken": map[string]any{"id": name, "type_id": 0}}
	text := func(which string) any { return map[string]any{"Sequence": map[string]any{"id": which, "type_id": 0}} }
	return map[string]any{"type": "TemplateProcessing", "single": []any{first, text("A")}, "pair": []any{first, text("A"), first, text("B")},
		"special_tokens": map[string]any{name: map[string]any{"id": name, "ids": []int64{id}, "tokens": []string{name}}}}
}

// sentencePiece makes the tokenizer of a file with SentencePiece's vocabulary: what
// llama.cpp takes where a key is missing is taken here.
func sentencePiece(f *gguf.File) (tokenizer.Tokenizer, error) {
	tokens, _ := f.Value("tokenizer.ggml.tokens").([]string)
	types, typed := gguf.Wholes(f.Value("tokenizer.ggml.token_type"))
	scores, _ := f.Value("tokenizer.ggml.scores").([]float32)
	if len(tokens) == 0 || typed && len(types) != len(tokens) || scores != nil && len(scores) != len(tokens) {
		return nil, format.Wrong(format.Damaged, "", "its tokenizer has %d tokens, types of %d and scores of %d", len(tokens), len(types), len(scores))
	}
	s := tokenizer.SentencePiece{Tokens: tokens, Scores: scores, Unknown: -1, SpaceBefore: f.Value("tokenizer.ggml.add_space_prefix") != false}
	for id, t := range types {
		switch t {
		case tokenControl:
			s.Special = append(s.Special, int32(id))
		case tokenDefined:
			s.Added = append(s.Added, int32(id))
		}
	}
	id := func(key string, otherwise int64) int32 {
		n, has := gguf.Whole(f.Value("tokenizer.ggml." + key + "_token_id"))
		if !has {
			n = otherwise
		}
		if n < 0 || n >= int64(len(tokens)) {
			n = -1
		}
		return int32(n)
	}
	s.Unknown = id("unknown", 0)
	if begin := id("bos", 1); begin >= 0 && f.Value("tokenizer.ggml.add_bos_token") != false {
		s.Before = []int32{begin}
	}
	if end := id("eos", 2); end >= 0 && f.Value("tokenizer.ggml.add_eos_token") == true {
		s.Behind = []int32{end}
	}
	tok, err := tokenizer.NewSentencePiece(s)
	if err != nil {
		return nil, &format.Problem{Kind: format.Unsupported, What: "its tokenizer cannot be used", Err: err}
	}
	return tok, nil
}

// charName is how tokenizer.json writes a character that GGUF has as bytes: as
// itself, or as <0xFF> a byte that is no UTF-8.
func charName(token string) string {
	piece, ok := tokenizer.FromByteLevel(token)
	switch {
	case !ok:
		return token // which the reader will refuse
	case len(piece) == 1 && piece[0] >= utf8.RuneSelf:
		return fmt.Sprintf("<0x%02X>", piece[0])
	}
	return string(piece)
}
