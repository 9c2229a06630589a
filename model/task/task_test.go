package task

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hornbook/model/data/chat"
)

// A task has many examples, the same for a seed; the two sets share no prompt,
// Test asks nothing twice, and no answer is so frequent that always giving it
// pays: of two each is right as often.
func TestTasks(t *testing.T) {
	for _, name := range Names {
		task, known := ByName(name)
		if !known || task.Name != name {
			t.Fatalf("%s is not known", name)
		}
		train, test := task.Examples(Train, 1, 4000), task.Examples(Test, 2, 1000)
		if len(train) != 4000 || len(test) < 512 || len(task.Examples(Test, 3, 512)) != 512 {
			t.Fatalf("%s has %d and %d examples", name, len(train), len(test))
		}
		if !slices.Equal(train[:50], task.Examples(Train, 1, 50)) || slices.Equal(train[:50], task.Examples(Train, 3, 50)) {
			t.Errorf("%s: the seed does not decide the examples", name)
		}
		seen, answers, kinds := map[string]bool{}, map[string]int{}, map[string]int{}
		for _, e := range train {
			seen[e.Prompt] = true
		}
		most := ""
		for _, e := range test {
			if seen[e.Prompt] {
				t.Fatalf("%s examines by what it teaches, or twice: %s", name, e.Prompt)
			}
			seen[e.Prompt] = true
			kinds[e.Kind]++
			if answers[e.Answer]++; answers[e.Answer] > answers[most] {
				most = e.Answer
			}
			if !task.Strict.Right(e, " "+strings.ToUpper(strings.TrimSuffix(e.Answer, "."))+".\n") || task.Strict.Right(e, e.Answer+" x") || task.Strict.Right(e, "") {
				t.Errorf("%s: the verifier is wrong about %q", name, e.Answer)
			}
			if e.Answer == "" || len(e.Answer) > 80 || task.Choices != nil && !slices.Contains(task.Choices, e.Answer) {
				t.Errorf("%s: the answer %q", name, e.Answer)
			}
		}
		t.Logf("%s: %v; most frequent %q, %d of %d", name, kinds, most, answers[most], len(test))
		often := 12
		if len(task.Choices) == 2 {
			often = 55
		}
		if answers[most] > len(test)*often/100 {
			t.Errorf("%s: %q is right %d times of %d", name, most, answers[most], len(test))
		}
		for kind, n := range kinds {
			if n < 60 {
				t.Errorf("%s: only %d of %d are of kind %s", name, n, len(test), kind)
			}
		}
	}
	if _, known := ByName("chess"); known {
		t.Error("chess is known")
	}
}

// Lessons are conversations that can be learned from, and of Train alone.
func TestLessons(t *testing.T) {
	if testing.Short() {
		t.Skip("no variant of a kernel could change it")
	}
	for _, name := range Names {
		task, _ := ByName(name)
		examined := map[string]bool{}
		for _, e := range task.Examples(Test, 4, 2000) {
			examined[e.Prompt] = true
		}
		lessons := task.Lessons(4, 2000)
		if len(lessons) != 2000 {
			t.Errorf("%s has %d lessons", name, len(lessons))
		}
		for _, l := range lessons {
			if what := chat.Check(l.Messages); what != "" {
				t.Fatalf("%s: %s: %+v", name, what, l)
			}
			if examined[l.Messages[0].Content] {
				t.Fatalf("%s teaches what it examines: %s", name, l.Messages[0].Content)
			}
		}
	}
}

// The tales of the two sets are others.
func TestVillageTalesAreOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("no variant of a kernel could change it")
	}
	task, _ := ByName("village")
	tale := func(e Example) string { text, _, _ := strings.Cut(e.Prompt, "\n"); return text }
	seen := map[string]bool{}
	for _, e := range task.Examples(Train, 5, 3000) {
		seen[tale(e)] = true
	}
	for _, e := range task.Examples(Test, 5, 500) {
		if seen[tale(e)] {
			t.Fatalf("a tale of both sets: %s", tale(e))
		}
	}
}

// Tales have few people, so a rule that reads their names alone is right now and
// then: what a model gets beyond that it has read.
func TestVillageIsGuessedInPart(t *testing.T) {
	if testing.Short() {
		t.Skip("no variant of a kernel could change it")
	}
	task, _ := ByName("village")
	examples := task.Examples(Test, 6, 2000)
	people := map[string]bool{}
	for _, e := range examples {
		if who, is := strings.CutPrefix(e.Answer, "It was "); is {
			people[strings.TrimSuffix(who, ".")] = true
		}
	}
	right, most := 0, len(examples)*62/100
	for _, e := range examples {
		if task.Strict.Right(e, guess(e, people)) {
			right++
		}
	}
	t.Logf("%.1f %% are guessed", 100*float64(right)/float64(len(examples)))
	if right > most || right < len(examples)/3 {
		t.Errorf("%d of %d are guessed", right, len(examples))
	}
}

var word = regexp.MustCompile(`[A-Z][a-z]+`)

// guess is the best answer of those that know the kind of a question and in
// which order the tale names its people.
func guess(e Example, people map[string]bool) string {
	tale, question, _ := strings.Cut(e.Prompt, "\n")
	var others []string
	for _, name := range word.FindAllString(tale, -1) {
		if people[name] && !slices.Contains(others, name) && !strings.Contains(question, name) {
			others = append(others, name)
		}
	}
	switch {
	case e.Kind == "where":
		return word.FindAllString(question, -1)[1] + " was at home."
	case e.Kind == "found" && len(others) > 1:
		return "It was " + others[1] + "."
	case len(others) > 0:
		return "It was " + others[0] + "."
	}
	return ""
}
