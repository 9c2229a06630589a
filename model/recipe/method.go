package recipe

// A run is an objective, which says what the loss is, by what trains, from
// random weights or from a finished model's: three questions with an answer each.

// Objectives are what a run can learn by.
var Objectives = []string{LM, SFT, DPO, GRPO, Distill}

// The objectives.
const (
	LM      = "lm"      // every token of a text from those before it
	SFT     = "sft"     // what an assistant says in conversations (supervised fine-tuning)
	DPO     = "dpo"     // pairs of answers, of which one was preferred (direct preference optimization)
	GRPO    = "grpo"    // rewards for its own replies (group relative policy optimization)
	Distill = "distill" // what another model expects next
)

// What trains.
const (
	All     = "all"     // all weights
	Last    = "last"    // the last layers
	Adapter = "adapter" // an adapter beside them
)

// Where a run begins.
const (
	New      = "new"   // at random weights
	Existing = "model" // at a finished model's
)

// Methods are short names, a word each, for what trains from where: Pretrain
// is a new model, the others train a finished one further.
var Methods = []string{Pretrain, Full, Last, Lora}

// The methods that are not called as what trains.
const (
	Pretrain = "pretrain"
	Full     = "full"
	Lora     = "lora"
)

// Method is the short name of what r trains.
func (r Recipe) Method() string {
	switch {
	case r.From == New:
		return Pretrain
	case r.Trains == All:
		return Full
	case r.Trains == Adapter:
		return Lora
	}
	return r.Trains
}

// SetMethod makes r train what the short name says; another word than those of
// Methods is refused by Check.
func (r *Recipe) SetMethod(method string) {
	r.From = Existing
	switch r.Trains = method; method {
	case Pretrain:
		r.From, r.Trains = New, All
	case Full:
		r.Trains = All
	case Lora:
		r.Trains = Adapter
	}
}
