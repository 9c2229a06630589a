package lesson

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const whole = `# Guess

lesson: 3
minutes: 5 + 30 + 10

## Aims

- To guess
  in two lines.
- To **look**.

## Step: Begin
part: begin
station: try
open: prompt next
point: next
set: prompt = Tom = had
set: temperature = 0
done: added 3
saved: answers

First words,
second words.

A list:
- one
2. two

### Predict

What comes?

- [ ] this
- [x] that
- [ ] ` + "`it`" + `

> Because.
>
> So.

### Do

Press it.

### Check

Sure?
- [x] yes
- [ ] no
> Yes.

### Rescue

Go on.

### Extension

More.

## Step: Last
part: close
recall: a b

### Say: b

Why?

## Teacher

### Materials

Paper.

### Trouble

None.

## Worksheet

1. Write:

____

| a | b |
| | |
`

func text(words string) Block { return Block{Kind: "text", Line: Line{{Text: words}}} }

func TestRead(t *testing.T) {
	lessons, wrong := Read(whole + "\n# Another\nlesson: 4\n## Aims\n- x\n## Step: s\npart: do\n")
	if len(wrong) > 0 || len(lessons) != 2 {
		t.Fatalf("%d lessons, %v", len(lessons), wrong)
	}
	l := lessons[0]
	if l.Number != 3 || l.Title != "Guess" || l.Minutes != [3]int{5, 30, 10} || len(l.Aims) != 2 || l.Aims[0].Line.Plain() != "To guess in two lines." {
		t.Errorf("it reads %+v", l)
	}
	if want := (Line{{Text: "To "}, {Text: "look", Kind: "strong"}, {Text: "."}}); !reflect.DeepEqual(l.Aims[1].Line, want) {
		t.Errorf("strong is %+v", l.Aims[1].Line)
	}
	s := l.Steps[0]
	for _, c := range []struct{ got, want any }{
		{s.Part + s.Station + s.Point, "begintrynext"}, {s.Open, []string{"prompt", "next"}}, {s.Done, Done{"added", 3}}, {s.Saved, "answers"},
		{s.Set, map[string]string{"prompt": "Tom = had", "temperature": "0"}},
		{s.Text[1], text("A list:")}, {s.Text[2].Mark + s.Text[3].Mark, "–2."}, {Plain(s.Text), "First words, second words."},
		{s.Predict.Right, 1}, {s.Predict.Choices[2], Line{{"it", "code"}}}, {len(s.Predict.Because), 1},
		{s.Do, []Block{text("Press it.")}}, {s.Check.Right, 0}, {s.Rescue, []Block{text("Go on.")}}, {s.Extension, []Block{text("More.")}},
		{l.Steps[1].Recall, []string{"a", "b"}}, {l.Steps[1].Say, &Saying{"b", []Block{text("Why?")}}},
		{l.Paper, [4][]Block{{text("Paper.")}, nil, nil, {text("None.")}}},
		{[]string{l.Sheet[0].Mark, l.Sheet[1].Kind, l.Sheet[2].Kind}, []string{"1.", "rule", "row"}}, {len(l.Sheet[3].Cells), 2},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("it reads %+v, want %+v", c.got, c.want)
		}
	}
}

// Each mistake is told with its line, and says what may stand there.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		from, to string
		line     int
		code     string
		want     string
	}{
		{"# Guess\n", "Guess\n", 1, NoTitle, ""},
		{"lesson: 3\n", "", 1, Missing, ""},
		{"lesson: 3", "lesson: three", 3, NotNumber, "0–99"},
		{"5 + 30 + 10", "45", 4, NotNumber, "5 + 30 + 10"},
		{"## Aims", "## Goals", 6, NoSection, "Aims"},
		{"part: begin\n", "", 12, Missing, ""},
		{"part: begin", "part: first", 13, NotAllowed, "begin, do, close"},
		{"station: try", "station: tray", 14, NotAllowed, "pretrain"},
		{"station: try", "place: try", 14, NoField, "station"},
		{"station: try", "part: do", 14, Twice, ""},
		{"open: prompt next", "open: prompt all", 15, NotAllowed, "generate"},
		{"set: prompt = Tom = had", "set: prompt", 17, NotAllowed, "preset = quick"},
		{"done: added 3", "done: added many", 19, NotNumber, "1–1000000"},
		{"done: added 3", "done: thought", 19, NotAllowed, "predicted"},
		{"saved: answers", "saved: jokes", 20, NotAllowed, "letters, tales, newton, secret, answers, shorter"},
		{"saved: answers", "saved: answers\nsaved: answers", 21, Twice, ""},
		{"### Do", "### Act", 41, NoSection, "Do"},
		{"### Do", "### Predict", 41, BadQuestion, ""},
		{"- [x] that", "- [ ] that", 29, BadQuestion, ""},
		{"> Because.\n>\n> So.\n", "", 29, BadQuestion, ""},
		{"- [x] that", "that", 34, Lost, ""},
		{"### Materials", "### Rooms", 70, NoSection, "Materials"},
		{"## Teacher\n", "## Teacher\nhello\n", 69, Lost, ""},
		{"### Trouble", "### Materials", 74, Twice, ""},
		{"Why?", "", 60, Missing, ""},
		{"Paper.", strings.Repeat("x", 3000), 72, TooLong, "2000"},
	} {
		if !strings.Contains(whole, c.from) {
			t.Fatalf("%q is not there", c.from)
		}
		lessons, wrong := Read(strings.Replace(whole, c.from, c.to, 1))
		if lessons != nil || !slices.ContainsFunc(wrong, func(m Mistake) bool {
			return m.Line == c.line && m.Code == c.code && strings.Contains(m.Want, c.want)
		}) {
			t.Errorf("%.40q for %q: %v", c.to, c.from, wrong)
		}
	}
	for _, text := range []string{"", "\n\n", strings.Repeat("# x\n", MostBytes), "# \xff"} {
		if _, wrong := Read(text); len(wrong) == 0 || wrong[0].Line != 1 || wrong[0].Error() == "" {
			t.Errorf("%.10q: %v", text, wrong)
		}
	}
}

// Whatever is read, either there are lessons or mistakes with lines that are there,
// and the words of a lesson are those of the text.
func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add("# a\nlesson: 1\n## Step: **b\npart: do\n### Check\n`x`**y**\n- [x] 1\n- [ ] 2\n> 3\n")
	f.Fuzz(func(t *testing.T, text string) {
		lessons, wrong := Read(text)
		if (len(lessons) == 0) != (len(wrong) > 0) || len(wrong) > mostMistakes {
			t.Fatalf("%d lessons and %v", len(lessons), wrong)
		}
		lines := strings.Count(text, "\n") + 1
		for _, m := range wrong {
			if m.Line < 1 || m.Line > lines || !slices.Contains(Codes, m.Code) {
				t.Errorf("%v in %d lines", m, lines)
			}
		}
		for _, l := range lessons {
			if l.Title == "" && !strings.Contains(text, "# ") || len(l.Steps) == 0 || len(l.Steps) > mostSteps || !utf8.ValidString(l.Title) {
				t.Errorf("a lesson is %+v", l)
			}
			for _, s := range l.Steps {
				for _, q := range []*Question{s.Predict, s.Check} {
					if q != nil && (q.Right >= len(q.Choices) || len(q.Choices) < 2) {
						t.Errorf("a question is %+v", q)
					}
				}
			}
		}
	})
}
