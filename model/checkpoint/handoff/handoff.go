// Package handoff lays out a run so that it goes on elsewhere: on many processes and
// machines, by PyTorch and nothing else. continue.py, which stands in the folder, goes
// on with it and writes the folder of a run.
//
// The folder:
//
//	README.md      what to type
//	continue.py    goes on with it in PyTorch
//	handoff.json   how weights and data lie
//	run/           the run, as package checkpoint has it: Hugging Face's form where there is one
//	teacher/       the same, of the model that a student learns from
//	data/          what is learned from as 32-bit ids, and as text
//	verifier.py    what is right, of a run that is rewarded
//	trl/           settings for TRL and accelerate
package handoff

import (
	"fmt"
	"io"
	"strings"

	"hornbook/model/checkpoint"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/data/chat"
	"hornbook/model/format"
	"hornbook/model/recipe"
	"hornbook/model/train"
	"hornbook/tokenizer"
)

// version is that of handoff.json.
const version = 1

// Run is what is handed off.
type Run struct {
	checkpoint.Run
	Data    train.Data
	Source  []byte          // that the data were made from
	Teacher *checkpoint.Run // of a student, without an adapter; nil for none

	Script func(name string) ([]byte, error) // gives Scripts; nil: Script
}

// manifest is handoff.json.
type manifest struct {
	Version int               `json:"version"`
	Name    string            `json:"name"`
	Text    string            `json:"text"`
	Bytes   int               `json:"bytes"`  // of the text that is learned from, 0 if that says nothing
	Tokens  int               `json:"tokens"` // of the same
	Tensors []layout.Location `json:"tensors"`
	Teacher []layout.Location `json:"teacher"`
	Adapter [][2]string       `json:"adapter"`
	Chats   bool              `json:"chats"`  // replies are an assistant's
	Stop    []int32           `json:"stop"`   // tokens that end one
	Cut     []int32           `json:"cut"`    // special tokens at which what is said ends
	Strict  string            `json:"strict"` // the verifier of what is right
	Reward  string            `json:"reward"`
	SHA256  map[string]string `json:"sha256"` // of the files in data
}

// Write writes the folder.
func Write(sink format.Sink, r Run) error {
	if r.Recipe.Objective == recipe.Distill && !r.Recipe.Distillation.Hard && r.Teacher == nil {
		return format.Wrong(format.Incomplete, "", "the teacher that the run learns from is missing; name it again")
	}
	if r.Script == nil {
		r.Script = Script
	}
	scripts, err := scriptFiles(r)
	if err != nil {
		return err
	}
	m := manifestOf(r)
	if err := checkpoint.Write(within{sink, "run/"}, r.Run); err != nil {
		return err
	}
	if r.Teacher != nil {
		if err := checkpoint.Write(within{sink, "teacher/"}, *r.Teacher); err != nil {
			return err
		}
	}
	for _, f := range append(dataFiles(r), sourceFile(r)) {
		sum, err := format.Create(sink, f)
		if err != nil {
			return fmt.Errorf("hand off: %w", err)
		}
		m.SHA256[f.Name] = sum
	}
	files := append(settingsFiles(r), file("README.md", readme(r)), format.JSON("handoff.json", m))
	return format.CreateAll(sink, append(files, scripts...))
}

// Scripts are the names of those that a folder can have.
var Scripts = []string{"continue.py", "verifier.py"}

func scriptFiles(r Run) (files []format.Written, err error) {
	names := Scripts
	if r.Data.Job == nil {
		names = names[:len(names)-1] // all but the verifier
	}
	for _, name := range names {
		text, err := r.Script(name)
		if err != nil {
			return nil, fmt.Errorf("hand off: %s: %w", name, err)
		}
		files = append(files, file(name, text))
	}
	return files, nil
}

// within is a Sink into a folder of another.
type within struct {
	format.Sink
	folder string
}

func (w within) Create(name string) (io.WriteCloser, error) { return w.Sink.Create(w.folder + name) }

func file(name string, text []byte) format.Written {
	return format.Text(name, func() ([]byte, error) { return text, nil })
}

func manifestOf(r Run) manifest {
	m := manifest{Version: version, Name: r.Name, Text: r.Text, Bytes: r.Data.Text.Bytes, Tokens: len(r.Data.Text.IDs),
		Tensors: layout.SavedAt(r.Model), SHA256: map[string]string{}}
	if _, has := r.Model.Adapter(); has {
		m.Adapter = layout.AdapterAt(r.Model)
	}
	if r.Teacher != nil {
		m.Teacher = layout.SavedAt(r.Teacher.Model)
	}
	if r.Data.Job != nil {
		_, m.Chats = chat.Of(r.Tokenizer)
		m.Stop, m.Cut, m.Strict, m.Reward = r.Data.Ask.Stop, cuts(r.Tokenizer), r.Data.Job.Strict.Name, r.Recipe.Rewards.Reward
	}
	return m
}

// cuts are the special tokens of tok at which what an assistant says ends: all but
// those around its thoughts.
func cuts(tok tokenizer.Tokenizer) (ids []int32) {
	for id := range int32(tok.Size()) {
		name := string(tok.Piece(id))
		if special, is := tok.Special(name); is && special == id && name != chat.Think && name != chat.EndThink {
			ids = append(ids, id)
		}
	}
	return ids
}

// latin1 are bytes as text, a character each.
func latin1(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return out.String()
}
