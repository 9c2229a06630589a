package lesson

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// languages are those that there are lessons in; the first is the one that the
// others are translated from.
var languages = []string{"en", "de", "es", "ar"}

// ours are the lessons of a language, in order.
func ours(t *testing.T, language string) (lessons []Lesson) {
	t.Helper()
	paths, err := filepath.Glob("lessons/" + language + "/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: there are no lessons (%v)", language, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read, wrong := Read(string(text))
		for _, m := range wrong {
			t.Errorf("%s: %v", path, m)
		}
		lessons = append(lessons, read...)
	}
	return lessons
}

// There are a tour and six lessons, and each has all that a teacher needs: a
// question before it is revealed, checks, a way on for those for whom it does not
// work, something for those who are done early, and papers.
func TestOurLessons(t *testing.T) {
	lessons := ours(t, "en")
	if len(lessons) != 7 {
		t.Fatalf("there are %d lessons", len(lessons))
	}
	for i, l := range lessons {
		if l.Number != i {
			t.Errorf("lesson %d stands at %d", l.Number, i)
		}
		predicts, checks, rescues, extends := 0, 0, 0, 0
		for _, s := range l.Steps {
			if s.Predict != nil {
				predicts++
			}
			if s.Check != nil {
				checks++
			}
			if len(s.Extension) > 0 {
				extends++
			}
			if len(s.Rescue) > 0 {
				rescues++
			}
			if s.Done.Deed == "trained" && len(s.Rescue) == 0 {
				t.Errorf("lesson %d: %q waits for a run and has no rescue", i, s.Title)
			}
			if s.Done.Deed == "trained" && (s.Saved == "") != (i == 6) {
				t.Errorf("lesson %d: %q waits for a run and has the saved model %q", i, s.Title, s.Saved)
			}
			if s.Done.Deed != "" && len(s.Do) == 0 {
				t.Errorf("lesson %d: %q waits for something and does not say for what", i, s.Title)
			}
		}
		if i == 0 {
			continue
		}
		if predicts < 1 || checks < 2 || rescues < 1 || extends != 1 || l.Minutes != [3]int{5, 30, 10} {
			t.Errorf("lesson %d has %d predictions, %d checks, %d rescues, %d extensions, %v minutes", i, predicts, checks, rescues, extends, l.Minutes)
		}
		for k, paper := range l.Paper {
			if len(paper) == 0 {
				t.Errorf("lesson %d lacks %s", i, Papers[k])
			}
		}
		if len(l.Sheet) == 0 {
			t.Errorf("lesson %d has no worksheet", i)
		}
	}
}

// The same question stands before the first lesson and after the last, and the two
// answers are laid side by side.
func TestOpenQuestion(t *testing.T) {
	for _, language := range languages {
		lessons := ours(t, language)
		first, last := lessons[1].Steps, lessons[6].Steps
		before, after, end := first[0].Say, last[len(last)-2].Say, last[len(last)-1].Recall
		if before == nil || after == nil || Plain(before.Text) != Plain(after.Text) || !slices.Equal(end, []string{before.Name, after.Name}) {
			t.Errorf("%s: it asks %v and %v, and recalls %v", language, before, after, end)
		}
	}
}

// shape is what of a lesson is the same in all languages.
func shape(l Lesson) (lines []string) {
	add := func(what string, of any) { lines = append(lines, what+" "+fmt.Sprint(of)) }
	add("lesson", []any{l.Number, l.Minutes, len(l.Aims), kinds(l.Sheet)})
	for k := range l.Paper {
		add(Papers[k], kinds(l.Paper[k]))
	}
	for i, s := range l.Steps {
		add("step "+strconv.Itoa(i+1), []any{s.Part, s.Station, s.Model, s.Open, s.Point, s.Set, s.Done, s.Saved, s.Recall,
			len(s.Do) > 0, len(s.Rescue) > 0, kinds(s.Extension), s.Say != nil})
		for _, q := range []*Question{s.Predict, s.Check} {
			if q != nil {
				add("question of step "+strconv.Itoa(i+1), []any{len(q.Choices), q.Right})
			}
		}
	}
	return lines
}

func kinds(blocks []Block) (list []string) {
	for _, b := range blocks {
		list = append(list, b.Kind+b.Mark+strconv.Itoa(len(b.Cells)))
	}
	return list
}

// Each language has the same lessons: the same steps, choices, settings and papers.
func TestLanguages(t *testing.T) {
	english := ours(t, "en")
	for _, language := range languages[1:] {
		lessons := ours(t, language)
		if len(lessons) != len(english) {
			t.Errorf("%s has %d lessons", language, len(lessons))
			continue
		}
		for i := range lessons {
			want, got := shape(english[i]), shape(lessons[i])
			if !slices.Equal(got, want) {
				for k := range min(len(got), len(want)) {
					if got[k] != want[k] {
						t.Errorf("%s, lesson %d:\n%s\nEnglish:\n%s", language, i, got[k], want[k])
					}
				}
				if len(got) != len(want) {
					t.Errorf("%s, lesson %d has %d parts, English %d", language, i, len(got), len(want))
				}
			}
		}
	}
}

// humans are words for what only people do; a model predicts.
var humans = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)\bthink|\bthought|\bbeliev`),
	"de": regexp.MustCompile(`(?i)denk|dacht\b|glaub|überleg`),
	"es": regexp.MustCompile(`(?i)piens|\bpensa|\bpensó|\bcree\b|\bcreer|opina`),
	"ar": regexp.MustCompile(`فكّر|يفكر|تفكير|فكر |يظن|يعتقد`),
}

// Words say that a model predicts, and never that it thinks.
func TestPredicts(t *testing.T) {
	says := map[string]string{"en": "predict", "de": "vorher", "es": "predi", "ar": "توق"}
	for _, language := range languages {
		paths, _ := filepath.Glob("lessons/" + language + "/*.md")
		predicts := 0
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			predicts += strings.Count(string(text), says[language])
			for n, line := range strings.Split(string(text), "\n") {
				if found := humans[language].FindString(line); found != "" {
					t.Errorf("%s:%d says %q", path, n+1, found)
				}
			}
		}
		if predicts < 10 {
			t.Errorf("%s speaks of predictions %d times", language, predicts)
		}
	}
}

// A sentence is short enough for a pupil, and no key of the form was translated.
func TestSentences(t *testing.T) {
	end := regexp.MustCompile(`[.?!:;؟؛…]["”“»)*]*(\s|$)`)
	for _, language := range languages {
		for _, l := range ours(t, language) {
			for _, s := range l.Steps {
				blocks := slices.Concat(s.Text, s.Do, s.Rescue)
				for _, q := range []*Question{s.Predict, s.Check} {
					if q != nil {
						blocks = slices.Concat(blocks, q.Text, q.Because)
					}
				}
				for _, b := range blocks {
					for _, sentence := range end.Split(b.Line.Plain(), -1) {
						if n := len(strings.Fields(sentence)); n > 32 {
							t.Errorf("%s, lesson %d, %q: a sentence of %d words: %s", language, l.Number, s.Title, n, sentence)
						}
					}
				}
			}
		}
	}
}
