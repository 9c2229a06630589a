package tokenizer

import (
	"fmt"
	"slices"
)

// Extend returns t with those of the special tokens that it lacks, whose ids
// come last, in their order; t itself if it has them all. Text is cut as by t.
func Extend(t Tokenizer, specials ...string) (Tokenizer, error) {
	lacking := slices.DeleteFunc(slices.Clone(specials), func(name string) bool {
		_, has := t.Special(name)
		return has
	})
	if len(lacking) == 0 {
		return t, nil
	}
	switch t := t.(type) {
	case *Chars:
		v, err := t.vocabulary.extended(lacking)
		if err != nil {
			return nil, err
		}
		return newChars(v), nil
	case *Bytes:
		v, err := t.vocabulary.extended(lacking)
		if err != nil {
			return nil, err
		}
		return &Bytes{v}, nil
	case *BPE:
		return t.extended(lacking)
	}
	panic("tokenizer: a kind that cannot be extended")
}

// extended is a copy of t with more special tokens.
func (t *BPE) extended(names []string) (Tokenizer, error) {
	v, err := t.vocabulary.extended(names)
	if err != nil {
		return nil, err
	}
	larger := *t
	larger.vocabulary, larger.added = v, slices.Clone(t.added)
	for _, name := range names {
		larger.added = append(larger.added, addedToken{ID: v.specials[name], Content: name, Special: true})
	}
	if t.names != nil {
		larger.names = append(slices.Clone(t.names), names...)
	}
	larger.find()
	return &larger, nil
}

// extended is a copy of v with more special tokens.
func (v *vocabulary) extended(names []string) (vocabulary, error) {
	if n := len(v.pieces) + len(names); n > MaxSize {
		return vocabulary{}, fmt.Errorf("tokenizer: %d tokens with the special ones, but at most %d are supported", n, MaxSize)
	}
	larger := vocabulary{pieces: slices.Clone(v.pieces)}
	if err := larger.addSpecials(names); err != nil {
		return vocabulary{}, err
	}
	for name, id := range v.specials {
		larger.specials[name] = id
	}
	return larger, nil
}
