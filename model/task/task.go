// Package task is jobs whose answers can be checked: a prompt, the answer, and
// a verifier that says whether a reply is right. A model is taught by the
// examples of Train and examined by those of Test, which have nothing in common.
package task

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"hornbook/model/data/chat"
)

// Example is one question.
type Example struct {
	Kind   string // of question, to count right answers by; "" for none
	Prompt string
	Answer string
}

// Task is a job.
type Task struct {
	Name     string
	Examples func(set Set, seed uint64, n int) []Example  // n of a set; fewer where it has no more
	Lessons  func(seed uint64, n int) []chat.Conversation // n that teach it, of Train
	Right    func(answer, reply string) bool
}

// Set is one of the two parts of a task's examples.
type Set int

// The sets.
const (
	Train Set = iota
	Test
)

// Names are the tasks that come with Hornbook.
var Names = []string{"village", "sums", "letters"}

// ByName is the task called name.
func ByName(name string) (Task, bool) {
	switch name {
	case "village":
		return Task{name, drawn(village), taught(lesson), Same}, true
	case "sums":
		return Task{name, drawn(sums), oneByOne(sums), Same}, true
	case "letters":
		return Task{name, drawn(letters), oneByOne(letters), Same}, true
	}
	return Task{}, false
}

// Same tells whether a reply is the answer, strictly: all of it, but for white
// space around it, a full stop at its end, and capitals.
func Same(answer, reply string) bool { return strings.EqualFold(bare(answer), bare(reply)) }

func bare(s string) string { return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), ".")) }

// drawing draws something again and again. key is what two of different sets
// must not share; "" if nothing could be drawn this time.
type drawing[T any] func() (drawn T, key string)

// some draws n of a set; fewer where there seem to be no more.
func some[T any](next drawing[T], set Set, n int) []T {
	list := make([]T, 0, n)
	for tries := 0; len(list) < n && tries < 50*n+1000; tries++ {
		if x, key := next(); key != "" && setOf(key) == set {
			list = append(list, x)
		}
	}
	return list
}

func drawn(draw func(seed uint64) drawing[Example]) func(Set, uint64, int) []Example {
	return func(set Set, seed uint64, n int) []Example { return some(draw(seed), set, n) }
}

func taught(draw func(seed uint64) drawing[chat.Conversation]) func(uint64, int) []chat.Conversation {
	return func(seed uint64, n int) []chat.Conversation { return some(draw(seed), Train, n) }
}

// oneByOne makes lessons of one question each.
func oneByOne(draw func(seed uint64) drawing[Example]) func(uint64, int) []chat.Conversation {
	return func(seed uint64, n int) (list []chat.Conversation) {
		for _, e := range some(draw(seed), Train, n) {
			list = append(list, conversation(e))
		}
		return list
	}
}

// conversation is an example with its answer.
func conversation(e Example) chat.Conversation {
	return chat.Conversation{Messages: []chat.Message{{Role: chat.User, Content: e.Prompt}, {Role: chat.Assistant, Content: e.Answer}}}
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
