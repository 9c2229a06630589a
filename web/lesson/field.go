package lesson

import (
	"slices"
	"strconv"
	"strings"
)

// The fields "name: value" of a lesson and of a step, which stand below its
// heading.

var lessonFields, stepFields = []string{"lesson", "minutes"}, []string{"part", "station", "model", "open", "point", "set", "done", "saved", "recall"}

// field reads a line as a field. It reports false where it is none, with which the
// fields end.
func (r *reader) field(text string) bool {
	name, value, is := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	if !is || value == "" || strings.ContainsAny(name, " \t*`") {
		r.fields = ""
		return false
	}
	names := lessonFields
	if r.fields == "step" {
		names = stepFields
	}
	switch {
	case !slices.Contains(names, name):
		r.add(r.at, NoField, name, names...)
	case r.seen[name] && name != "set":
		r.add(r.at, Twice, name)
	case r.fields == "step":
		r.stepField(name, value)
	case name == "lesson":
		r.lesson.Number = r.number(value, 0, 99)
	default:
		r.minutes(value)
	}
	r.seen[name] = true
	return true
}

func (r *reader) stepField(name, value string) {
	s := r.step
	switch name {
	case "part":
		s.Part = r.oneOf(value, Parts)
	case "station":
		s.Station = r.oneOf(value, Stations)
	case "model":
		s.Model = r.oneOf(value, append([]string{Base}, Saved...))
	case "point":
		s.Point = r.oneOf(value, slices.Concat(Controls, Views))
	case "open":
		for word := range strings.FieldsSeq(value) {
			s.Open = append(s.Open, r.oneOf(word, Controls))
		}
	case "set":
		r.set(value)
	case "done":
		deed, times, several := strings.Cut(value, " ")
		s.Done = Done{r.oneOf(deed, Deeds), 1}
		if several {
			s.Done.N = r.number(times, 1, 1_000_000)
		}
	case "saved":
		s.Saved = r.oneOf(value, Saved)
	case "recall":
		s.Recall = strings.Fields(value)
	}
}

// set reads "name = value" of what is set.
func (r *reader) set(value string) {
	key, to, is := strings.Cut(value, "=")
	if key = strings.TrimSpace(key); !is || key == "" {
		r.add(r.at, NotAllowed, value, "preset = quick")
		return
	}
	if r.step.Set == nil {
		r.step.Set = map[string]string{}
	}
	if _, twice := r.step.Set[key]; twice {
		r.add(r.at, Twice, key)
	}
	r.step.Set[key] = strings.TrimSpace(to)
}

// minutes reads "5 + 30 + 10".
func (r *reader) minutes(value string) {
	parts := strings.Split(value, "+")
	if len(parts) != len(r.lesson.Minutes) {
		r.add(r.at, NotNumber, value, "5 + 30 + 10")
		return
	}
	for i, part := range parts {
		r.lesson.Minutes[i] = r.number(strings.TrimSpace(part), 0, 600)
	}
}

func (r *reader) number(text string, least, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		r.add(r.at, NotNumber, text, strconv.Itoa(least)+"–"+strconv.Itoa(most))
		return least
	}
	return n
}

func (r *reader) oneOf(word string, words []string) string {
	if !slices.Contains(words, word) {
		r.add(r.at, NotAllowed, word, words...)
		return ""
	}
	return word
}
