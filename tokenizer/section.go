package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// section is an object of tokenizer.json with a type. What is asked of it is
// noted; what nobody asked for is refused by end, unless it says that something
// is off: a key that is not known could change ids.
type section struct {
	where string // for errors: pre_tokenizer.pretokenizers[1]
	kind  string
	keys  map[string]json.RawMessage
	asked map[string]bool
	err   error // the first
}

// readSection reads raw, which is not null.
func readSection(raw json.RawMessage, where string) (*section, error) {
	s := &section{where: where, asked: map[string]bool{}}
	if err := json.Unmarshal(raw, &s.keys); err != nil {
		return nil, fmt.Errorf("%s: it must be an object or null", where)
	}
	s.kind = s.text("type", "")
	return s, s.err
}

func (s *section) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("%s: %w", s.where, fmt.Errorf(format, args...))
	}
}

// get decodes a key into v, and reports false where it is missing or null.
func (s *section) get(key string, v any) bool {
	s.asked[key] = true
	raw, has := s.keys[key]
	if !has || isNull(raw) {
		return false
	}
	if err := json.Unmarshal(raw, v); err != nil {
		s.fail("%s is %s, which cannot be", key, quote(string(raw)))
		return false
	}
	return true
}

func (s *section) text(key, otherwise string) (text string) {
	if !s.get(key, &text) {
		return otherwise
	}
	return text
}

func (s *section) flag(key string, otherwise bool) (flag bool) {
	if !s.get(key, &flag) {
		return otherwise
	}
	return flag
}

func (s *section) count(key string) (n int) {
	if s.get(key, &n) && (n < 0 || n > 1000) {
		s.fail("%s is %d, which cannot be", key, n)
	}
	return n
}

// short is a text that may be put into another many times.
func (s *section) short(key string) string {
	const most = 64
	text := s.text(key, "")
	if len(text) > most {
		s.fail("%s has more than %d bytes", key, most)
	}
	return text
}

// char is a text of one character.
func (s *section) char(key, otherwise string) string {
	text := s.text(key, otherwise)
	if utf8.RuneCountInString(text) != 1 {
		s.fail("%s must be one character", key)
	}
	return text
}

// maxSections is how many steps a sequence may have, and how deep they may lie.
const maxSections = 16

// list calls read for each section of a list.
func (s *section) list(key string, read func(raw json.RawMessage, where string) error) {
	var items []json.RawMessage
	s.get(key, &items)
	if len(items) > maxSections {
		s.fail("%s has %d steps; at most %d are supported", key, len(items), maxSections)
	}
	for i, raw := range items {
		if s.err == nil {
			s.err = read(raw, fmt.Sprintf("%s.%s[%d]", s.where, key, i))
		}
	}
}

// ignores names keys that change no ids.
func (s *section) ignores(keys ...string) {
	for _, key := range keys {
		s.asked[key] = true
	}
}

// pattern reads {"String": …} or {"Regex": …}; plain is the text of a String.
func (s *section) pattern(key string) (p *pattern, plain string) {
	var either struct{ String, Regex *string }
	switch {
	case !s.get(key, &either) || (either.String == nil) == (either.Regex == nil):
		s.fail("%s must be a String or a Regex", key)
	case either.String != nil && *either.String == "":
		return noPattern, ""
	case either.String != nil && len(*either.String) > maxOps:
		s.fail("%s has more than %d bytes", key, maxOps)
	case either.String != nil:
		return literal(*either.String), *either.String
	default:
		p, err := newPattern(*either.Regex)
		if err != nil {
			s.fail("%s: %w", key, err)
		}
		return p, ""
	}
	return noPattern, ""
}

// unsupported refuses a type.
func (s *section) unsupported(why string) {
	s.fail("the type %s is not supported%s", quote(s.kind), why)
}

// end is the first error, or what nobody asked for.
func (s *section) end() error {
	for _, key := range slices.Sorted(maps.Keys(s.keys)) {
		if !s.asked[key] && !isOff(s.keys[key]) {
			s.fail("it has the key %s, which is not known here and could change how text is cut", quote(key))
		}
	}
	return s.err
}

// isOff tells whether a value asks for nothing.
func isOff(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "false", "0", "0.0", `""`, "[]", "{}":
		return true
	}
	return false
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

var errDeep = errors.New("sequences lie in each other too deep")
