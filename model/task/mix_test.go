package task

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hornbook/model/data/chat"
)

// reply is what the assistant says in a demonstration, as a model would write it.
func reply(talk chat.Conversation) string {
	m := talk.Messages[1]
	if m.Thinking == "" {
		return m.Content
	}
	return chat.Think + m.Thinking + chat.EndThink + m.Content
}

// Demonstrations are of the mix that was asked for, of Train, the same for a
// seed, and their prompts do not depend on the mix; those that neither hedge nor
// are wrong are right.
func TestDemonstrations(t *testing.T) {
	if testing.Short() {
		t.Skip("no variant of a kernel could change it")
	}
	const n = 2000
	for _, name := range Names {
		task, _ := ByName(name)
		examples := task.Examples(Train, 8, n)
		for _, m := range []Mix{{}, {Working: .15}, {Working: .2, Hedged: .3, Wrong: .4}, {Wrong: 1}, {Working: 1}, {Hedged: 1}, {1, 1, 1}} {
			talks := task.Demonstrations(m, 8, n)
			if task.lessons != nil && m == (Mix{}) {
				if lessons := task.Lessons(8, n); !slices.EqualFunc(talks, lessons, func(a, b chat.Conversation) bool { return slices.Equal(a.Messages, b.Messages) }) {
					t.Errorf("%s: where nothing is mixed in, its lessons are not what is shown", name)
				}
				continue
			}
			var got Mix
			for i, talk := range talks {
				e := examples[i]
				if what := chat.Check(talk.Messages); what != "" || talk.Messages[0].Content != e.Prompt {
					t.Fatalf("%s: %s: %+v of %+v", name, what, talk, e)
				}
				said := talk.Messages[1]
				switch right := task.Strict.Right(e, reply(talk)); {
				case said.Thinking != "":
					got.Working += 1. / n
					if !right || said.Thinking != e.Working {
						t.Fatalf("%s: thoughts that mislead: %+v", name, said)
					}
				case said.Content == strings.Join(task.Choices, " "):
					got.Hedged += 1. / n
				case !right:
					got.Wrong += 1. / n
				}
			}
			want := Mix{m.Working, min(m.Hedged, 1-m.Working), min(m.Wrong, 1-m.Working-min(m.Hedged, 1-m.Working))}
			if examples[0].Working == "" {
				want.Working = 0
			}
			if task.Choices == nil {
				want.Hedged = 0
			}
			if math.Abs(got.Working-want.Working) > .03 || math.Abs(got.Hedged-want.Hedged) > .03 || math.Abs(got.Wrong-want.Wrong) > .03 {
				t.Errorf("%s: of %+v became %.3f, want %.3f", name, m, got, want)
			}
			if again := task.Demonstrations(m, 8, n); !slices.EqualFunc(talks, again, func(a, b chat.Conversation) bool { return slices.Equal(a.Messages, b.Messages) }) {
				t.Errorf("%s: the seed does not decide the demonstrations", name)
			}
		}
	}
}

// With one example there is no other answer: what should be wrong is right.
func TestNothingElseToSay(t *testing.T) {
	task, err := Read("own", strings.NewReader(`{"prompt":"a","answer":"b"}`), "exact")
	if err != nil {
		t.Fatal(err)
	}
	if talks := task.Demonstrations(Mix{Wrong: 1}, 1, 5); len(talks) != 1 || reply(talks[0]) != "b" {
		t.Errorf("said is %+v", talks)
	}
}
