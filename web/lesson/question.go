package lesson

import "strings"

// choice reads a line of a question that is a choice or a part of its
// explanation. It reports false where it is neither.
func (r *reader) choice(text string) bool {
	q := r.ask
	if why, is := strings.CutPrefix(text, ">"); is {
		q.Because = fold(q.Because, strings.TrimSpace(why), r.fresh)
		return true
	}
	says, wrong := strings.CutPrefix(text, "- [ ] ")
	if !wrong {
		var right bool
		if says, right = strings.CutPrefix(text, "- [x] "); !right {
			return false
		}
		q.Right = len(q.Choices)
		r.marked++
	}
	q.Choices = append(q.Choices, spans(says))
	return true
}

// endQuestion looks at what a question must have.
func (r *reader) endQuestion() {
	if q := r.ask; q != nil && (len(q.Text) == 0 || len(q.Choices) < 2 || len(q.Choices) > 5 || r.marked != 1 || len(q.Because) == 0) {
		r.add(r.begun[2], BadQuestion, "")
	}
	r.ask = nil
}

// text takes a line that is neither a heading, a field nor a choice.
func (r *reader) text(text string) {
	r.fields = ""
	if r.blocks == nil || r.ask != nil && len(r.ask.Choices) > 0 {
		r.add(r.at, Lost, text)
		return
	}
	*r.blocks = fold(*r.blocks, text, r.fresh)
}
