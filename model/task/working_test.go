package task

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// examined are examples of a task that comes with Hornbook.
func examined(t testing.TB, name string) []Example {
	t.Helper()
	task, known := ByName(name)
	if !known {
		t.Fatalf("%s is not known", name)
	}
	return task.Examples(Test, 7, 700)
}

// The working of parity and clock is the answer to each beginning of the prompt.
func TestRunning(t *testing.T) {
	for name, answer := range map[string]func(string) string{
		"parity": func(bits string) string { return "EO"[strings.Count(bits, "1")%2:][:1] },
		"clock": func(digits string) string {
			sum := 0
			for _, d := range digits {
				sum += int(d - '0')
			}
			return strconv.Itoa(sum % 10)
		},
	} {
		for _, e := range examined(t, name) {
			var working string
			for i := range e.Prompt {
				working += answer(e.Prompt[:i+1])
			}
			if e.Answer != answer(e.Prompt) || e.Working != working || len(e.Prompt) < 6 || len(e.Prompt) > 12 {
				t.Fatalf("%s: %+v, want the working %s", name, e, working)
			}
		}
	}
}

// An exam of parity asks 512 different rows and more.
func TestParityHasEnough(t *testing.T) {
	task, _ := ByName("parity")
	if n := len(task.Examples(Test, 1, 10000)); n < 512 || n > 600 {
		t.Errorf("%d of %d rows are held out", n, 1<<12)
	}
}

func TestSorting(t *testing.T) {
	for _, e := range examined(t, "sorting") {
		letters := []byte(strings.TrimSuffix(strings.TrimPrefix(e.Prompt, "Sort "), "."))
		steps := strings.Fields(e.Working)
		if len(steps) != len(letters) {
			t.Fatalf("%+v has %d steps", e, len(steps))
		}
		for i, step := range append(steps, e.Answer) {
			part := slices.Sorted(slices.Values(letters[:min(i+1, len(letters))]))
			if step != string(part) {
				t.Fatalf("%+v: step %d is %s, want %s", e, i, step, part)
			}
		}
	}
}

func TestSumsAreWorkedOut(t *testing.T) {
	for _, e := range examined(t, "sums") {
		sum := 0
		for part := range strings.SplitSeq(e.Working, ", ") {
			var a, b, c int
			var sign rune
			if n, err := fmt.Sscanf(part, "%d%c%d=%d", &a, &sign, &b, &c); n != 4 {
				t.Fatalf("%s: %v", part, err)
			}
			if sign == '-' {
				b = -b
			}
			if a+b != c {
				t.Fatalf("%s", part)
			}
			sum += c
		}
		if e.Answer != strconv.Itoa(sum) {
			t.Fatalf("%+v is worked out as %d", e, sum)
		}
	}
}

// Pairs taken out of a balanced row leave nothing. The others are near misses:
// they have as many brackets of a kind and good ends, and their length tells
// little.
func TestBrackets(t *testing.T) {
	lengths := map[int][2]int{}
	examples := examined(t, "brackets")
	for _, e := range examples {
		row := strings.Fields(e.Prompt)[1]
		rest := row
		for range len(row) {
			rest = strings.ReplaceAll(strings.ReplaceAll(rest, "()", ""), "[]", "")
		}
		if (rest == "") != (e.Answer == "yes") || strings.HasSuffix(e.Working, "-") != (rest == "") {
			t.Fatalf("%+v leaves %q", e, rest)
		}
		if strings.Count(row, "(") != strings.Count(row, ")") || strings.Count(row, "[") != strings.Count(row, "]") ||
			strings.ContainsAny(row[:1], ")]") || strings.ContainsAny(row[len(row)-1:], "([") {
			t.Fatalf("%s is told at a glance", row)
		}
		n := lengths[len(row)]
		n[len(e.Answer)-2]++ // no, yes
		lengths[len(row)] = n
	}
	guessed := 0
	for _, n := range lengths {
		guessed += max(n[0], n[1])
	}
	if guessed > len(examples)*62/100 {
		t.Errorf("by their lengths %d of %d are guessed: %v", guessed, len(examples), lengths)
	}
	for row, want := range map[string]string{"([])[]": "( ([ ( - [ -", "(([)])": "( (( (([ x", "(()": "( (( (", ")": "x", "": ""} {
		if after, _ := open([]byte(row)); after != want {
			t.Errorf("open after %q is %q, want %q", row, after, want)
		}
	}
}
