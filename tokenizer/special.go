package tokenizer

import (
	"fmt"
	"strings"
)

// addSpecials gives each name an id after the pieces.
func (v *vocabulary) addSpecials(names []string) error {
	v.specials = make(map[string]int32, len(names))
	for _, name := range names {
		if err := checkSpecial(name); err != nil {
			return err
		}
		if _, ok := v.specials[name]; ok {
			return fmt.Errorf("tokenizer: special token %s is given twice", quote(name))
		}
		v.specials[name] = int32(len(v.pieces))
		v.pieces = append(v.pieces, name)
	}
	return nil
}

// checkSpecial lets a name through that no piece of any kind can ever equal in
// tokenizer.json, where both stand in one table: plain ASCII that the split rule
// cuts in two or more, and not like <0xFF>, the name of a byte.
func checkSpecial(name string) error {
	plain := len(name) > 0 && len(name) <= 64
	for i := range len(name) {
		plain = plain && name[i] > ' ' && name[i] < 0x7F
	}
	if !plain || nextPreToken([]byte(name)) == len(name) || strings.HasPrefix(name, "<0x") {
		return fmt.Errorf("tokenizer: %s cannot name a special token: "+
			"use up to 64 ASCII letters, digits and marks without spaces, as in <|endoftext|>", quote(name))
	}
	return nil
}

// encodeSpecial encodes the text between special tokens with encode.
func (v *vocabulary) encodeSpecial(text []byte, encode func([]byte) []int32) []int32 {
	if len(v.specials) == 0 {
		return encode(text)
	}
	var starts [256]bool // first bytes of names
	for name := range v.specials {
		starts[name[0]] = true
	}
	var ids []int32
	plain := 0 // start of the text not yet encoded
	for i := 0; i < len(text); {
		name := ""
		if starts[text[i]] {
			name = v.specialAt(text[i:])
		}
		if name == "" {
			i++
			continue
		}
		ids = append(ids, encode(text[plain:i])...)
		ids = append(ids, v.specials[name])
		i += len(name)
		plain = i
	}
	return append(ids, encode(text[plain:])...)
}

// specialAt gives the longest name that text starts with, "" if none.
func (v *vocabulary) specialAt(text []byte) string {
	longest := ""
	for name := range v.specials {
		if len(name) > len(longest) && len(name) <= len(text) && string(text[:len(name)]) == name {
			longest = name
		}
	}
	return longest
}
