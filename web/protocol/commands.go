package protocol

import "hornbook/model/recipe"

// SetText gives the trainer the text to learn from: the bytes of an uploaded
// file or of what was typed or, for Source "sample", the name of a sample that
// the trainer fetches or makes itself, for "task", the name of a task, whose
// lessons are conversations, or, for "kept", the sum of a text that was taken
// before. Answers: Text, or a Problem, after which the former text stays.
type SetText struct {
	Request
	Source  string `json:"source"`  // "upload", "typed", "sample", "task" or "kept"
	Name    string `json:"name"`    // the file's name, or the sample's or the task's
	Special string `json:"special"` // how names of special tokens in it are read: "tokens", "letters", or "": as the text looks
	Hash    string `json:"hash"`    // for "kept": the sum that Text told
	Data    []byte `json:"-"`       // the payload beside the JSON; none for a sample
}

// SetTokenizer chooses how the text is cut into tokens. Answer: Tokenizer,
// after Working events where it takes time.
type SetTokenizer struct {
	Request
	Kind string `json:"kind"` // "chars", "bytes" or "bpe"
	Size int    `json:"size"` // wanted size of a "bpe" vocabulary, else 0
}

// SetSpecial chooses how names of special tokens in the text, such as <|endoftext|>,
// are read, until another text is set. Answer: Text, Tokenizer and, where a model
// is open, Fit.
type SetSpecial struct {
	Request
	As string `json:"as"` // "tokens" or "letters"
}

// Tokenize cuts a short text as the model would see it. Answer: Tokens; a newer request makes the trainer drop older ones.
type Tokenize struct {
	Request
	Text string `json:"text"`
}

// Train starts a run on the text: of a new model or, by a method other than
// "pretrain", of the open one, whose shape and tokenizer then stand for the
// recipe's. Answers: State, Model, then Step, Eval and Sample until State says
// done, or a Problem.
type Train struct {
	Request
	Recipe  recipe.Recipe `json:"recipe"`
	Ranks   int           `json:"ranks"`   // workers that train together; 0 leaves the number to the trainer
	Backend string        `json:"backend"` // what takes the steps: "cpu", "webgpu", or "" for what is faster
	Name    string        `json:"name"`    // of the model that comes of it; "": the text's, after the name of the model that is trained further
}

// Pause holds the run after the step under way; Resume goes on; Stop ends the
// run and keeps the model as it is, and ends what takes long before a run or
// beside one, as Cancel does. Answer: State.
type (
	Pause  struct{ Request }
	Resume struct{ Request }
	Stop   struct{ Request }
)

// Sampling says how the next token is chosen (temperature, top-k, top-p and
// seed). TopK 0 and TopP 1 cut nothing off; temperature 0 takes the likeliest.
type Sampling struct {
	Temperature float64 `json:"temperature"`
	TopK        int     `json:"top_k"`
	TopP        float64 `json:"top_p"`
	Seed        uint64  `json:"seed"`
}

// Predict asks what may come after the prompt. Answer: Prediction; a newer request makes the trainer drop older ones. It works while a
// run is going on, between two steps.
type Predict struct {
	Request
	Prompt string `json:"prompt"`
}

// Message is what one says in a conversation.
type Message struct {
	Role    string `json:"role"` // "system", "user" or "assistant"
	Content string `json:"content"`
}

// Generate lets the model go on from the prompt or, with messages, answer them
// by its chat template; the oldest are forgotten where not all fit. Answers:
// Writing, again and again, then Generated. It works while a run is going on.
type Generate struct {
	Request
	Prompt   string    `json:"prompt"`
	Messages []Message `json:"messages"` // that end with the user's; empty for none
	Tokens   int       `json:"tokens"`   // at most, 1 to 100,000; writing ends before with a token that ends the model's texts
	ShowEnd  bool      `json:"show_end"` // that token is told too
	By       string    `json:"by"`       // which model writes: "" the open one, Before that as it was before it was trained further, else one of the shelf by its id
	Sampling
}

// Before is the model that Generate.By calls so.
const Before = "before"

// Cancel ends the command early that has the same id: a Generate, whose
// Generated event still comes, or one that takes long before its answer
// (SetText, SetTokenizer, Train, Open), which is then answered by the problem
// Cancelled.
type Cancel struct {
	Request
}

// Bench times training steps of a recipe on a built-in text, to measure the
// machine. Answer: Benched, or a Problem; Busy while a run is going on.
type Bench struct {
	Request
	Recipe  recipe.Recipe `json:"recipe"`
	Steps   int           `json:"steps"`   // 1 to 10,000
	Ranks   int           `json:"ranks"`   // as in Train
	Backend string        `json:"backend"` // "cpu", which "" is too, or "webgpu"
	Narrow  bool          `json:"narrow"`  // the weights that an adapter is laid beside are of 16 bits
}

// Measure times what the machine can do besides a step: its peak, products of
// the sizes that training has, and writing, one sequence and many. Answer:
// Measured, or a Problem; Busy while a run is going on.
type Measure struct {
	Request
	Sequences int `json:"sequences"` // that are written at once, 1 to 1,024; 0 for 64
	Ranks     int `json:"ranks"`     // that share them; 0 for as many as there are
}

// CheckGPU compares what the browser's graphics card computes with the processor, once
// more. Answer: GPU.
type CheckGPU struct{ Request }

func (*SetText) command() string      { return "set_text" }
func (*SetTokenizer) command() string { return "set_tokenizer" }
func (*SetSpecial) command() string   { return "set_special" }
func (*Tokenize) command() string     { return "tokenize" }
func (*Train) command() string        { return "train" }
func (*Pause) command() string        { return "pause" }
func (*Resume) command() string       { return "resume" }
func (*Stop) command() string         { return "stop" }
func (*Predict) command() string      { return "predict" }
func (*Generate) command() string     { return "generate" }
func (*Cancel) command() string       { return "cancel" }
func (*Bench) command() string        { return "bench" }
func (*Measure) command() string      { return "measure" }
func (*CheckGPU) command() string     { return "check_gpu" }

var commands = map[string]func() Command{
	"set_text":      func() Command { return new(SetText) },
	"set_tokenizer": func() Command { return new(SetTokenizer) },
	"set_special":   func() Command { return new(SetSpecial) },
	"tokenize":      func() Command { return new(Tokenize) },
	"train":         func() Command { return new(Train) },
	"pause":         func() Command { return new(Pause) },
	"resume":        func() Command { return new(Resume) },
	"stop":          func() Command { return new(Stop) },
	"predict":       func() Command { return new(Predict) },
	"generate":      func() Command { return new(Generate) },
	"cancel":        func() Command { return new(Cancel) },
	"bench":         func() Command { return new(Bench) },
	"measure":       func() Command { return new(Measure) },
	"check_gpu":     func() Command { return new(CheckGPU) },
	"open":          func() Command { return new(Open) },
	"rename":        func() Command { return new(Rename) },
	"duplicate":     func() Command { return new(Duplicate) },
	"delete":        func() Command { return new(Delete) },
	"undelete":      func() Command { return new(Undelete) },
	"export":        func() Command { return new(Export) },
	"import":        func() Command { return new(Import) },
	"adapt":         func() Command { return new(Adapt) },
	"merge":         func() Command { return new(Merge) },
	"draw":          func() Command { return new(Draw) },
	"check_tasks":   func() Command { return new(CheckTasks) },
	"set_pairs":     func() Command { return new(SetPairs) },
	"outcomes":      func() Command { return new(Outcomes) },
	"look_inside":   func() Command { return new(LookInside) },
	"speculate":     func() Command { return new(Speculate) },
}
