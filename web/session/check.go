package session

import (
	"bytes"

	"hornbook/model/task"
	"hornbook/web/protocol"
)

// shownJudged is the number of tasks that a verifier is shown by.
const shownJudged = 3

// check tells what the text holds as tasks, and what a verifier takes for right.
func (s *Session) check(c *protocol.CheckTasks) {
	t := s.texts.given()
	if t == nil {
		s.voice.tell(&protocol.Problem{Code: protocol.TextMissing})
		return
	}
	job, err := task.Read(t.name, bytes.NewReader(t.bytes), c.Verifier)
	if err != nil {
		s.voice.tell(&protocol.Problem{Code: protocol.TasksWrong, Detail: err.Error()})
		return
	}
	all := job.Examples(task.All, 0, task.MaxExamples)
	held := len(job.Examples(task.Test, 0, task.MaxExamples))
	if held == len(all) { // as of few
		held = 0
	}
	told := &protocol.Checked{Verifier: c.Verifier, Kept: len(all), Held: held, Shown: []protocol.Judgment{}}
	for _, e := range all {
		if right, wrong, both := job.Strict.Shows(e); both && len(told.Shown) < shownJudged {
			told.Shown = append(told.Shown, protocol.Judgment{Prompt: e.Prompt, Wanted: e.Answer, Right: right, Wrong: wrong})
		}
	}
	s.voice.tell(told)
}
