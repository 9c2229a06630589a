package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/format/gguf"
	"hornbook/tokenizer"
)

// Types of tokens in GGUF.
const (
	tokenNormal  = 1
	tokenControl = 3
)

// ggufTokens are the keys that describe the tokenizer, as byte-level BPE with
// GPT-2's split rule, which all our kinds can be written as.
func ggufTokens(tok tokenizer.Tokenizer) []gguf.Pair {
	special := tok.Specials()
	tokens, types := make([]string, tok.Size()), make([]int32, tok.Size())
	for id := range tokens {
		tokens[id], types[id] = tokenizer.ByteLevel(tok.Piece(int32(id))), tokenNormal
	}
	for _, name := range special {
		id, _ := tok.Special(name)
		tokens[id], types[id] = name, tokenControl
	}
	end, has := tok.Special(layout.EndOfText)
	if !has {
		end = int32(len(tokens))
		tokens, types = append(tokens, layout.EndOfText), append(types, tokenControl)
	}
	stop := end
	if ends := layout.Ends(tok); len(ends) > 0 {
		stop = ends[0]
	}
	return append([]gguf.Pair{
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.pre", Value: "gpt-2"},
		{Key: "tokenizer.ggml.tokens", Value: tokens},
		{Key: "tokenizer.ggml.token_type", Value: types},
		{Key: "tokenizer.ggml.merges", Value: ggufMerges(tok)},
		{Key: "tokenizer.ggml.bos_token_id", Value: uint32(end)},
		{Key: "tokenizer.ggml.eos_token_id", Value: uint32(stop)},
		{Key: "tokenizer.ggml.add_bos_token", Value: false},
		{Key: "tokenizer.ggml.add_eos_token", Value: false},
		{Key: "tokenizer.ggml.add_space_prefix", Value: false},
		{Key: keyTokenizer, Value: string(tok.Kind())},
		{Key: keyEndAdded, Value: !has},
	}, ggufChat(tok)...)
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
	if pre == nil && kind == "gpt2" {
		o.Notes = append(o.Notes, NoteSplitRule)
		pre = "gpt-2"
	}
	if kind != "gpt2" || pre != "gpt-2" && pre != "gpt2" {
		return nil, format.Wrong(format.Unsupported, "", "its tokenizer is of the kind %v with the split rule %v; only byte-level BPE (gpt2) with GPT-2's rule (gpt-2) can be used", kind, pre)
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
	text, err := vocabularyJSON(f, tokens, types, merges)
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
func vocabularyJSON(f *gguf.File, tokens []string, types []int64, merges []string) ([]byte, error) {
	kind, _ := f.Value(keyTokenizer).(string)
	vocab, added := map[string]int{}, []any{}
	for id, token := range tokens {
		if !utf8.ValidString(token) {
			return nil, format.Wrong(format.Damaged, "", "its token %d is not a text of UTF-8", id)
		}
		if types != nil && types[id] == tokenControl {
			added = append(added, map[string]any{"id": id, "content": token, "special": true})
		} else if kind == string(tokenizer.KindChars) {
			token = charName(token)
		}
		if _, twice := vocab[token]; twice {
			return nil, format.Wrong(format.Damaged, "", "its tokenizer has the token %q twice", token)
		}
		vocab[token] = id
	}
	byteLevel := map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": kind != string(tokenizer.KindBytes)}
	var pre, decoder any = byteLevel, byteLevel
	if kind == string(tokenizer.KindChars) {
		pre, merges = nil, nil
		decoder = map[string]any{"type": "Sequence", "decoders": []any{map[string]any{"type": "ByteFallback"}, map[string]any{"type": "Fuse"}}}
	}
	text, err := json.Marshal(map[string]any{
		"version": "1.0", "added_tokens": added, "pre_tokenizer": pre, "decoder": decoder,
		"model": map[string]any{"type": "BPE", "vocab": vocab, "merges": append([]string{}, merges...)},
	})
	if err != nil {
		return nil, fmt.Errorf("write a tokenizer: %w", err)
	}
	return text, nil
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
