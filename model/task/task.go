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

// Messages are the example as a conversation, its answer last.
func (e Example) Messages() []chat.Message {
	return []chat.Message{{Role: chat.User, Content: e.Prompt}, {Role: chat.Assistant, Content: e.Answer}}
}

// Task is a job.
type Task struct {
	Name     string
	Examples func(set Set, seed uint64, n int) []Example // n of a set; fewer where it has no more
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
		return Task{name, drawn(village), Same}, true
	case "sums":
		return Task{name, drawn(sums), Same}, true
	case "letters":
		return Task{name, drawn(letters), Same}, true
	}
	return Task{}, false
}

// Same tells whether a reply is the answer, strictly: all of it, but for white
// space around it, a full stop at its end, and capitals.
func Same(answer, reply string) bool { return strings.EqualFold(bare(answer), bare(reply)) }

func bare(s string) string { return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), ".")) }

// drawn makes Examples of a way to draw one; key is what two examples of
// different sets must not share, false for none could be drawn.
func drawn(draw func(seed uint64) func() (e Example, key string)) func(Set, uint64, int) []Example {
	return func(set Set, seed uint64, n int) []Example {
		next := draw(seed)
		list := make([]Example, 0, n)
		for tries := 0; len(list) < n && tries < 50*n+1000; tries++ {
			if e, key := next(); key != "" && setOf(key) == set {
				list = append(list, e)
			}
		}
		return list
	}
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
