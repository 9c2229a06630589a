package lesson

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is read.
const (
	MostBytes = 400 << 10 // of a text
	mostLine  = 2000      // bytes of a line
	mostSteps = 40
)

// Read reads lessons, one or several in a row, each of which begins with a title
// ("# "). Where there are mistakes, there are no lessons.
func Read(text string) ([]Lesson, []Mistake) {
	r := &reader{}
	if len(text) > MostBytes || !utf8.ValidString(text) {
		r.add(1, TooLong, "", "400 kB")
		return nil, r.mistakes
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		r.at++
		if len(line) > mostLine {
			r.add(r.at, TooLong, "", "2000")
			continue
		}
		r.line(strings.TrimSpace(line))
	}
	r.endLesson()
	if len(r.lessons) == 0 && len(r.mistakes) == 0 {
		r.add(1, NoTitle, "")
	}
	if len(r.mistakes) > 0 {
		return nil, r.mistakes
	}
	return r.lessons, nil
}

// reader goes through a text line by line. Where it is, is said by pointers into
// the lesson that it makes.
type reader struct {
	mistakes
	at      int // the line
	lessons []Lesson
	lesson  *Lesson
	step    *Step
	begun   [3]int          // lines of the lesson, the section and the question
	blocks  *[]Block        // that take text; nil: none is allowed
	ask     *Question       // whose choices and explanation are read
	marked  int             // choices of it that are right
	fields  string          // which are allowed: "lesson", "step" or "say", until the first other line
	seen    map[string]bool // fields that were read
	papers  bool            // the teacher's page is read
	fresh   bool            // a new paragraph begins
}

func (r *reader) line(text string) {
	switch title, is := strings.CutPrefix(text, "# "); {
	case text == "":
		r.fresh = true
		if len(r.seen) > 0 {
			r.fields = ""
		}
		return
	case is:
		r.beginLesson(title)
	case r.lesson == nil:
		r.add(r.at, NoTitle, text)
	case strings.HasPrefix(text, "## "):
		r.section(text[3:])
	case strings.HasPrefix(text, "### "):
		r.part(text[4:])
	case r.fields != "" && r.field(text):
	case r.ask != nil && r.choice(text):
	default:
		r.text(text)
	}
	r.fresh = false
}

func (r *reader) beginLesson(title string) {
	r.endLesson()
	r.lesson = &Lesson{Title: title, Number: -1}
	r.begun[0] = r.at
	r.enter("lesson", nil)
}

// enter begins a stretch of fields and text.
func (r *reader) enter(fields string, blocks *[]Block) {
	r.fields, r.blocks, r.seen = fields, blocks, map[string]bool{}
}

// endLesson looks at what a lesson must have.
func (r *reader) endLesson() {
	r.endSection()
	l := r.lesson
	if l == nil {
		return
	}
	if l.Number < 0 {
		r.add(r.begun[0], Missing, "lesson: 1")
	}
	if len(l.Aims) == 0 {
		r.add(r.begun[0], Missing, "## Aims")
	}
	if n := len(l.Steps); n == 0 || n > mostSteps {
		r.add(r.begun[0], Missing, "## Step: …", "1–40")
	}
	r.lessons, r.lesson = append(r.lessons, *l), nil
}

// sections are the headings of a lesson.
var sections = []string{"Aims", "Step: …", "Teacher", "Worksheet"}

func (r *reader) section(title string) {
	r.endSection()
	r.begun[1] = r.at
	l := r.lesson
	step, isStep := strings.CutPrefix(title, "Step: ")
	switch {
	case isStep && step != "":
		l.Steps = append(l.Steps, Step{Title: step})
		r.step = &l.Steps[len(l.Steps)-1]
		r.enter("step", &r.step.Text)
	case title == "Aims":
		r.enter("", &l.Aims)
	case title == "Teacher":
		r.papers = true
		r.enter("", nil)
	case title == "Worksheet":
		r.enter("", &l.Sheet)
	default:
		r.add(r.at, NoSection, title, sections...)
		r.enter("", nil)
	}
}

// endSection looks at what a step must have.
func (r *reader) endSection() {
	r.endQuestion()
	if s := r.step; s != nil {
		if s.Part == "" {
			r.add(r.begun[1], Missing, "part: begin")
		}
		if s.Say != nil && len(s.Say.Text) == 0 {
			r.add(r.begun[1], Missing, "### Say: …")
		}
	}
	r.step, r.papers, r.blocks, r.fields = nil, false, nil, ""
}

// parts are the headings of a step.
var parts = []string{"Predict", "Do", "Say: …", "Check", "Rescue", "Extension"}

func (r *reader) part(title string) {
	r.endQuestion()
	r.begun[2] = r.at
	if r.step == nil {
		r.paper(title)
		return
	}
	s := r.step
	name, says := strings.CutPrefix(title, "Say: ")
	took := false
	switch {
	case says:
		took = s.Say != nil
		s.Say = &Saying{Name: name}
		r.enter("", &s.Say.Text)
	case title == "Predict":
		took = s.Predict != nil
		s.Predict = r.question()
	case title == "Check":
		took = s.Check != nil
		s.Check = r.question()
	case title == "Do":
		r.enter("", &s.Do)
	case title == "Rescue":
		r.enter("", &s.Rescue)
	case title == "Extension":
		r.enter("", &s.Extension)
	default:
		r.add(r.at, NoSection, title, parts...)
		r.enter("", nil)
		return
	}
	if took || r.blocks != nil && len(*r.blocks) > 0 {
		r.add(r.at, Twice, title)
	}
}

// paper begins a part of the teacher's page.
func (r *reader) paper(title string) {
	i := slices.Index(Papers, title)
	if !r.papers || i < 0 {
		r.add(r.at, NoSection, title, Papers...)
		r.enter("", nil)
		return
	}
	if r.enter("", &r.lesson.Paper[i]); len(*r.blocks) > 0 {
		r.add(r.at, Twice, title)
	}
}

// question begins a question.
func (r *reader) question() *Question {
	r.ask, r.marked = &Question{}, 0
	r.enter("", &r.ask.Text)
	return r.ask
}
