package tokenizer

import (
	"encoding/json"
	"strings"
)

// scan goes through the items of a list or an object of valid JSON, of which large
// vocabularies have hundreds of thousands: a decoder takes ten times as long.
type scan struct {
	text string
	at   int
}

// next is the byte that the next item, or the end, begins with.
func (s *scan) next() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			return c
		}
	}
	return 0
}

// pass reports whether c is next, and passes it.
func (s *scan) pass(c byte) bool {
	is := s.next() == c
	if is {
		s.at++
	}
	return is
}

// string is the text that is next, false where something else is. It is a part of what
// is scanned where nothing in it is escaped.
func (s *scan) string() (text string, is bool) {
	if s.next() != '"' {
		return "", false
	}
	begin, escaped := s.at, false
	for s.at++; s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] == '\\' {
			escaped = true
			s.at++
		}
	}
	s.at++
	if escaped {
		return text, json.Unmarshal([]byte(s.text[begin:s.at]), &text) == nil
	}
	return s.text[begin+1 : s.at-1], true
}

// mostDigits are those that an id may have to be read here.
const mostDigits = 9

// id is the number that is next.
func (s *scan) id() (id int32, err error) {
	s.next()
	begin := s.at
	for ; s.at-begin < mostDigits && s.text[s.at] >= '0' && s.text[s.at] <= '9'; s.at++ {
		id = 10*id + int32(s.text[s.at]-'0')
	}
	if s.at > begin && strings.IndexByte(" \t\r\n,}", s.text[s.at]) >= 0 {
		return id, nil
	}
	dec := json.NewDecoder(strings.NewReader(s.text[begin:])) // says what it is
	err = dec.Decode(&id)
	s.at = begin + int(dec.InputOffset())
	return id, err
}
