package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/data"
	"hornbook/model/data/chat"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// learns is what a run of r learns from: the text as it is, or the
// conversations in it; and a text like the old, nil for none.
func (s *Session) learns(r recipe.Recipe, tok tokenizer.Tokenizer, text, old []byte) (d train.Data, problem *protocol.Problem) {
	if old != nil {
		d.Old.IDs = tok.Encode(old)
	}
	if r.Objective != recipe.SFT {
		d.Text = data.Corpus{IDs: tok.Encode(text), Bytes: len(text)}
		return d, nil
	}
	talks, err := chat.Read(bytes.NewReader(text))
	if err != nil {
		return d, noTalks(err)
	}
	template, _ := chat.Of(tok)
	var report chat.Report
	d.Text, report = template.Corpus(talks, r.Model.Context)
	if report.Kept < train.MinDocuments {
		return d, &protocol.Problem{Code: protocol.TalksFew, Got: strconv.Itoa(report.Kept), Want: strconv.Itoa(train.MinDocuments), Detail: strconv.Itoa(report.Dropped)}
	}
	s.voice.tell(&protocol.Talks{Kept: report.Kept, Cut: report.Cut, Dropped: report.Dropped, Tokens: report.Tokens, Counted: report.Counted})
	return d, nil
}

// noTalks is why a text holds no conversations.
func noTalks(err error) *protocol.Problem {
	told := &protocol.Problem{Code: protocol.TalksWrong, Detail: err.Error()}
	var wrong *chat.Wrong
	if errors.As(err, &wrong) && wrong.Line > 0 {
		told.Got, told.Detail = strconv.Itoa(wrong.Line), wrong.What
	}
	return told
}

// speaking makes m, a copy, and its tokenizer ones that know the tokens of the
// chat template.
func speaking(m *model.GPT, tok tokenizer.Tokenizer) (*model.GPT, tokenizer.Tokenizer, *protocol.Problem) {
	larger, err := tokenizer.Extend(tok, chat.Specials...)
	if err != nil {
		return nil, nil, &protocol.Problem{Code: protocol.Internal, Detail: err.Error()}
	}
	if more := larger.Size() - m.Vocab; more > 0 {
		m = m.Grow(more)
	}
	return m, larger, nil
}

// What a task is taught by.
const (
	lessons     = 4000
	lessonsSeed = 1
)

// Lessons is what a task is taught by, as a file of conversations.
func Lessons(name string) ([]byte, error) {
	job, known := task.ByName(name)
	if !known {
		return nil, fmt.Errorf("there is no task %q; choose one of %s", name, strings.Join(task.Names, ", "))
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	for _, talk := range job.Lessons(lessonsSeed, lessons) {
		if err := enc.Encode(talk); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}
