package ui

import (
	"hornbook/web/protocol"
)

// Tasks of one's own, of the given text.

// check asks what the text holds as tasks, where those are chosen.
func (t *Rewards) check() {
	if t.Lab != "" || t.task != "" || t.Page.Text == nil {
		return
	}
	t.checked = nil
	t.ask(&protocol.CheckTasks{Verifier: t.verifier})
}

// ChooseVerifier chooses what is right of a task of one's own.
func (t *Rewards) ChooseVerifier(name string) {
	t.verifier = name
	t.ChooseMethod(t.Method())
	t.check()
}

// ownSays says what the text holds as tasks.
func (t *Rewards) ownSays() string {
	w := t.Page.W
	if t.checked == nil {
		return w.Say("rewards_own_form")
	}
	tasks, says := w.Say("tasks", "n", t.checked.Kept), ""
	if t.checked.Held == 0 {
		says = w.Say("rewards_own_few", "tasks", tasks)
	} else {
		says = w.Say("rewards_own_kept", "tasks", tasks, "held", w.Count(t.checked.Held))
	}
	return says + " " + w.VerifierAbout(t.checked.Verifier)
}

// quoted is a reply of a judgment without the marks of its thoughts; silence has a word.
func (t *Rewards) quoted(reply string) string {
	if reply == "" {
		return t.Page.W.Say("outcome_silent")
	}
	return plain(reply)
}

// taskName is what the chosen task is called.
func (t *Rewards) taskName() string {
	if t.task == "" {
		return t.Page.W.Say("rewards_own")
	}
	return t.Page.W.Task(t.task)
}
