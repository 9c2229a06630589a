package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Measure is a number that a run is judged by. Its name is the one that
// run.json, log.jsonl, the protocol and the page know it by: who adds a measure
// names it where it is taken, and says in web/wording what it is.
type Measure struct {
	Name  string
	Value float64
}

// The measures of a text: losses are in nats a token.
const (
	TrainLoss   = "train_loss"
	ValLoss     = "val_loss"
	OldLoss     = "old_loss"      // on text like the old, of a model that is trained further
	BitsPerByte = "bits_per_byte" // of the validation text
	Exact       = "exact"         // part of some validation conversations whose first answer the model gives word for word
)

// The measures of a task, of replies to held-out prompts by the strict verifier.
const (
	PassAt1    = "pass@1"      // part that is right
	PassAt8    = "pass@8"      // chance that one of eight is right
	HeldReward = "held_reward" // mean, by what is rewarded
	Working    = "working"     // part that show the working
	Length     = "length"      // mean tokens
	Cut        = "cut"         // part that did not end
	Questions  = "questions"   // prompts
)

// The measures of rewards since the evaluation before, TRL's.
const (
	RewardMean   = "reward"               // of the replies that were learned from
	RewardSpread = "reward_std"           // mean of the groups' standard deviations
	RewardFlat   = "frac_reward_zero_std" // part of the groups whose replies were all as good: nothing is learned from them
	Entropy      = "entropy"              // nats a token
	ClipRatio    = "clip_ratio"           // part of the tokens whose ratio was clipped
	KL           = "kl"                   // nats a token, from the model as it began
)

// The measures of preferences, on held-out pairs, TRL's: a reward is β times how much
// likelier an answer became, in nats.
const (
	Chosen       = "rewards/chosen"
	Rejected     = "rewards/rejected"
	Margins      = "rewards/margins"
	Accuracies   = "rewards/accuracies" // part of the pairs whose chosen answer has the higher reward
	ChosenLogP   = "logps/chosen"
	RejectedLogP = "logps/rejected"
	WinRate      = "win_rate" // of answers to held-out prompts against those of the model as it began, by the judge
)

// The measures of distillation.
const (
	TeacherLoss = "teacher_loss" // of the validation text, nats a token
	Divergence  = "divergence"   // from the teacher on it, nats a token
	Agreement   = "agreement"    // part of its tokens at which both expect the same next
)

// The measures of a model that is made of experts, or looks ahead, on the validation text.
const (
	ExpertLoad = "expert_load" // the most tokens of an expert as a part of the mean, in the layer in which it is the largest
	SecondWord = "second_word" // part of the words after the next that are expected
)

// Measures are those of one moment, in the order in which they are shown. In
// JSON they are an object; numbers that JSON cannot say are left out.
type Measures []Measure

// Of is the value of a measure, false where it was not taken.
func (m Measures) Of(name string) (value float64, taken bool) {
	for _, one := range m {
		if one.Name == name {
			return one.Value, true
		}
	}
	return 0, false
}

// Value is Of with 0 for a measure that was not taken.
func (m Measures) Value(name string) float64 {
	value, _ := m.Of(name)
	return value
}

// Finite tells whether all values are numbers.
func (m Measures) Finite() bool {
	return !slices.ContainsFunc(m, func(one Measure) bool { return !finite(one.Value) })
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// MarshalJSON writes {"train_loss":1.25,…}.
func (m Measures) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for _, one := range m {
		if !finite(one.Value) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		name, err := json.Marshal(one.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.Value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// mostMeasures bounds those of one moment.
const mostMeasures = 64

// UnmarshalJSON reads what MarshalJSON wrote, in its order.
func (m *Measures) UnmarshalJSON(text []byte) error {
	*m = nil
	dec := json.NewDecoder(bytes.NewReader(text))
	if open, err := dec.Token(); err != nil {
		return err
	} else if open == nil {
		return nil
	} else if open != json.Delim('{') {
		return errors.New("recipe: measures are an object of numbers")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		one := Measure{Name: name.(string)}
		if err := dec.Decode(&one.Value); err != nil {
			return fmt.Errorf("recipe: the measure %q: %w", one.Name, err)
		}
		if _, twice := m.Of(one.Name); twice || len(*m) == mostMeasures {
			return fmt.Errorf("recipe: the measure %q stands there twice, or after more than %d", one.Name, mostMeasures)
		}
		*m = append(*m, one)
	}
	return nil
}

// Measurement is what was measured at a step of a run.
type Measurement struct {
	Step     int       `json:"step"`
	Tokens   int       `json:"tokens"`  // trained on until then
	Seconds  float64   `json:"seconds"` // of training, without measuring and pauses
	Best     bool      `json:"best"`    // the lowest validation loss so far; these weights are kept
	Measures Measures  `json:"measures"`
	Replies  []Replied `json:"replies,omitempty"` // to the run's questions, in their order
}

// Question is one of those that a run puts to its model again and again, so that one
// sees what it has learned.
type Question struct {
	Prompt string `json:"prompt"`
	Answer string `json:"answer,omitempty"` // the right one; "" where none is
}

// Replied is what the model said to a question.
type Replied struct {
	Text  string `json:"text"`
	Right bool   `json:"right,omitempty"`
}

// MostQuestions bounds those of a run.
const MostQuestions = 10

// Gains are the measures that tell what a run by an objective has gained, the first of
// them above all.
var Gains = map[string][]string{
	LM:      {ValLoss, BitsPerByte},
	SFT:     {Exact, ValLoss},
	DPO:     {WinRate, Accuracies, ValLoss},
	GRPO:    {PassAt1, PassAt8, Working},
	Distill: {ValLoss, Agreement, Divergence, BitsPerByte},
}
