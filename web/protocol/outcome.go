package protocol

import "hornbook/model/recipe"

// Outcomes asks what some models of the shelf have cost and what came of them, with
// what they said before and after. Answer: Told. The open model's comes by itself, when
// it is opened and when its run is over.
type Outcomes struct {
	Request
	ModelIDs []string `json:"models"` // of the shelf, at most MaxOutcomes
}

// MaxOutcomes bounds the models that one Outcomes asks for.
const MaxOutcomes = 8

// Told answers Outcomes, with those of the models that could be read.
type Told struct {
	Reply
	Outcomes []Outcome `json:"outcomes"`
}

// Outcome is what a run has cost, and what its model was before and after.
type Outcome struct {
	ModelID   string            `json:"model"` // on the shelf; "" of an open one that is not kept
	Objective string            `json:"objective"`
	Method    string            `json:"method"`
	Tokens    int               `json:"tokens"`  // learned from
	Written   int               `json:"written"` // by the model itself, to learn from
	FLOPs     float64           `json:"flops"`   // an estimate
	Seconds   float64           `json:"seconds"` // of training
	Start     Moment            `json:"start"`   // before the first step, where Before is later: of rewards, which begin when the demonstrations end
	Before    Moment            `json:"before"`
	After     Moment            `json:"after"`     // of the weights that are the model
	Held      int               `json:"held"`      // tokens that the losses of After were measured on; 0 where that is not known
	Questions []recipe.Question `json:"questions"` // that Start, Before and After have replies to; nil on a card
}

// Moment is an evaluation, none where it has no measures.
type Moment struct {
	Step     int              `json:"step"`
	Measures recipe.Measures  `json:"measures"`
	Replies  []recipe.Replied `json:"replies"` // to the questions; nil on a card, and where none were asked
}

// None tells whether there is no such moment.
func (m Moment) None() bool { return len(m.Measures) == 0 }

// Whole tells whether there is something to compare.
func (o Outcome) Whole() bool {
	return !o.Before.None() && !o.After.None() && o.Before.Step < o.After.Step
}

// Measured is o without what was asked and said.
func (o Outcome) Measured() Outcome {
	o.Questions, o.Start.Replies, o.Before.Replies, o.After.Replies = nil, nil, nil, nil
	return o
}

func (*Outcomes) command() string { return "outcomes" }
func (*Told) event() string       { return "told" }
