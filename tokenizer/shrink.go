package tokenizer

import (
	"errors"
	"maps"
	"slices"
)

// Shrink returns t with the first size of its ids, and the names of the added
// tokens that it has no more: a model may lack rows for tokens that were added to
// its tokenizer later. It fails where text would be cut otherwise.
func Shrink(t Tokenizer, size int) (smaller Tokenizer, names []string, err error) {
	if size < 0 || size > t.Size() {
		panic("tokenizer: Shrink to more than there is")
	}
	switch t := t.(type) {
	case *Chars:
		v, names, err := t.first(size)
		return newChars(v), names, err
	case *Bytes:
		v, names, err := t.first(size)
		return &Bytes{v}, names, err
	case *BPE:
		return t.shrunk(size)
	}
	panic("tokenizer: a kind that cannot be made smaller")
}

var errNeeded = errors.New("tokenizer: a text can have the tokens that should go")

// first is v with the first ids, if the others are special tokens.
func (v *vocabulary) first(size int) (vocabulary, []string, error) {
	smaller := vocabulary{pieces: v.pieces[:size:size], specials: maps.Clone(v.specials)}
	for id := size; id < len(v.pieces); id++ {
		if !v.isSpecial(int32(id)) {
			return vocabulary{}, nil, errNeeded
		}
		delete(smaller.specials, v.pieces[id])
	}
	return smaller, slices.Clone(v.pieces[size:]), nil
}

func (t *BPE) shrunk(size int) (Tokenizer, []string, error) {
	out := *t
	var names []string
	goes := map[int32]bool{}
	out.added = slices.DeleteFunc(slices.Clone(t.added), func(a addedToken) bool {
		if int(a.ID) < size {
			return false
		}
		goes[a.ID] = true
		names = append(names, a.Content)
		return true
	})
	for id := size; id < t.Size(); id++ {
		if t.pieces[id] != "" && !goes[int32(id)] {
			return nil, nil, errNeeded
		}
	}
	if int(t.largest()) >= size {
		return nil, nil, errNeeded
	}
	out.pieces, out.specials = t.pieces[:size:size], maps.Clone(t.specials)
	maps.DeleteFunc(out.specials, func(_ string, id int32) bool { return int(id) >= size })
	if t.names != nil {
		out.names = t.names[:size:size]
	}
	out.find()
	return &out, names, nil
}

// largest is the largest id that a text can get other than as an added token.
func (t *BPE) largest() int32 {
	most := max(t.unknown, slices.Max(t.short[:]), slices.Max(t.fallback[:]))
	for _, id := range t.long {
		most = max(most, id)
	}
	for _, id := range t.whole {
		most = max(most, id)
	}
	for _, r := range t.rules {
		most = max(most, r.id)
	}
	for _, id := range slices.Concat(t.before, t.behind) {
		most = max(most, id)
	}
	return most
}
