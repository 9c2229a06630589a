package session

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// talks are conversations that can be learned soon: whoever asks for a letter
// is given it.
func talks(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		letter := string(rune('a' + i%6))
		fmt.Fprintf(&b, `{"messages":[{"role":"user","content":"%s"},{"role":"assistant","content":"%s"}]}`+"\n", letter, strings.Repeat(letter, 3))
	}
	return b.Bytes()
}

// answering is a recipe that learns them.
func answering() recipe.Recipe {
	r := recipe.Chat(brief(), recipe.Full, 4000)
	r.Steps, r.EvalEvery, r.Batch, r.LearningRate, r.SampleEvery = 150, 50, 8, 1e-2, 0
	return r
}

// teach is a desk whose model learns talks, and waits.
func teach(t *testing.T) *desk {
	d, _ := learned(t, folder(t))
	d.commands <- &protocol.SetText{Source: "upload", Name: "talks.jsonl", Data: talks(120)}
	d.commands <- &protocol.Train{Request: as(5), Recipe: answering(), Ranks: 1}
	return d
}

// A model learns to answer from a file of conversations, says when it has
// finished, and is asked again.
func TestLearnToAnswer(t *testing.T) {
	d := teach(t)
	if told := next[*protocol.Talks](d); told.ID != 5 || told.Kept != 120 || told.Dropped != 0 || told.Counted < 400 {
		t.Errorf("the conversations are told as %+v", told)
	}
	if m := next[*protocol.Model](d); !m.Chat || m.Recipe.Objective != recipe.SFT || m.Recipe.Model.Vocab < 16+30 || m.TrainTokens <= m.ValTokens {
		t.Errorf("the model is told as %+v", m)
	}
	var exact float64
	for step := 0; step < 150; {
		e := next[*protocol.Eval](d)
		step, exact = e.Step, e.Measures.Value(recipe.Exact)
	}
	if exact < 0.9 {
		t.Errorf("%v of the answers are right", exact)
	}
	d.state("done")
	said := []protocol.Message{{Role: "user", Content: "b"}, {Role: "assistant", Content: "bbb"}, {Role: "user", Content: "d"}}
	d.commands <- &protocol.Generate{Request: as(9), Messages: said[2:], Tokens: 50}
	text := ""
	for _, token := range d.written(9, 3) {
		text += token.Text
	}
	if g := next[*protocol.Generated](d); text != "ddd" || g.Tokens != 3 || g.Cancelled {
		t.Errorf("asked for d it answers %q: %+v", text, g)
	}
	d.commands <- &protocol.Generate{Request: as(10), Messages: said, Tokens: 2}
	d.written(10, 2)
	for _, wrong := range [][]protocol.Message{said[:2], {{Role: "user"}}, {{Role: "nobody", Content: "x"}}} {
		d.commands <- &protocol.Generate{Request: as(11), Messages: wrong, Tokens: 2}
		if p := d.problem(protocol.BadMessage); p.ID != 11 {
			t.Errorf("%+v is refused with %+v", wrong, p)
		}
	}
	d.commands <- &protocol.Generate{Request: as(12), Messages: said, Tokens: 2, By: protocol.Before}
	d.problem(protocol.ChatNone)
	d.commands <- &protocol.Generate{Request: as(13), Prompt: "Tom", Tokens: 2, By: protocol.Before}
	d.written(13, 2)
}

// Learning to answer goes on to the same bits after the tab was closed.
func TestLearningToAnswerGoesOn(t *testing.T) {
	whole := teach(t)
	whole.state("training")
	whole.state("done")
	want := whole.weights()

	disk := folder(t)
	d, _ := learned(t, disk)
	d.commands <- &protocol.SetText{Source: "upload", Name: "talks.jsonl", Data: talks(120)}
	d.pauseAt(50)
	d.commands <- &protocol.Train{Request: as(5), Recipe: answering(), Ranks: 1}
	d.state("paused")
	for next[*protocol.Saved](d).Step < 50 {
	}
	d.leave()
	later := at(t, disk)
	id := next[*protocol.Shelf](later).Cards[0].ID
	later.commands <- &protocol.Open{ModelID: id}
	if m := next[*protocol.Model](later); !m.Before || !m.Chat {
		t.Errorf("opened as %+v", m)
	}
	later.state("paused")
	later.commands <- &protocol.Resume{}
	later.state("done")
	if !bytes.Equal(later.weights(), want) {
		t.Error("the run that went on ends with other weights")
	}
}

// What is no file of conversations is refused by its line, and the model stays
// as it is.
func TestNoTalks(t *testing.T) {
	d, id := learned(t, folder(t))
	for _, c := range []struct {
		text []byte
		code protocol.Code
		got  string
	}{
		{own, protocol.TalksWrong, "1"},
		{append(talks(100), "{\"messages\":[]}\n"...), protocol.TalksWrong, "101"},
		{append(talks(3), bytes.Repeat([]byte("\n"), 4000)...), protocol.TalksFew, "3"},
	} {
		d.commands <- &protocol.SetText{Source: "upload", Name: "talks.jsonl", Data: c.text}
		d.commands <- &protocol.Train{Recipe: answering()}
		if p := d.problem(c.code); p.Got != c.got {
			t.Errorf("it is refused with %+v", p)
		}
		d.state("done")
	}
	if d.opened() != id {
		t.Error("another model is open")
	}
	d.commands <- &protocol.Generate{Messages: []protocol.Message{{Role: "user", Content: "a"}}, Tokens: 3}
	d.problem(protocol.ChatNone)
}

// A task brings its own conversations.
func TestTaskAsText(t *testing.T) {
	d := sit(t)
	d.commands <- &protocol.SetText{Request: as(3), Source: "task", Name: "sums"}
	if text := next[*protocol.Text](d); text.ID != 3 || text.Source != "task" || text.Name != "task/sums" || !strings.HasPrefix(text.Preview, `{"messages":[`) {
		t.Errorf("the task is told as %+v", text)
	}
	d.commands <- &protocol.SetText{Source: "task", Name: "nonsense"}
	d.problem(protocol.SampleUnknown)
}
