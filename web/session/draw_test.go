package session

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"hornbook/web/protocol"
)

// aDraw is one that is soon done.
func aDraw(id int) *protocol.Draw {
	return &protocol.Draw{Request: as(id), Prompts: 6, Answers: 4, Taste: "shorter", Seed: 3, Temperature: 1, Tokens: 40}
}

// tales is a desk whose model has learned very short ones, each in a paragraph.
func tales(t *testing.T) *desk {
	d := at(t, folder(t))
	var text strings.Builder
	for i := range 300 {
		fmt.Fprintf(&text, "%c%c b a b a b\n\n", 'a'+i%7, 'a'+i%5)
	}
	d.give([]byte(text.String()))
	d.commands <- &protocol.Train{Recipe: brief(), Ranks: 1}
	d.state("training")
	d.state("done")
	return d
}

// drew are the answers to the Draw with this id, and how it went.
func (d *desk) drew(id int) (list []protocol.Drawn, over *protocol.DrawOver) {
	d.Helper()
	d.watch = func(e protocol.Event) {
		if e, is := e.(*protocol.Drawn); is && e.ID == id {
			list = append(list, *e)
		}
	}
	defer func() { d.watch = nil }()
	for over == nil || over.ID != id {
		over = next[*protocol.DrawOver](d)
	}
	return list, over
}

// The same seed draws the same; each answer ended by itself, and is told once; of
// each prompt the judge prefers one answer to another, or none.
func TestDraw(t *testing.T) {
	d := tales(t)
	d.commands <- aDraw(5)
	list, over := d.drew(5)
	if len(list) != 6 || over.Prompts != 6 || over.Pairs+over.Unclear+over.Unended != 6 {
		t.Fatalf("%d are drawn: %+v", len(list), over)
	}
	for _, one := range list {
		if one.Prompt == "" || len(one.Messages) > 0 || len(one.Said)+one.Cut > 4 {
			t.Errorf("drawn: %+v", one)
		}
		for i, text := range one.Said {
			if !strings.HasSuffix(text, "\n") || strings.TrimSpace(text) == "" {
				t.Errorf("an answer that did not end: %q", text)
			}
			for _, other := range one.Said[:i] {
				if other == text {
					t.Errorf("told twice: %q", text)
				}
			}
		}
		if one.Chosen >= len(one.Said) || one.Rejected >= len(one.Said) || (one.Chosen < 0) != (one.Rejected < 0) {
			t.Errorf("chosen: %+v", one)
		}
	}
	d.commands <- aDraw(5)
	if again, _ := d.drew(5); !reflect.DeepEqual(again, list) {
		t.Errorf("again it draws %+v, want %+v", again, list)
	}
}

// What a Draw cannot do is said, and a cancelled one says so.
func TestDrawRefused(t *testing.T) {
	empty := sit(t)
	empty.commands <- aDraw(1)
	empty.problem(protocol.NoModel)
	d := tales(t)
	for key, change := range map[string]func(*protocol.Draw){
		"prompts":     func(c *protocol.Draw) { c.Prompts = 0 },
		"answers":     func(c *protocol.Draw) { c.Answers = 17 },
		"tokens":      func(c *protocol.Draw) { c.Tokens = 2000 },
		"temperature": func(c *protocol.Draw) { c.Temperature = 0 },
		"taste":       func(c *protocol.Draw) { c.Taste = "bitter" },
	} {
		c := aDraw(2)
		change(c)
		d.commands <- c
		if p := d.problem(protocol.RecipeWrong); p.Key != key || p.ID != 2 || p.Want == "" {
			t.Errorf("%s is refused with %+v", key, p)
		}
	}
	d.while("draw", &protocol.Cancel{Request: as(4)})
	c := aDraw(4)
	c.Prompts = 100
	d.commands <- c
	d.cancelled(4)
	d.commands <- &protocol.SetText{Source: "typed", Name: "words", Data: []byte(strings.Repeat("a b\n", 3000))}
	d.commands <- aDraw(3)
	d.problem(protocol.PromptsNone)
}

// What is drawn to is what the text holds: beginnings, first questions, or prompts.
func TestPromptsIn(t *testing.T) {
	ask := func(role, text string) string { return fmt.Sprintf(`{"role":%q,"content":%q}`, role, text) }
	for _, c := range []struct{ text, want string }{
		{"One fine day Tom went to the mill.\n\nToo short.\n\nAnna had a brown goat and a dog.\nIt ran.", "One fine|Anna had"},
		{`{"messages":[` + ask("user", "Who?") + "," + ask("assistant", "I.") + "," + ask("user", "Why?") + "," + ask("assistant", "So.") + "]}", "Who?"},
		{`{"prompt":"The sky is","chosen":" blue.","rejected":" green."}`, "The sky is"},
	} {
		var got []string
		for _, p := range promptsIn([]byte(c.text)) {
			got = append(got, p.asked())
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("of %s: %q, want %s", c.text, got, c.want)
		}
	}
}

// Pairs of the page are kept by their sum, found again, and taken from a text; none
// are taken that are wrong.
func TestSetPairs(t *testing.T) {
	d := at(t, folder(t))
	list := []protocol.Pair{{Prompt: "The sky is", Messages: []protocol.Message{}, Chosen: " blue.\n", Rejected: " green."},
		{Messages: []protocol.Message{{Role: "user", Content: "Who?"}}, Chosen: "I.", Rejected: "You."}}
	d.commands <- &protocol.SetPairs{Request: as(1), Source: "page", Pairs: list}
	given := next[*protocol.PairList](d)
	if given.Count != 2 || len(given.Pairs) != 0 || given.Hash == "" {
		t.Errorf("they are told as %+v", given)
	}
	d.commands <- &protocol.SetPairs{Request: as(2), Source: "kept", Hash: given.Hash}
	if found := next[*protocol.PairList](d); !reflect.DeepEqual(found.Pairs, list) {
		t.Errorf("found again: %+v", found.Pairs)
	}
	d.commands <- &protocol.SetPairs{Request: as(3), Source: "kept", Hash: strings.Repeat("0", 64)}
	d.problem(protocol.TextGone)
	d.commands <- &protocol.SetText{Source: "upload", Name: "p.jsonl", Data: []byte(`{"prompt":"a","chosen":"b","rejected":"` + strings.Repeat("c and ", 100) + `"}`)}
	if text := next[*protocol.Text](d); !text.Pairs {
		t.Errorf("the text is told as %+v", text)
	}
	d.commands <- &protocol.SetPairs{Request: as(4), Source: "text"}
	if found := next[*protocol.PairList](d); found.Count != 1 || found.Pairs[0].Prompt != "a" {
		t.Errorf("of the text: %+v", found)
	}
	d.commands <- &protocol.SetPairs{Request: as(5), Source: "page", Pairs: []protocol.Pair{{Prompt: "a", Chosen: "", Rejected: "c"}}}
	d.problem(protocol.PairsWrong)
}
