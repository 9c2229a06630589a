package ui

import (
	"strconv"
	"strings"

	"hornbook/web/lesson"
)

// What was answered in lessons: kept here, and taken along as a file.

func doneKey(number int) string { return strconv.Itoa(number) + ".done" }

// saidAt names an answer of this step.
func (t *Learn) saidAt(what string) string {
	return strconv.Itoa(t.number) + "." + strconv.Itoa(t.at) + "." + what
}

// answer is which choice was taken, -1 for none yet.
func (t *Learn) answer(what string) int { return t.answerAt(t.saidAt(what)) }

func (t *Learn) answerAt(key string) int {
	n, err := strconv.Atoi(t.said[key])
	if err != nil {
		return -1
	}
	return n
}

// Choose answers a question; once the answer is revealed it stays.
func (t *Learn) Choose(what string, choice int) {
	if t.shut(what) {
		return
	}
	t.said[t.saidAt(what)] = strconv.Itoa(choice)
	switch s := t.step(); {
	case what == "check":
		t.Page.Host.Say(t.verdict(what, s.Check, choice))
	case s.Done.Deed == "":
		t.Page.Host.Say(t.verdict(what, s.Predict, choice))
	}
}

// shut tells whether a question can be answered no more.
func (t *Learn) shut(what string) bool {
	return t.answer(what) >= 0 && (what == "check" || t.isDone())
}

// mostTold is how much can be said to a question without a right answer.
const mostTold = 400

// Tell takes down what a person says.
func (t *Learn) Tell(name, text string) { t.said[name] = firstRunes(text, mostTold) }

// verdict compares an answer with the right one.
func (t *Learn) verdict(what string, q *lesson.Question, choice int) string {
	switch {
	case choice == q.Right && what == "check":
		return t.Page.W.Say("learn_right")
	case choice == q.Right:
		return t.Page.W.Say("learn_hit")
	}
	return t.Page.W.Say("learn_off", "right", q.Choices[q.Right].Plain())
}

// SaveAnswers hands what was answered to the browser as a file.
func (t *Learn) SaveAnswers() {
	t.Page.Host.Save("answers.md", "text/markdown", t.answersText())
}

// answersText is that file.
func (t *Learn) answersText() string {
	var out strings.Builder
	for _, l := range t.all() {
		head := "# " + t.name(&l) + "\n"
		for i, s := range l.Steps {
			key := strconv.Itoa(l.Number) + "." + strconv.Itoa(i) + "."
			var lines string
			for _, q := range []struct {
				what string
				of   *lesson.Question
			}{{"predict", s.Predict}, {"check", s.Check}} {
				if n := t.answerAt(key + q.what); q.of != nil && n >= 0 && n < len(q.of.Choices) {
					lines += lesson.Plain(q.of.Text) + "\n\n- " + q.of.Choices[n].Plain() + "\n- " + t.verdict(q.what, q.of, n) + "\n\n"
				}
			}
			if s.Say != nil && t.said[s.Say.Name] != "" {
				lines += lesson.Plain(s.Say.Text) + "\n\n- " + t.said[s.Say.Name] + "\n\n"
			}
			if lines != "" {
				out.WriteString(head + "\n## " + s.Title + "\n\n" + lines)
				head = ""
			}
		}
	}
	return out.String()
}

// hasAnswers tells whether there are any.
func (t *Learn) hasAnswers() bool { return len(t.said) > 0 }

// What was said, laid side by side.

func (t *Learn) recallTitle(i int) string {
	if i == 0 {
		return t.Page.W.Say("learn_then")
	}
	return t.Page.W.Say("learn_now")
}

func (t *Learn) recalled(name string) string {
	if text := t.said[name]; text != "" {
		return text
	}
	return t.Page.W.Say("learn_unsaid")
}
