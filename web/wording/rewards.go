package wording

import "hornbook/web/protocol"

// TaskAbout says what a task asks, "" where its name says it.
func (w *Words) TaskAbout(name string) string { return w.about("task_", name) }

// Tries says how far a run by rewards is, whose mean reward is written; "" while
// it is shown examples.
func (w *Words) Tries(run *protocol.State, s *protocol.Step, reward string) string {
	key := "rewards_progress"
	switch training := run.State == "training"; {
	case training && s.Step == s.Steps:
		key = "rewards_progress_last"
	case training && reward == "":
		key = "rewards_progress_shown"
	case reward == "":
		key = "progress_begun"
	case training:
		key = "rewards_progress_tries"
	}
	return w.Say(key, "state", w.RunState(run.State), "step", w.Of(s.Step, s.Steps), "reward", reward, "left", w.Duration(s.SecondsLeft))
}

// Pair is a name with what it brings.
func (w *Words) Pair(name, about string) string {
	if about == "" {
		return name
	}
	return w.Say("preset_line", "name", name, "about", about)
}

// Verifier names what is right of a task of one's own, VerifierAbout says what counts.
func (w *Words) Verifier(name string) string      { return w.named("verifier_", name) }
func (w *Words) VerifierAbout(name string) string { return w.about("verifier_", name) }
