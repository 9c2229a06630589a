package task

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	task, err := Read("own", strings.NewReader("\xEF\xBB\xBF{\"prompt\":\"1+1\",\"answer\":\"2\"}\r\n\n{\"answer\":\"b\",\"prompt\":\"a\"}"), "exact")
	if err != nil || task.Name != "own" || task.Strict.Name != "exact" {
		t.Fatal(err)
	}
	if got := task.Examples(All, 9, 5); len(got) != 2 || got[1] != (Example{Prompt: "a", Answer: "b"}) {
		t.Errorf("read as %+v", got)
	}
	for _, set := range []Set{Train, Test, All} {
		if got := task.Examples(set, 9, 1); len(got) != 1 {
			t.Errorf("of one there are %d", len(got))
		}
		if got := task.Examples(set, 9, 9); len(got) != 2 {
			t.Errorf("of two there are %d", len(got))
		}
	}
}

// What is wrong with a file is said with the line.
func TestReadRefuses(t *testing.T) {
	line := func(answer string) string { return fmt.Sprintf(`{"prompt":"a","answer":%q}`, answer) }
	for _, c := range []struct{ verifier, text, says string }{
		{"exact", "", "own holds no example"},
		{"exact", "\n{\"prompt\":\"a\"}", "own, line 2: its prompt or its answer is empty"},
		{"exact", `{"prompt":"a","answer":3}`, "line 1: it is no example"},
		{"exact", `{"prompt":"a","answer":"b","c":1}`, "line 1: it is no example"},
		{"exact", line("b") + " {}", "line 1: something follows"},
		{"exact", line(strings.Repeat("a", maxLine)), "line 1: it is longer"},
		{"exact", strings.Repeat(line("b")+"\n", MaxExamples+1), "line 100001: there are more than 100000 examples"},
		{"exact", line(" . "), `by the verifier "exact" its answer " . " would never be right`},
		{"exact", line("b") + "\n" + line("<|think|>x"), "line 2: by the verifier"},
		{"number", line("three"), `by the verifier "number" its answer "three"`},
		{"contains", line("?!"), `by the verifier "contains"`},
		{"one_of", line(" | ."), `by the verifier "one_of"`},
		{"regexp", line("b") + "\n" + line("(b"), "line 2: its answer is no regular expression (error parsing regexp: missing closing ): `(b`)"},
		{"regexp", line("(abc){500}"), "more than 1000 steps"},
		{"regexp", line("a$b"), "matches nothing that could be found"},
		{"regexp", line(`[^\s\S]`), "matches nothing that could be found"},
		{"regexp", line(`\s+`), "matches nothing that could be found"},
		{"regexp", line("a*"), "matches a reply of nothing"},
		{"fair", line("b"), `no verifier "fair"; choose one of exact, number, contains, one_of, regexp`},
	} {
		if _, err := Read("own", strings.NewReader(c.text), c.verifier); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s of %.50q gives %v, want %q", c.verifier, c.text, err, c.says)
		}
	}
}

// Of a file of 20 prompts or more some are held out; in a smaller one all are
// taught and asked.
func TestHeldOut(t *testing.T) {
	for _, n := range []int{1, 19, 20, 400} {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "{\"prompt\":\"%d?\",\"answer\":\"%d\"}\n{\"prompt\":\"%d?\",\"answer\":\"x\"}\n", i, i, i)
		}
		task, err := Read("own", strings.NewReader(text.String()), "exact")
		if err != nil {
			t.Fatal(err)
		}
		all, train, test := task.Examples(All, 1, 9999), task.Examples(Train, 1, 9999), task.Examples(Test, 1, 9999)
		taught := map[string]bool{}
		for _, e := range train {
			taught[e.Prompt] = true
		}
		both := slices.ContainsFunc(test, func(e Example) bool { return taught[e.Prompt] })
		if len(all) != 2*n || both != (n < minHeldOut) || !both && len(train)+len(test) != 2*n || both && len(test) != 2*n {
			t.Errorf("of %d there are %d to learn and %d to ask", len(all), len(train), len(test))
		}
		if len(train) > 20 && (slices.Equal(train[:9], task.Examples(Train, 2, 9)) || !slices.Equal(train[:9], task.Examples(Train, 1, 9))) {
			t.Error("the seed does not decide the order")
		}
		if n == 400 && (len(test) < 60 || len(test) > 140) {
			t.Errorf("%d of 800 are held out", len(test))
		}
	}
}

// Lessons give a text in place of an expression, and one of several answers.
func TestLessonsOfAFile(t *testing.T) {
	for _, c := range []struct{ verifier, answer, want string }{
		{"regexp", `(yes|y)[.!]?`, "y"},
		{"regexp", `(?i)no\b.+`, "NO."},
		{"regexp", `^\d{3}-[^a]$`, "000-!"},
		{"regexp", `.`, "a"},
		{"one_of", "| ball |the ball", "ball"},
		{"number", "1,000", "1,000"},
	} {
		task, err := Read("own", strings.NewReader(fmt.Sprintf(`{"prompt":"a","answer":%q}`, c.answer)), c.verifier)
		if err != nil {
			t.Errorf("%s: %v", c.answer, err)
			continue
		}
		if got := task.Lessons(1, 1)[0].Messages[1].Content; got != c.want {
			t.Errorf("%s is answered by %q, want %q", c.answer, got, c.want)
		}
	}
}
