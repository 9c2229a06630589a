package protocol

// Preferences are taught by pairs of answers to the same prompt, of which one was
// chosen. The model writes answers for a person or a judge to choose from.
type (
	// Draw lets the open model write some answers to each of some prompts of the
	// text: its pairs' prompts, the first questions of its conversations, or the
	// beginnings of its paragraphs. Answers: Working and Drawn for each prompt, then
	// DrawOver or a Problem; Busy while a run is going on. The same seed draws the
	// same.
	Draw struct {
		Request
		Prompts     int     `json:"prompts"` // at most, 1 to MostDrawn
		Answers     int     `json:"answers"` // to each, 2 to 16
		Taste       string  `json:"taste"`   // the judge, of Ready.Tastes; "" for none
		Seed        uint64  `json:"seed"`
		Temperature float64 `json:"temperature"` // above 0, at most 10
		Tokens      int     `json:"tokens"`      // of an answer, at most: 1 to 1,024
	}

	// SetPairs gives the trainer the pairs that preferences are learned from, beside
	// the text: those of the page or, by Source, "kept" ones by their sum, or those
	// that the text holds. Without any the text is to hold them. Answer: PairList, or a
	// Problem, after which the former ones stay.
	SetPairs struct {
		Request
		Source string `json:"source"` // "page", "kept" or "text"
		Hash   string `json:"hash"`   // of "kept": as PairList told it
		Pairs  []Pair `json:"pairs"`  // of "page"
	}
)

// Pair is a prompt with two answers, of which Chosen was preferred.
type Pair struct {
	Prompt   string    `json:"prompt"`   // a text that both go on from; "" where there are messages
	Messages []Message `json:"messages"` // the last by the user; none for a text
	Chosen   string    `json:"chosen"`
	Rejected string    `json:"rejected"`
}

// Drawn is what the model answered to one prompt.
type Drawn struct {
	Reply
	Prompt   string    `json:"prompt"`   // as of a Pair
	Messages []Message `json:"messages"` // as of a Pair
	Said     []string  `json:"said"`     // the answers that ended by themselves, each once: one that was cut off would teach to stop in the middle
	Cut      int       `json:"cut"`      // that did not
	Chosen   int       `json:"chosen"`   // the place of the answer that the judge likes best, -1 for none
	Rejected int       `json:"rejected"` // the place of the one that it likes least, -1 for none
}

// DrawOver ends a Draw: what became of its prompts.
type DrawOver struct {
	Reply
	Prompts int `json:"prompts"`
	Pairs   int `json:"pairs"`   // of which the judge prefers an answer
	Unclear int `json:"unclear"` // whose answers are equally good to it, or where there is no judge
	Unended int `json:"unended"` // to which fewer than two different answers came to an end
}

// PairList tells which pairs there are to learn from.
type PairList struct {
	Reply
	Hash  string `json:"hash"`  // the sum by which they are found again
	Count int    `json:"count"` // of all
	Pairs []Pair `json:"pairs"` // the first of them, as many as fit a message; none where the page gave them
}

// What Draw and SetPairs take at most.
const (
	MostDrawn = 1000    // prompts
	MostPairs = 5000    // that the page gives
	PairBytes = 3 << 20 // of their text
)

func (*Draw) command() string     { return "draw" }
func (*SetPairs) command() string { return "set_pairs" }
func (*Drawn) event() string      { return "drawn" }
func (*DrawOver) event() string   { return "draw_over" }
func (*PairList) event() string   { return "pair_list" }
