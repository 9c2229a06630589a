package protocol

import "hornbook/model/recipe"

// Ready is the first event: the trainer can take commands.
type Ready struct {
	Reply
	Backend string          `json:"backend"` // "cpu"
	SIMD    bool            `json:"simd"`
	Fused   bool            `json:"fused"`  // multiply-adds round once (relaxed SIMD)
	Cores   int             `json:"cores"`  // that the machine says it has
	Ranks   int             `json:"ranks"`  // the most that can train together here
	Memory  float64         `json:"memory"` // bytes that a run may take
	Presets []recipe.Recipe `json:"presets"`
	Default string          `json:"default"` // the preset to begin with
	Labs    []recipe.Recipe `json:"labs"`    // recipes by rewards, of new models
	Samples []string        `json:"samples"` // names for SetText, the first is the one to begin with
	Tasks   []string        `json:"tasks"`   // names for SetText of source "task"
	Tastes  []string        `json:"tastes"`  // names for Draw's judge

	Verifiers []string `json:"verifiers"` // of tasks of one's own, the first is the one to begin with
	Base      bool     `json:"base"`      // a model comes with the page: Open Base
	GPU       bool     `json:"gpu"`       // the browser may lend a graphics card: CheckGPU tells
}

// Text describes the text that was taken.
type Text struct {
	Reply
	Source     string   `json:"source"`
	Name       string   `json:"name"`
	Bytes      int      `json:"bytes"`
	Characters int      `json:"characters"`
	Distinct   int      `json:"distinct"` // different characters
	Words      int      `json:"words"`
	Lines      int      `json:"lines"`
	Invalid    int      `json:"invalid"`    // bytes that are not valid UTF-8; they are kept as they are
	Hash       string   `json:"hash"`       // the sum of a text of one's own, by which it is found again: for a day where texts are kept, else until two others were taken; "" of others
	Pairs      bool     `json:"pairs"`      // it is a file of pairs of answers: SetPairs of source "text"
	Special    []string `json:"special"`    // names of special tokens in it, such as <|endoftext|>, as they first appear
	SpecialAs  string   `json:"special_as"` // how they are read: "tokens" or "letters"; "" where there are none
	Preview    string   `json:"preview"`    // the beginning, at most 2,000 characters
	Advice     Code     `json:"advice"`     // "" or TextShort: enough to train on, too little to learn much from
}

// Tokenizer describes the tokenizer in use and what it makes of the text.
type Tokenizer struct {
	Reply
	Kind          string  `json:"kind"`
	Size          int     `json:"size"`   // V
	Tokens        int     `json:"tokens"` // tokens of the whole text
	BytesPerToken float64 `json:"bytes_per_token"`
}

// Piece is one token of a text.
type Piece struct {
	Token int32  `json:"token"` // its id
	Text  string `json:"text"`  // its characters; a part of one is shown as <E2>
}

// Tokens answers Tokenize.
type Tokens struct {
	Reply
	Pieces  []Piece  `json:"pieces"`
	Unknown []string `json:"unknown"` // characters that the tokenizer has never seen, left out
}

// Working says how far a long task is that is not training.
type Working struct {
	Reply
	Task  string `json:"task"` // "sample", "tokenizer", "import", "draw", "gpu": its operations are compared, or "old": a model writes the text by which its forgetting is measured
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// State says what the run is doing.
type State struct {
	Reply
	State  string `json:"state"`  // "idle", "preparing", "training", "paused", "done" or "failed"
	Reason Code   `json:"reason"` // of "done": Finished, Stopped or StoppedEarly; of "failed": the problem's code
}

// Talks says what became of the conversations that a run learns from.
type Talks struct {
	Reply
	Kept    int `json:"kept"`    // the cut ones included
	Cut     int `json:"cut"`     // that lost their last turns, since they were too long
	Dropped int `json:"dropped"` // of which not even the first answer fits
	Tokens  int `json:"tokens"`  // of those that are kept
	Counted int `json:"counted"` // of them, that are learned: what the assistant says
}

// Pairs says what became of the pairs of answers that a run learns from.
type Pairs struct {
	Reply
	Kept    int      `json:"kept"`
	Long    int      `json:"long"`    // of which an answer does not fit the context
	Same    int      `json:"same"`    // whose answers do not differ
	Foreign int      `json:"foreign"` // that the model's tokenizer cannot say
	Ignored []string `json:"ignored"` // names of fields that were not read
}

// Round is one of the groups of replies that the next step learns from, and what was
// seen of all of the round. It comes at most a few times a second.
type Round struct {
	Reply
	Step    int      `json:"step"`
	Prompt  string   `json:"prompt"`
	Wanted  string   `json:"wanted"` // the right answer
	Replies []Scored `json:"replies"`
	Reward  float64  `json:"reward"`  // mean of the round
	Flat    float64  `json:"flat"`    // part of its groups whose replies are all as good, from which nothing is learned
	Length  float64  `json:"length"`  // mean tokens of its replies
	Cut     float64  `json:"cut"`     // part of them that did not end
	Working float64  `json:"working"` // part of them that show working
}

// Scored is a reply with its reward.
type Scored struct {
	Text      string  `json:"text"`
	Tokens    int     `json:"tokens"`
	Ended     bool    `json:"ended"` // by itself
	Reward    float64 `json:"reward"`
	Right     bool    `json:"right"`     // by the task's strict verifier
	Advantage float64 `json:"advantage"` // over the others of its group
}

// Model describes the model that is open: that a run trains, or that was
// opened. Fields of a run are 0 where there is none.
type Model struct {
	Reply
	ModelID      string        `json:"model"` // on the shelf, Base, or "" if it is not kept
	Name         string        `json:"name"`
	From         string        `json:"from"`    // name of the model that it was trained further from, or ""
	Old          string        `json:"old"`     // the text by which forgetting is measured: a sample's name, "own" for the model's own writing, or a text's name; "" for none
	Chat         bool          `json:"chat"`    // its tokenizer has the tokens of the chat template: Generate.Messages
	Before       bool          `json:"before"`  // the model as it was before can write too: Generate.By
	Trained      int           `json:"trained"` // of the parameters, that train
	Tokenizer    string        `json:"tokenizer"`
	Recipe       recipe.Recipe `json:"recipe"` // as trained, Vocab filled in
	Ranks        int           `json:"ranks"`  // workers that train it together
	Parameters   int           `json:"parameters"`
	Bytes        int           `json:"bytes"`        // memory of weights, gradients, moments and activations
	WeightBytes  float64       `json:"weight_bytes"` // of its weights, where they do not take four bytes each: Recipe.WeightBytes; else 0
	Text         string        `json:"text"`         // name of the text
	TrainTokens  int           `json:"train_tokens"`
	ValTokens    int           `json:"val_tokens"`
	FLOPsPerStep float64       `json:"flops_per_step"` // an estimate

	Teacher   string            `json:"teacher"`   // name of the model that it learns from, or ""
	Questions []recipe.Question `json:"questions"` // that each Eval has answers to
}

// Step comes while training, at most ten times a second.
type Step struct {
	Reply
	Step            int     `json:"step"`
	Steps           int     `json:"steps"`
	Loss            float64 `json:"loss"` // nats a token, of this step's batch
	LearningRate    float64 `json:"learning_rate"`
	GradNorm        float64 `json:"grad_norm"`
	Tokens          int     `json:"tokens"`  // trained on so far
	Written         int     `json:"written"` // of them, that the model wrote itself to learn from
	Seconds         float64 `json:"seconds"` // of training, without evaluation and pauses
	TokensPerSecond float64 `json:"tokens_per_second"`
	SecondsLeft     float64 `json:"seconds_left"` // an estimate
	FLOPs           float64 `json:"flops"`        // done so far, an estimate
	Ranks           int     `json:"ranks"`        // workers that took this step
	Backend         string  `json:"backend"`      // what took it: "cpu" or "webgpu"
}

// Eval comes at each evaluation, step 0 and the last step included.
type Eval struct {
	Reply
	recipe.Measurement
	TrainLoss       float64 `json:"train_loss"` // as among the measures: nats a token
	ValLoss         float64 `json:"val_loss"`   // as among the measures
	TokensPerSecond float64 `json:"tokens_per_second"`
}

// NewEval tells of m.
func NewEval(m recipe.Measurement) *Eval {
	e := &Eval{Measurement: m, TrainLoss: m.Measures.Value(recipe.TrainLoss), ValLoss: m.Measures.Value(recipe.ValLoss)}
	if m.Seconds > 0 {
		e.TokensPerSecond = float64(m.Tokens) / m.Seconds
	}
	return e
}

// Sample is a piece of the model's writing during training.
type Sample struct {
	Reply
	Step int    `json:"step"`
	Text string `json:"text"`
	Growth
}

// Growth is how much of a piece of writing is like the text that the model
// learns from: parts from 0 to 1.
type Growth struct {
	Spaces    float64 `json:"spaces"`    // its part of white space over the text's; 1 for as many
	Known     float64 `json:"known"`     // of its words, that the text has
	Copied    float64 `json:"copied"`    // of its runs of eight words, that stand in the text
	Sentences int     `json:"sentences"` // ends of sentences
}

// Choice is one token that may come next.
type Choice struct {
	Token       int32   `json:"token"`
	Text        string  `json:"text"`
	Probability float64 `json:"probability"`
}

// Prediction answers Predict: the ten likeliest tokens, likeliest first.
type Prediction struct {
	Reply
	Choices []Choice `json:"choices"`
	Unknown []string `json:"unknown"` // characters of the prompt that the model has never seen, left out
}

// Writing carries the tokens that were generated since the last one, in order:
// a message for each would cost more than the model does.
type Writing struct {
	Reply
	Tokens []Choice `json:"tokens"`
}

// Generated ends a Generate.
type Generated struct {
	Reply
	Tokens          int      `json:"tokens"`
	TokensPerSecond float64  `json:"tokens_per_second"`
	Cancelled       bool     `json:"cancelled"`
	Ended           bool     `json:"ended"` // with a token that ends the model's texts, which is the last one told if it was to be shown
	Unknown         []string `json:"unknown"`
}

// Spread is the middle and the ends of measured times, in milliseconds.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// Benched answers Bench.
type Benched struct {
	Reply
	Timing
}

// Timing is how fast the steps of a recipe are.
type Timing struct {
	Backend         string  `json:"backend"`
	Ranks           int     `json:"ranks"`
	MsPerStep       Spread  `json:"ms_per_step"`
	TokensPerSecond float64 `json:"tokens_per_second"` // at the median
	GFLOPS          float64 `json:"gflops"`            // of the whole step, at the median; operations are an estimate
	LossFirst       float64 `json:"loss_first"`
	LossLast        float64 `json:"loss_last"`
	MemoryBytes     int     `json:"memory_bytes"` // the most that the lead worker has taken, its text included, with an evaluation and writing after the steps; natively with all ranks
	MemorySaid      int     `json:"memory_said"`  // what it held before, and what the recipe says of all ranks together
}

// Product is how fast one product of matrices is, packing included.
type Product struct {
	Form   string  `json:"form"` // "forward" (A·Bᵀ), "input" (A·B) or "weight" (Aᵀ·B)
	M      int     `json:"m"`
	N      int     `json:"n"`
	K      int     `json:"k"`
	GFLOPS float64 `json:"gflops"`
}

// Measured answers Measure.
type Measured struct {
	Reply
	Core
}

// Core is what one core can do, and what all cores write.
type Core struct {
	PeakGFLOPS    float64   `json:"peak_gflops"` // multiply-adds that wait for nothing, from registers
	Products      []Product `json:"products"`
	WritingPreset string    `json:"writing_preset"`
	WritingTokens float64   `json:"writing_tokens_per_second"` // one stream, sampling included

	Sequences       int     `json:"sequences"`                   // that were written at once
	SequencesRanks  int     `json:"sequences_ranks"`             // that shared them
	SequencesTokens float64 `json:"sequences_tokens_per_second"` // of all sequences together, sampling included
}

// Problem is something that went wrong, as data: the words for it are the
// page's. What was there before the command is still there.
type Problem struct {
	Reply
	Code   Code   `json:"code"`
	Key    string `json:"key"`    // which number or name, where one is meant
	Got    string `json:"got"`    // what it was
	Want   string `json:"want"`   // what it must be
	Detail string `json:"detail"` // the technical message, for those who look
}

func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// Taking comes before a run is prepared: the memory that it will take at most, as it is
// estimated, and what there is. None of it is taken yet.
type Taking struct {
	Reply
	Bytes float64 `json:"bytes"`
	Of    float64 `json:"of"`
}

func (*Taking) event() string     { return "taking" }
func (*Ready) event() string      { return "ready" }
func (*Text) event() string       { return "text" }
func (*Tokenizer) event() string  { return "tokenizer" }
func (*Tokens) event() string     { return "tokens" }
func (*Working) event() string    { return "working" }
func (*State) event() string      { return "state" }
func (*Model) event() string      { return "model" }
func (*Talks) event() string      { return "talks" }
func (*Pairs) event() string      { return "pairs" }
func (*Round) event() string      { return "round" }
func (*Step) event() string       { return "step" }
func (*Eval) event() string       { return "eval" }
func (*Sample) event() string     { return "sample" }
func (*Prediction) event() string { return "prediction" }
func (*Writing) event() string    { return "writing" }
func (*Generated) event() string  { return "generated" }
func (*Benched) event() string    { return "bench" }
func (*Measured) event() string   { return "measure" }
func (*Problem) event() string    { return "problem" }

var events = map[string]func() Event{
	"ready":      func() Event { return new(Ready) },
	"taking":     func() Event { return new(Taking) },
	"text":       func() Event { return new(Text) },
	"tokenizer":  func() Event { return new(Tokenizer) },
	"tokens":     func() Event { return new(Tokens) },
	"working":    func() Event { return new(Working) },
	"state":      func() Event { return new(State) },
	"model":      func() Event { return new(Model) },
	"talks":      func() Event { return new(Talks) },
	"pairs":      func() Event { return new(Pairs) },
	"round":      func() Event { return new(Round) },
	"step":       func() Event { return new(Step) },
	"eval":       func() Event { return new(Eval) },
	"sample":     func() Event { return new(Sample) },
	"prediction": func() Event { return new(Prediction) },
	"writing":    func() Event { return new(Writing) },
	"generated":  func() Event { return new(Generated) },
	"bench":      func() Event { return new(Benched) },
	"measure":    func() Event { return new(Measured) },
	"problem":    func() Event { return new(Problem) },
	"shelf":      func() Event { return new(Shelf) },
	"saved":      func() Event { return new(Saved) },
	"file":       func() Event { return new(File) },
	"needs":      func() Event { return new(Needs) },
	"fit":        func() Event { return new(Fit) },
	"history":    func() Event { return new(History) },
	"adapted":    func() Event { return new(Adapted) },
	"drawn":      func() Event { return new(Drawn) },
	"checked":    func() Event { return new(Checked) },
	"draw_over":  func() Event { return new(DrawOver) },
	"pair_list":  func() Event { return new(PairList) },
	"told":       func() Event { return new(Told) },
	"gpu":        func() Event { return new(GPU) },
	"inside":     func() Event { return new(Inside) },
	"speculated": func() Event { return new(Speculated) },
}
