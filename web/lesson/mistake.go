package lesson

import (
	"strconv"
	"strings"
)

// A Mistake is what is wrong in a line. Code is one of Codes; what a person reads
// of it stands in the catalogue.
type Mistake struct {
	Line      int // from 1
	Code      string
	Got, Want string // what stands there, and what may
}

// Codes of mistakes.
const (
	NoTitle     = "title"    // the text does not begin with "# " and a title
	NoSection   = "section"  // no such heading here
	NoField     = "field"    // no such field here
	NotAllowed  = "word"     // a field's value is none of those that it may have
	Twice       = "twice"    // it stood there before
	Missing     = "missing"  // a heading lacks a part
	NotNumber   = "number"   // a number should stand there
	BadQuestion = "question" // choices: two to five, one of them right, and an explanation
	Lost        = "lost"     // a line where none can be
	TooLong     = "long"     // more characters than are read
)

// Codes are all of them.
var Codes = []string{NoTitle, NoSection, NoField, NotAllowed, Twice, Missing, NotNumber, BadQuestion, Lost, TooLong}

// Error is the mistake for those who write lessons by a program.
func (m Mistake) Error() string {
	text := "line " + strconv.Itoa(m.Line) + ": " + m.Code
	if m.Got != "" {
		text += ": " + strconv.Quote(m.Got)
	}
	if m.Want != "" {
		text += ", want " + m.Want
	}
	return text
}

// mistakes are those of a text, at most so many.
type mistakes []Mistake

const mostMistakes = 20

func (m *mistakes) add(line int, code, got string, want ...string) {
	if len(*m) < mostMistakes {
		*m = append(*m, Mistake{line, code, got, strings.Join(want, ", ")})
	}
}
