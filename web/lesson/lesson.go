// Package lesson reads lessons: Markdown of a small, strict form, which
// docs/lessons.md describes. A lesson says step by step what is shown, which
// station and which of its controls are open, what is asked before it is revealed,
// and when the step is done. Whoever shows it, does it.
package lesson

// A Lesson is one of 45 minutes, or a tour.
type Lesson struct {
	Number  int
	Title   string
	Minutes [3]int // to begin, to do, to close
	Aims    []Block
	Steps   []Step
	Paper   [4][]Block // the teacher's page, in the order of Papers
	Sheet   []Block    // the worksheet
}

// Base is the page's own model.
const Base = "base"

// A Step is one card. What is not given is empty.
type Step struct {
	Title   string
	Part    string            // of Parts
	Station string            // that is opened
	Model   string            // that is opened before: Base, or of Saved
	Open    []string          // controls that are there, of Controls
	Point   string            // what is pointed at, of Controls or Views
	Set     map[string]string // what is set, an experiment
	Done    Done
	Saved   string   // of Saved: the model that can be gone on with in place of one's own
	Recall  []string // sayings that are laid side by side, by their names

	Text      []Block
	Predict   *Question // answered before Do can be done, revealed after it
	Do        []Block
	Say       *Saying
	Check     *Question // answered, and revealed, once it is done
	Rescue    []Block   // for those for whom it does not work
	Extension []Block
}

// Done is when a step is done: when something of Deeds has happened N times.
type Done struct {
	Deed string // "": at once
	N    int
}

// A Question has choices of which one is right.
type Question struct {
	Text    []Block
	Choices []Line
	Right   int
	Because []Block
}

// A Saying is a question without a right answer; what is said has a name.
type Saying struct {
	Name string
	Text []Block
}

// A Block is a paragraph or a part of a list, a table, or a line to write on.
type Block struct {
	Kind  string // "text", "item", "row" or "rule"
	Mark  string // of an item: "–", or a number and its point
	Line  Line   // of a text or an item
	Cells []Line // of a row
}

// A Line is words in a row, some of them strong or code.
type Line []Span

// A Span is words that look alike.
type Span struct {
	Text string
	Kind string // "", "strong" or "code"
}

// Plain is a line without its looks.
func (l Line) Plain() (text string) {
	for _, s := range l {
		text += s.Text
	}
	return text
}

// Plain is the first block's words.
func Plain(blocks []Block) string {
	if len(blocks) == 0 {
		return ""
	}
	return blocks[0].Line.Plain()
}

// The words that a lesson may use. Each is explained in docs/lessons.md.
var (
	Parts    = []string{"begin", "do", "close"}
	Stations = []string{"learn", "text", "tokens", "pretrain", "finetune", "chat", "preferences", "rewards", "try", "inside", "models"}

	// Controls are what is there in a lesson only where a step opens it; Views are
	// always there and can be pointed at.
	Controls = []string{"adapter", "beside", "conversations", "cut", "generate", "guess", "hand", "judge", "lab", "learner", "mend", "method",
		"next", "numbers", "pairs", "preset", "prompt", "sample", "save", "sampling", "sums", "talk", "tokenizer", "train", "upload"}
	Views = []string{"answers", "change", "chart", "completion", "grown", "pieces", "preview", "run", "tries"}

	// Deeds are what can be waited for.
	Deeds = []string{"added", "cut", "drawn", "generated", "mended", "predicted", "stepped", "text", "trained"}

	// Saved are the models that come with the page besides, for steps whose training does
	// not work or that show more: a new one that has read Village Tales letter by letter, small ones that have
	// read the tales, a book by Newton, and one sentence again and again; and the page's
	// own, taught to answer, and taught to tell shorter tales.
	Saved = []string{"letters", "tales", "newton", "secret", "answers", "shorter"}

	// Papers are the parts of the teacher's page.
	Papers = []string{"Materials", "Timing", "Answers", "Trouble"}
)
