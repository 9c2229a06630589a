package tokenizer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// SentencePiece describes a BPE over characters as SentencePiece's "BPE" and
// llama.cpp's "llama" vocabularies have it: spaces are written ▁, a character
// without a token is written as the tokens of its bytes, <0xE2> and so on, and
// two neighbours merge where what they make together is a token. Its score says
// which goes first.
type SentencePiece struct {
	Tokens         []string  // id → token
	Scores         []float32 // of each token, the highest goes first; nil: the lower id does
	Special        []int32   // tokens that only EncodeSpecial gives, such as <s> (control)
	Added          []int32   // tokens that are found in every text before it is cut (user-defined)
	Unknown        int32     // for a character that has no token nor those of its bytes; -1: it is left out
	SpaceBefore    bool      // a text gets a space before it, which Decode leaves out
	Before, Behind []int32   // tokens around a text that stands alone: see Frame
}

// NewSentencePiece makes the tokenizer. WriteJSON writes it as Hugging Face's
// conversion does, which orders merges of equal scores.
func NewSentencePiece(s SentencePiece) (*BPE, error) {
	f, err := s.format()
	if err != nil {
		return nil, err
	}
	ranks := s.merges(&f)
	t, err := f.tokenizer()
	if err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	for p, r := range t.rules {
		t.rules[p] = rule{ranks[r.id], r.id}
	}
	return t, nil
}

// format is s as a tokenizer.json without merges.
func (s *SentencePiece) format() (f format, err error) {
	if len(s.Tokens) > MaxSize || s.Scores != nil && len(s.Scores) != len(s.Tokens) {
		return f, fmt.Errorf("tokenizer: %d tokens, with %d scores; at most %d are supported", len(s.Tokens), len(s.Scores), MaxSize)
	}
	f.Version, f.Model = "1.0", model{Type: "BPE", FuseUnk: true, ByteFallback: true, Vocab: make(table, len(s.Tokens))}
	for id, token := range s.Tokens {
		if other, twice := f.Model.Vocab[token]; twice {
			return f, fmt.Errorf("tokenizer: the tokens %d and %d are both %s", other, id, quote(token))
		}
		f.Model.Vocab[token] = int32(id)
	}
	for _, id := range slices.Concat(s.Special, s.Added, s.Before, s.Behind, []int32{max(s.Unknown, 0)}) {
		if id < 0 || int(id) >= len(s.Tokens) {
			return f, fmt.Errorf("tokenizer: the id %d is named, but there are %d tokens", id, len(s.Tokens))
		}
	}
	if s.Unknown >= 0 {
		f.Model.UnkToken = &s.Tokens[s.Unknown]
	}
	for _, id := range s.Special {
		f.AddedTokens = append(f.AddedTokens, addedToken{ID: id, Content: s.Tokens[id], Special: true})
	}
	for _, id := range s.Added {
		f.AddedTokens = append(f.AddedTokens, addedToken{ID: id, Content: s.Tokens[id]})
	}
	s.around(&f)
	return f, nil
}

// around writes what stands around the model.
func (s *SentencePiece) around(f *format) {
	marks := object{"type": "Replace", "pattern": object{"String": " "}, "content": "▁"}
	spaces := object{"type": "Replace", "pattern": object{"String": "▁"}, "content": " "}
	normalizers, decoders := []any{marks}, []any{spaces, object{"type": "ByteFallback"}, object{"type": "Fuse"}}
	if s.SpaceBefore {
		normalizers = []any{object{"type": "Prepend", "prepend": "▁"}, marks}
		decoders = append(decoders, object{"type": "Strip", "content": " ", "start": 1, "stop": 0})
	}
	f.Normalizer = written(object{"type": "Sequence", "normalizers": normalizers})
	f.Decoder = written(object{"type": "Sequence", "decoders": decoders})
	if len(s.Before)+len(s.Behind) == 0 {
		return
	}
	tokens, single, both := object{}, []any{}, []any{}
	frame := func(ids []int32) {
		for _, id := range ids {
			name := s.Tokens[id]
			tokens[name] = object{"id": name, "ids": []int32{id}, "tokens": []string{name}}
			single = append(single, object{"SpecialToken": object{"id": name, "type_id": 0}})
			both = append(both, object{"SpecialToken": object{"id": name, "type_id": 0}})
		}
	}
	frame(s.Before)
	single = append(single, object{"Sequence": object{"id": "A", "type_id": 0}})
	both = append(both, object{"Sequence": object{"id": "A", "type_id": 0}}, object{"Sequence": object{"id": "B", "type_id": 0}})
	frame(s.Behind)
	f.PostProcessor = written(object{"type": "TemplateProcessing", "single": single, "pair": both, "special_tokens": tokens})
}

type object map[string]any

func written(v any) json.RawMessage {
	text, _ := json.Marshal(v) // maps, texts and numbers: no error
	return text
}

// merges lists all pairs that make a token, in the order of its score, and gives
// the rank of each token: the same for equal scores, of which the leftmost in a
// text goes first.
func (s *SentencePiece) merges(f *format) (ranks []int32) {
	score := func(id int32) float64 {
		if s.Scores == nil {
			return -float64(id)
		}
		return float64(s.Scores[id])
	}
	order := make([]int32, len(s.Tokens))
	for id := range order {
		order[id] = int32(id)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(score(b), score(a)) })
	aside := map[int32]bool{}
	for _, id := range s.Special {
		aside[id] = true
	}
	piece := func(token string) bool {
		id, has := f.Model.Vocab[token]
		_, isByte := byteNamed(token)
		return has && !isByte && !aside[id]
	}
	ranks = make([]int32, len(s.Tokens))
	for i, id := range order {
		if ranks[id] = int32(i); i > 0 && score(id) == score(order[i-1]) {
			ranks[id] = ranks[order[i-1]]
		}
		token := s.Tokens[id]
		if !piece(token) || len(token) > maxPiece {
			continue
		}
		for _, at := range slices.Backward(bounds(token)) {
			if a, b := token[:at], token[at:]; piece(a) && piece(b) && len(f.Model.Merges) < maxMerges {
				f.Model.Merges = append(f.Model.Merges, [2]string{a, b})
			}
		}
	}
	return ranks
}

// maxPiece is how long a token can be that merges make, in bytes.
const maxPiece = 512

// bounds are the places between the characters of a token.
func bounds(token string) (at []int) {
	for i := range token {
		if i > 0 && utf8.RuneStart(token[i]) {
			at = append(at, i)
		}
	}
	return at
}
