package ui

import (
	"slices"
	"strconv"
	"strings"

	"hornbook/web/lesson"
	"hornbook/web/protocol"
)

// Learn is the station of lessons: which there are, the papers of each, and the one
// that is taken (guide.go).
type Learn struct {
	desk
	guide
	Lessons  []lesson.Lesson // in the page's language; nil until they are fetched
	Lost     bool            // they could not be
	Own      []lesson.Lesson // of a file that was dropped on the page
	Wrong    []lesson.Mistake
	WrongIn  string // the file of those
	Paper    string // what is read: "teacher", "sheet", or "" for the list
	of       int    // the lesson of that paper
	language string // that was asked for
	copied   int    // the lesson whose link was copied, or none
}

// ownLesson is the name by which the browser keeps a lesson of one's own.
const ownLesson = "lesson"

// MostLesson is how many bytes of lessons are read.
const MostLesson = lesson.MostBytes

// lessonEnd ends the names of files that lessons are kept in.
const lessonEnd = ".lesson.md"

// IsLesson tells whether a file is a lesson, by its name.
func IsLesson(name string) bool { return strings.HasSuffix(strings.ToLower(name), lessonEnd) }

func newLearn(p *Page) *Learn {
	return &Learn{desk: desk{p, Place{"learn", "learn"}}, copied: none, guide: guide{number: none, said: map[string]string{}}}
}

// Stand says which lesson is taken.
func (t *Learn) Stand() Stand {
	if l := t.lesson(); l != nil {
		return Stand{Says: l.Title}
	}
	return Stand{Says: t.Page.W.Say("learn_stand")}
}

// Apply counts what is done in a lesson.
func (t *Learn) Apply(e protocol.Event) { t.count(e) }

// Lessons are fetched when they are needed first, and in another language.

// fetch asks for the lessons, unless they are there.
func (t *Learn) fetch() {
	if now := t.Page.W.Language; t.language != now {
		t.language, t.Lost = now, false
		t.Page.Host.Fetch("lessons/" + now + ".md")
	}
	if t.Own == nil {
		t.Own, _ = lesson.Read(t.Page.Host.Recall(ownLesson))
	}
}

// Fetched takes over a file that was asked for, "" where it could not be had.
func (p *Page) Fetched(name, text string) {
	t := of[*Learn](p)
	if of[*Inside](p).fetched(name, text) || name != "lessons/"+p.W.Language+".md" {
		return // of a language that is not wanted any more
	}
	lessons, wrong := lesson.Read(text)
	if len(wrong) > 0 {
		t.Lost, t.language = true, ""
		return
	}
	t.Lessons = lessons
	t.arrive()
}

// all are the lessons; one's own stand for those of the same number.
func (t *Learn) all() []lesson.Lesson {
	if len(t.Own) == 0 {
		return t.Lessons
	}
	all := slices.Clone(t.Lessons)
	for _, own := range t.Own {
		i := slices.IndexFunc(all, func(l lesson.Lesson) bool { return l.Number == own.Number })
		if i < 0 {
			all = append(all, own)
		} else {
			all[i] = own
		}
	}
	return all
}

// numbered is the lesson of a number, nil for none.
func (t *Learn) numbered(n int) *lesson.Lesson {
	for _, list := range [][]lesson.Lesson{t.Own, t.Lessons} {
		for i := range list {
			if list[i].Number == n {
				return &list[i]
			}
		}
	}
	return nil
}

// OpenLesson takes a file of lessons that was dropped or chosen, and tells of its
// mistakes by their lines.
func (p *Page) OpenLesson(name, content string) {
	t := of[*Learn](p)
	of[*Text](p).reading = false
	p.visit("learn")
	t.Paper = ""
	lessons, wrong := lesson.Read(content)
	t.Wrong, t.WrongIn = wrong, name
	if len(wrong) > 0 {
		p.Host.Say(t.wrongSays())
		return
	}
	t.Own = lessons
	p.Host.Remember(ownLesson, content)
	p.Host.Say(t.ownSays())
}

// LeaveOwn forgets the lessons of one's own.
func (t *Learn) LeaveOwn() {
	t.Own, t.Wrong = nil, nil
	t.Page.Host.Remember(ownLesson, "")
}

// ownSays names the lessons of one's own, "" for none.
func (t *Learn) ownSays() string {
	var titles []string
	for _, l := range t.Own {
		titles = append(titles, l.Title)
	}
	if len(titles) == 0 {
		return ""
	}
	return t.Page.W.Say("learn_own", "list", t.Page.W.List(titles...))
}

func (t *Learn) wrongSays() string {
	return t.Page.W.Say("learn_wrong", "name", t.WrongIn, "n", len(t.Wrong))
}

// mistakeSays is a mistake with its line.
func (t *Learn) mistakeSays(m lesson.Mistake) string {
	w := t.Page.W
	return w.Say("learn_line", "line", m.Line) + " " + w.Say("lesson_wrong_"+m.Code, "got", firstRunes(m.Got, 60), "want", m.Want)
}

// What is said of a lesson in the list.

func (t *Learn) name(l *lesson.Lesson) string { return t.Page.W.Count(l.Number) + ". " + l.Title }

func (t *Learn) takes(l *lesson.Lesson) string {
	return t.Page.W.Say("learn_minutes", "n", l.Minutes[0]+l.Minutes[1]+l.Minutes[2])
}

func (t *Learn) beginSays(l *lesson.Lesson) string {
	if t.said[doneKey(l.Number)] != "" {
		return t.Page.W.Say("learn_again")
	}
	return t.Page.W.Say("learn_begin")
}

func (t *Learn) linkSays(n int) string {
	if t.copied == n {
		return t.Page.W.Say("link_copied")
	}
	return t.Page.W.Say("learn_link")
}

// CopyClassLink puts an address on the clipboard that opens a lesson and nothing
// else.
func (t *Learn) CopyClassLink(n int) {
	t.copied = n
	t.Page.Host.CopyLink("?lesson=" + strconv.Itoa(n) + "&locked=1")
	t.Page.Host.Say(t.Page.W.Say("link_copied"))
}

// Papers.

// Read opens a paper of a lesson, "" the list.
func (t *Learn) Read(paper string, n int) {
	t.Paper, t.of = paper, n
	if t.Paper == "" {
		t.Page.Host.Focus("learn-title")
		return
	}
	t.Page.Host.Focus("paper-title")
}

// paperOf is the lesson whose paper is open, nil for none.
func (t *Learn) paperOf() *lesson.Lesson {
	if t.Paper == "" {
		return nil
	}
	return t.numbered(t.of)
}

// questions are those of a lesson that have an answer.
func questions(l *lesson.Lesson) (list []*lesson.Question) {
	for i := range l.Steps {
		for _, q := range []*lesson.Question{l.Steps[i].Predict, l.Steps[i].Check} {
			if q != nil {
				list = append(list, q)
			}
		}
	}
	return list
}

// extension is what is for those who are done early.
func extension(l *lesson.Lesson) (blocks []lesson.Block) {
	for _, s := range l.Steps {
		blocks = append(blocks, s.Extension...)
	}
	return blocks
}

func (t *Learn) timing(l *lesson.Lesson) string {
	w := t.Page.W
	return w.Say("learn_timing", "begin", w.Count(l.Minutes[0]), "do", w.Count(l.Minutes[1]), "close", w.Count(l.Minutes[2]))
}

// Keep writes down what was answered, and where one is.
func (t *Learn) Keep(x Experiment) {
	if t.number != none {
		x.put(here+"lesson", strconv.Itoa(t.number))
		x.put(here+"lesson_step", strconv.Itoa(t.at))
		x.put(here+"lesson_before", t.before.String())
	}
	for key, text := range t.said {
		x.put(saidKey+key, text)
	}
	if t.Paper != "" {
		x.put(here+"paper", t.Paper+" "+strconv.Itoa(t.of))
	}
}

const saidKey = here + "said."

// Restore takes it over.
func (t *Learn) Restore(x Experiment) {
	for key, text := range x {
		if name, is := strings.CutPrefix(key, saidKey); is {
			t.said[name] = text
			delete(x, key)
		}
	}
	if text, is := x.take(here + "paper"); is {
		paper, number, _ := strings.Cut(text, " ")
		t.Paper = paper
		t.of, _ = strconv.Atoi(number)
	}
	number, is := x.take(here + "lesson")
	at, _ := x.take(here + "lesson_step")
	before, began := x.take(here + "lesson_before")
	if n, err := strconv.Atoi(number); is && err == nil && (t.number == none || t.number == n) {
		t.number = n
		t.at, _ = strconv.Atoi(at)
		t.asked = false
		if began {
			_, t.before = ReadAddress("?" + before)
		}
		t.fetch()
	}
	if t.Page.Open == t.place.ID {
		t.fetch()
	}
}

func (t *Learn) lessonID(n int) string { return "lesson-" + strconv.Itoa(n) }

// labelled names a button of a lesson for a screen reader.
func (t *Learn) labelled(button string, l *lesson.Lesson) string {
	return t.Page.W.Say("model_named", "button", button, "model", l.Title)
}
