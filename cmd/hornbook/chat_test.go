package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data/chat"
	"hornbook/web/protocol"
)

// A model that was pre-trained on a text without the template's tokens learns
// from a file of conversations, is examined, and talks; a run that was
// interrupted goes on.
func TestLearnsToChat(t *testing.T) {
	at := func(name string) string { return filepath.Join(t.TempDir(), name) }
	base, taught, talks := at("base"), at("taught"), at("talks.jsonl")
	do := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if status := run(args, &out, &errs); status != 0 {
			t.Fatalf("%q gave %d: %s", args, status, errs.String())
		}
		return out.String()
	}
	do("train", "-data", textFile(t, tales), "-preset", "tiny", "-steps", "20", "-out", base)
	var out, errs bytes.Buffer
	if status := run([]string{"train", "-data", textFile(t, tales), "-objective", "sft", "-from", base}, &out, &errs); status != 1 || !strings.Contains(errs.String(), "Line 1 of this text is no conversation") {
		t.Errorf("learning to chat from tales gave %d: %s", status, errs.String())
	}
	if status := run([]string{"chat", "-run", base}, &out, &errs); status != 1 || !strings.Contains(errs.String(), "never taught to chat") {
		t.Errorf("a chat with a model that cannot gave %d: %s", status, errs.String())
	}
	var file bytes.Buffer
	for i := range 60 {
		question := strings.Repeat("a", 1+i%7)
		json.NewEncoder(&file).Encode(chat.Conversation{Messages: []chat.Message{{Role: chat.User, Content: question}, {Role: chat.Assistant, Content: "bag"}}})
	}
	if err := os.WriteFile(talks, file.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	var measured []string
	for line := range strings.Lines(do("train", "-objective", "sft", "-from", base, "-data", talks, "-steps", "60", "-learning-rate", "0.005", "-json", "-out", taught)) {
		e, err := protocol.DecodeEvent([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		switch e := e.(type) {
		case *protocol.Talks:
			if e.Kept != 60 || e.Counted != 60*len("bag.") {
				t.Errorf("the conversations are told as %+v", e)
			}
		case *protocol.Eval:
			measured = measured[:0]
			for _, m := range e.Measures {
				measured = append(measured, m.Name)
			}
			if e.Step == 60 && e.Measures.Value("exact") != 1 {
				t.Errorf("after 60 steps %v of the answers are right", e.Measures.Value("exact"))
			}
		}
	}
	if !slices.Equal(measured, []string{"train_loss", "val_loss", "old_loss", "exact", "questions"}) {
		t.Errorf("measured is %v", measured)
	}
	own := at("own.jsonl")
	if err := os.WriteFile(own, []byte("{\"prompt\":\"aaa\",\"answer\":\"bag\"}\n{\"prompt\":\"aa\",\"answer\":\"no\"}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var scores map[string]any
	if err := json.Unmarshal([]byte(do("eval", "-run", taught, "-task", own, "-k", "4", "-json")), &scores); err != nil {
		t.Fatal(err)
	}
	if one := scores["pass@1"].(float64); scores["n"] != 2.0 || one < 0.4 || one > 0.5 || scores["pass@4"] != 0.5 {
		t.Errorf("examined: %v", scores)
	}
	if text := do("eval", "-run", taught, "-task", own); !strings.Contains(text, "50.0 % right of 2") || !strings.Contains(text, `should be "no", was "bag"`) {
		t.Errorf("for people: %s", text)
	}
	kept, err := checkpoint.Load(taught)
	if err != nil {
		t.Fatal(err)
	}
	template, has := chat.Of(kept.Tokenizer)
	if !has {
		t.Fatal("the taught model has no template")
	}
	var said bytes.Buffer
	talk := talker{kept: kept, template: template, generator: model.NewGenerator(kept.Model), out: &said}
	if err := talk.talk(strings.NewReader("aa\n\naaaa\n")); err != nil || said.String() != "> bag\n> > bag\n> \n" {
		t.Errorf("said %q, %v", said.String(), err)
	}
	if len(talk.said) != 4 {
		t.Errorf("remembers %+v", talk.said)
	}
}
