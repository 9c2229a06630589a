package protocol

// CheckTasks asks what the text holds as tasks of one's own, by a verifier of
// Ready.Verifiers. Answer: Checked, or the problem TasksWrong.
type CheckTasks struct {
	Request
	Verifier string `json:"verifier"`
}

// Checked says what tasks there are, and shows what the verifier takes for right.
type Checked struct {
	Reply
	Verifier string     `json:"verifier"`
	Kept     int        `json:"kept"` // tasks
	Held     int        `json:"held"` // of them, that are kept back to examine by; 0: too few, which are learned from and examined by
	Shown    []Judgment `json:"shown"`
}

// Judgment is a task with a reply that counts as right, and one that does not.
type Judgment struct {
	Prompt string `json:"prompt"`
	Wanted string `json:"wanted"` // as the file has it
	Right  string `json:"right"`
	Wrong  string `json:"wrong"`
}

func (*CheckTasks) command() string { return "check_tasks" }
func (*Checked) event() string      { return "checked" }
