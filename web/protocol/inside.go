package protocol

// LookInside asks what the parts of DeepSeek's form do in the open model: at a text and, if
// it is to count, on the part of the given text that no run learns from. Answer: Inside, or
// a Problem. It works while a run is going on.
type LookInside struct {
	Request
	Text  string `json:"text"` // of which the first 128 tokens are told, or as many as the model sees
	Count bool   `json:"count"`
}

// Inside answers LookInside.
type Inside struct {
	Reply
	Pieces  []Piece  `json:"pieces"`  // the text in tokens
	Unknown []string `json:"unknown"` // characters that the model has never seen, left out
	Blocks  []Mixed  `json:"blocks"`  // those that have experts
	Held    int      `json:"held"`    // tokens on which loads and second words were counted; 0: it was not to count, or there is no text for it
	Step    int      `json:"step"`    // of the run that is going on; 0 for none, or before the first
	Right   int      `json:"right"`   // words after the next that were expected
	Second  int      `json:"second"`  // of so many
}

// Mixed is a block that has experts.
type Mixed struct {
	Block int      `json:"block"` // 1 for the first; 0 for the one that looks ahead
	Load  []int    `json:"load"`  // tokens that each expert is dealt
	Alone []int    `json:"alone"` // that it would be dealt without what balances
	Turns [][]Turn `json:"turns"` // of each piece of the text, what counts most first; none of the block that looks ahead
}

// Turn is an expert that a token goes to.
type Turn struct {
	Expert int     `json:"expert"` // 0 for the first
	Weight float64 `json:"weight"` // of what it says
}

// Speculate lets the open model, which must look ahead, go on from a prompt by what is
// likeliest: a token a pass, and with drafts of the block that looks ahead, in turns, by
// the clock. Answer: Speculated, or a Problem. It works while a run is going on, and
// measures it too then.
type Speculate struct {
	Request
	Prompt string `json:"prompt"`
	Tokens int    `json:"tokens"` // at most, 1 to 200; to the end of the context
}

// Speculated answers Speculate.
type Speculated struct {
	Reply
	Prompt  string     `json:"prompt"` // what of it the model has read
	Written []Proposed `json:"written"`
	Same    bool       `json:"same"` // both ways wrote the same; else Written is that with drafts
	Plain   Effort     `json:"plain"`
	Drafts  Effort     `json:"drafts"`
	Drafted int        `json:"drafted"` // proposals; as many were kept as Written has
}

// Proposed is a token that was written.
type Proposed struct {
	Text  string `json:"text"`
	Draft bool   `json:"draft"` // it was a proposal that the model kept
}

// Effort is what writing took.
type Effort struct {
	Passes  int     `json:"passes"`  // of the model
	Seconds float64 `json:"seconds"` // the median
}

func (*LookInside) command() string { return "look_inside" }
func (*Speculate) command() string  { return "speculate" }
func (*Inside) event() string       { return "inside" }
func (*Speculated) event() string   { return "speculated" }
