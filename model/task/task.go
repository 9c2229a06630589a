// Package task is jobs whose answers can be checked: a prompt, the answer, and
// verifiers that say whether a reply is right, strict ones and ones that can be
// cheated. A model is taught by the examples of Train and examined by those of
// Test, which have nothing in common.
package task

import (
	"hash/fnv"
	"math/rand/v2"

	"hornbook/model/data/chat"
)

// Example is one question.
type Example struct {
	Kind    string // of question, to count right answers by; "" for none
	Prompt  string
	Answer  string
	Working string // that leads to the answer; "" for none
}

// Task is a job.
type Task struct {
	Name     string
	Examples func(set Set, seed uint64, n int) []Example // n of a set; fewer where it has no more
	Choices  []string                                    // all the answers there are, where they are few
	Strict   Verifier                                    // what is right
	Sloppy   []Verifier                                  // what counts all that is right, and more
	Mix      Mix                                         // of demonstrations that teach it well

	lessons func(seed uint64, n int) []chat.Conversation // of several questions each; nil for none
}

// Lessons are n conversations that teach the task, of Train.
func (t Task) Lessons(seed uint64, n int) []chat.Conversation {
	if t.lessons != nil {
		return t.lessons(seed, n)
	}
	return t.Demonstrations(t.Mix, seed, n)
}

// Set is a part of a task's examples.
type Set int

// The sets. No prompt is in Train and in Test, unless a file has few. Test, of a
// task that comes with Hornbook, asks nothing twice.
const (
	Train Set = iota
	Test
	All // both
)

// Names are the tasks that come with Hornbook.
var Names = []string{"village", "parity", "sums", "clock", "sorting", "brackets", "letters"}

// ByName is the task called name.
func ByName(name string) (t Task, known bool) {
	t = Task{Name: name, Strict: Exact}
	switch name {
	case "village":
		t.Examples, t.lessons = drawn(village), taught(lesson)
	case "parity":
		t.Examples, t.Choices = drawn(parity), []string{"E", "O"}
		t.Sloppy, t.Mix = []Verifier{Anywhere, Listed}, Mix{Working: .15}
	case "sums":
		t.Examples = drawn(sums)
	case "clock":
		t.Examples, t.Choices = drawn(clock), []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
		t.Sloppy, t.Mix = []Verifier{Prompted, Anywhere, Listed}, Mix{Working: .2}
	case "sorting":
		t.Examples, t.Sloppy, t.Mix = drawn(sorting), []Verifier{Anywhere, Listed}, Mix{Working: .15}
	case "brackets":
		t.Examples, t.Choices = drawn(brackets), []string{"yes", "no"}
		t.Sloppy, t.Mix = []Verifier{Prompted, Anywhere, Listed}, Mix{Working: .15}
	case "letters":
		t.Examples = drawn(letters)
	default:
		return Task{}, false
	}
	return t, true
}

// drawing draws something again and again. key is what two of different sets
// must not share; "" if nothing could be drawn this time.
type drawing[T any] func() (drawn T, key string)

// some draws n of a set; fewer where there seem to be no more.
func some[T any](next drawing[T], set Set, n int) []T {
	list := make([]T, 0, n)
	for tries := 0; len(list) < n && tries < 200*n+1000; tries++ {
		if x, key := next(); key != "" && (set == All || setOf(key) == set) {
			list = append(list, x)
		}
	}
	return list
}

func drawn(draw func(seed uint64) drawing[Example]) func(Set, uint64, int) []Example {
	return func(set Set, seed uint64, n int) []Example {
		next := draw(seed)
		if set == Test {
			next = once(next)
		}
		return some(next, set, n)
	}
}

// once is next without the examples of Test that it drew before.
func once(next drawing[Example]) drawing[Example] {
	asked := map[string]bool{}
	return func() (Example, string) {
		e, key := next()
		if key == "" || setOf(key) != Test || asked[e.Prompt] {
			return Example{}, ""
		}
		asked[e.Prompt] = true
		return e, key
	}
}

func taught(draw func(seed uint64) drawing[chat.Conversation]) func(uint64, int) []chat.Conversation {
	return func(seed uint64, n int) []chat.Conversation { return some(draw(seed), Train, n) }
}

// setOf deals what can be asked about to the sets: one in eight to Test.
func setOf(key string) Set {
	h := fnv.New64a()
	h.Write([]byte(key))
	if h.Sum64()>>7%8 == 0 {
		return Test
	}
	return Train
}

// choose picks one of list.
func choose[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }
