package session

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data/chat"
	"hornbook/model/data/pairs"
	"hornbook/model/eval"
	"hornbook/model/recipe"
	"hornbook/model/task"
	"hornbook/model/train"
	"hornbook/tokenizer"
	"hornbook/web/protocol"
)

// learns is what a run of r learns from: the text as it is, or the conversations,
// pairs or tasks in it; and a text like the old, nil for none.
func (s *Session) learns(r recipe.Recipe, tok tokenizer.Tokenizer, text, old []byte) (d train.Data, problem *protocol.Problem) {
	if old != nil {
		d.Old.IDs = tok.Encode(old)
	}
	d.Ask = new(asker(r, tok))
	switch r.Objective {
	case recipe.SFT:
		talks, err := chat.Read(bytes.NewReader(text))
		if err != nil {
			return d, noTalks(protocol.TalksWrong, err)
		}
		return d, s.talks(&d, talks, tok, r.Model.Context)
	case recipe.GRPO:
		return d, s.task(&d, r, tok, text)
	case recipe.DPO:
		return d, s.preferences(&d, r, tok, text)
	case recipe.Distill:
		problem = s.teacher(&d, r, tok)
	}
	if problem == nil {
		d.Text.Bytes = len(text)
		d.Text.IDs, problem = s.texts.encoded(tok, text, r.Special)
		if before, behind := tokenizer.Frame(tok); len(before)+len(behind) > 0 {
			d.Text.IDs = slices.Concat(before, d.Text.IDs, behind)
		}
	}
	return d, problem
}

// asker is how a model of r is asked.
func asker(r recipe.Recipe, tok tokenizer.Tokenizer) eval.Asker {
	if r.Objective == recipe.DPO && !r.Preferences.Chat {
		return eval.GoOn(tok)
	}
	return eval.NewAsker(tok)
}

// talks are conversations as what is learned from.
func (s *Session) talks(d *train.Data, list []chat.Conversation, tok tokenizer.Tokenizer, context int) *protocol.Problem {
	template, _ := chat.Of(tok)
	var report chat.Report
	d.Text, report = template.Corpus(list, context)
	if report.Kept < train.MinDocuments {
		return &protocol.Problem{Code: protocol.TalksFew, Got: strconv.Itoa(report.Kept), Want: strconv.Itoa(train.MinDocuments), Detail: strconv.Itoa(report.Dropped)}
	}
	s.voice.tell(&protocol.Talks{Kept: report.Kept, Cut: report.Cut, Dropped: report.Dropped, Tokens: report.Tokens, Counted: report.Counted})
	return nil
}

// task is a task whose replies are rewarded, with demonstrations of it.
func (s *Session) task(d *train.Data, r recipe.Recipe, tok tokenizer.Tokenizer, text []byte) (problem *protocol.Problem) {
	job, err := taskOf(r, text)
	if err != nil {
		return &protocol.Problem{Code: protocol.TasksWrong, Detail: err.Error()}
	}
	if d.Job, err = train.NewJob(r, job); err != nil {
		return &protocol.Problem{Code: protocol.RewardUnknown, Got: r.Rewards.Reward, Want: strings.Join(job.Rewards(), ", "), Detail: err.Error()}
	}
	return s.talks(d, demonstrations(r, job), tok, r.Model.Context)
}

// taskOf is the task that r rewards: one that comes with Hornbook, or the one of a
// file.
func taskOf(r recipe.Recipe, file []byte) (task.Task, error) {
	w := r.Rewards
	if w.Task == "" {
		return task.Read("", bytes.NewReader(file), cmp.Or(w.Verifier, task.Exact.Name))
	}
	job, known := task.ByName(w.Task)
	if !known {
		return job, fmt.Errorf("there is no task %q; choose one of %s", w.Task, strings.Join(task.Names, ", "))
	}
	return job, nil
}

// demonstrations are those that r's model is shown before it is rewarded.
func demonstrations(r recipe.Recipe, job task.Task) []chat.Conversation {
	w := r.Rewards
	return job.Demonstrations(task.Mix{Working: w.Working, Hedged: w.Hedged, Wrong: w.Wrong}, r.Seed, w.Examples)
}

// preferences are pairs of answers as what is learned from.
func (s *Session) preferences(d *train.Data, r recipe.Recipe, tok tokenizer.Tokenizer, text []byte) *protocol.Problem {
	list, report, err := pairs.Read(bytes.NewReader(text))
	if err != nil {
		return noTalks(protocol.PairsWrong, err)
	}
	var fit pairs.Fit
	d.Chosen, d.Rejected, fit = pairs.Encode(list, tok, r.Preferences.Chat, r.Model.Context)
	if fit.Kept < train.MinDocuments {
		return &protocol.Problem{Code: protocol.PairsFew, Got: strconv.Itoa(fit.Kept), Want: strconv.Itoa(train.MinDocuments), Detail: strconv.Itoa(fit.Long)}
	}
	s.voice.tell(&protocol.Pairs{Kept: fit.Kept, Long: fit.Long, Same: report.Same + fit.Same, Foreign: fit.Foreign, Ignored: append([]string{}, report.Ignored...)})
	return nil
}

// teacher is the model that r's student learns from, unless the student is the twin
// that learns without.
func (s *Session) teacher(d *train.Data, r recipe.Recipe, tok tokenizer.Tokenizer) *protocol.Problem {
	if r.Distillation.Hard {
		return nil
	}
	from, problem := s.teacherOf(r)
	if problem != nil {
		return problem
	}
	if !bytes.Equal(sumOf(from.Tokenizer), sumOf(tok)) {
		return &protocol.Problem{Code: protocol.TeacherStranger, Got: from.Name}
	}
	settle(from.Model)
	d.Teacher, d.Frozen = from.Model.Config, from.Model.Weights.Numbers()
	return nil
}

// teacherOf is a copy of the model that r names as teacher.
func (s *Session) teacherOf(r recipe.Recipe) (checkpoint.Run, *protocol.Problem) {
	id := r.Distillation.Teacher
	if open := s.library.open(); open != nil && open.id == id {
		from := open.Run
		from.Model = from.Model.Clone()
		return from, nil
	}
	from, problem := s.library.load(id)
	if problem != nil {
		return from, &protocol.Problem{Code: protocol.TeacherGone, Got: id, Detail: problem.Error()}
	}
	return from, nil
}

// sumOf tells tokenizers apart that cut otherwise.
func sumOf(tok tokenizer.Tokenizer) []byte {
	h := sha256.New()
	tokenizer.WriteJSON(h, tok)
	return h.Sum(nil)
}

// noTalks is why a text holds no conversations, or no pairs.
func noTalks(code protocol.Code, err error) *protocol.Problem {
	told := &protocol.Problem{Code: code, Detail: err.Error()}
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
	return lines(job.Lessons(lessonsSeed, lessons))
}

// lines are conversations as a file of JSON lines.
func lines(talks []chat.Conversation) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	for _, talk := range talks {
		if err := enc.Encode(talk); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}
