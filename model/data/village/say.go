package village

import "strings"

// A form is a sentence, or a few, with choices and references:
//
//	{a} [ran|walked|hurried] {p.to}.|{a} went {p.to} [very |]early.
//
// Alternatives are parted by |, a choice inside a sentence stands in brackets,
// and a reference in braces names who or what is meant by its key and how:
// see refer.go. Everything else is told as it stands.

// say tells one of the forms.
func (s *story) say(forms string) { s.tell(forms, nil) }

// tell is say with the entities that {1}, {2} and {3} stand for; it says
// nothing where there is no form.
func (s *story) tell(forms string, args []any) {
	if forms == "" {
		return
	}
	s.args = args
	s.form = s.expand(s.form[:0], forms)
	if len(s.out) > 0 {
		s.out = append(s.out, ' ')
	}
	s.capital = true
	s.write(string(s.form))
}

// expand appends form to dst with every choice made.
func (s *story) expand(dst []byte, form string) []byte {
	form = s.alternative(form)
	for i := 0; i < len(form); i++ {
		if form[i] != '[' {
			dst = append(dst, form[i])
			continue
		}
		end := i + closing(form[i:])
		dst = s.expand(dst, form[i+1:end])
		i = end
	}
	return dst
}

// alternative picks one of the parts of form that | divides outside brackets.
func (s *story) alternative(form string) string {
	if strings.IndexByte(form, '|') < 0 {
		return form
	}
	var cuts [64]int
	n, depth := 0, 0
	for i := 0; i < len(form); i++ {
		switch form[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '|':
			if depth == 0 {
				cuts[n] = i
				n++
			}
		}
	}
	if n == 0 {
		return form
	}
	cuts[n] = len(form)
	k := s.rng.IntN(n + 1)
	if k == 0 {
		return form[:cuts[0]]
	}
	return form[cuts[k-1]+1 : cuts[k]]
}

// closing is the index of the ] that closes the [ at form[0].
func closing(form string) int {
	depth := 0
	for i := 0; i < len(form); i++ {
		switch form[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	panic("village: a [ without ] in " + form)
}

// write tells text: references are resolved, sentences get their capitals, and
// who was mentioned is kept for the pronouns of the next sentence.
func (s *story) write(text string) {
	s.quoted = false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '{':
			end := strings.IndexByte(text[i:], '}')
			s.put(s.refer(text[i+1 : i+end]))
			i += end
		case '"':
			s.quote(text, i)
		case '.', '!', '?':
			s.out = append(s.out, c)
			if !s.quoted {
				s.endSentence()
			}
		default:
			s.put(text[i : i+1])
		}
	}
	s.endSentence()
}

// put appends words, with a capital where a sentence starts.
func (s *story) put(words string) {
	if words == "" {
		return
	}
	at := len(s.out)
	s.out = append(s.out, words...)
	if c := words[0]; s.capital && c != ' ' {
		if 'a' <= c && c <= 'z' {
			s.out[at] = c - 'a' + 'A'
		}
		s.capital = false
	}
}

// quote opens or closes the quotation mark at text[i]. A quotation that ends
// with its own stop and is not followed by "said …" ends the sentence.
func (s *story) quote(text string, i int) {
	s.out = append(s.out, '"')
	s.quoted = !s.quoted
	if s.quoted {
		s.capital = !strings.HasSuffix(text[:i], ", ") // a speech that goes on
		return
	}
	s.capital = false
	stop := strings.IndexByte(".!?", text[i-1]) >= 0
	if stop && i+2 < len(text) && !('a' <= text[i+2] && text[i+2] <= 'z') {
		s.endSentence()
	}
}

// endSentence makes the current mentions those of the sentence before.
func (s *story) endSentence() {
	s.capital = true
	if len(s.now) == 0 {
		return
	}
	for _, m := range s.before {
		if p, ok := m.of.(*person); ok && !s.mentioned(s.now, p) {
			p.run = 0
		}
	}
	s.before, s.now = s.now, s.before[:0]
}
