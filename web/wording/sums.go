package wording

import (
	"fmt"
	"strconv"

	"hornbook/web/protocol"
)

// States of stations in a word.
const (
	LookHere       = "look here"
	NeedsModel     = "needs a model"
	CanTry         = "ready"
	NotYet         = "not yet"
	EarlierWriting = "Look back at its earlier writing"
	LastCheck      = "measuring what it has learned"
	UnsureLabel    = "As unsure as between"
)

// TextSum describes a text in a line.
func TextSum(t *protocol.Text) string {
	s := fmt.Sprintf("%s, %s, %s (%s), %s.", Bytes(float64(t.Bytes)), CountOf(t.Words, "word", "words"),
		CountOf(t.Characters, "character", "characters"), CountOf(t.Distinct, "different one", "different ones"),
		CountOf(t.Lines, "line", "lines"))
	if t.Invalid > 0 {
		s += " " + CountOf(t.Invalid, "byte is", "bytes are") + " not valid text (UTF-8); kept as found."
	}
	return s
}

// Progress says how far a run is.
func Progress(run *protocol.State, s *protocol.Step) string {
	if run.State == "training" && s.Step > 0 && s.Step == s.Steps {
		return LastCheck + ", step " + Of(s.Step, s.Steps) + ", loss " + Loss(s.Loss)
	}
	text := RunState(run.State) + ", step " + Of(s.Step, s.Steps)
	if s.Step > 0 {
		text += ", loss " + Loss(s.Loss)
	}
	if run.State == "training" && s.Step > 0 {
		text += fmt.Sprintf(", %s, about %s left", PerSecond(s.TokensPerSecond), Duration(s.SecondsLeft))
	}
	return text
}

// Of is "12 of 1,000".
func Of(n, all int) string { return Count(n) + " of " + Count(all) }

// PerSecond is a speed.
func PerSecond(tokens float64) string { return Count(int(tokens+0.5)) + " tokens a second" }

// PercentDone is a whole percentage.
func PercentDone(part float64) string { return strconv.Itoa(int(100*part)) + " %" }

// Unsure is a perplexity: how many equally likely tokens leave one as unsure.
func Unsure(perplexity float64) string {
	return strconv.FormatFloat(perplexity, 'f', 1, 64) + " tokens"
}

// AtStep heads a piece of writing.
func AtStep(step int) string { return "After step " + Count(step) + ": " }

// ShortProgress is Progress for a narrow screen.
func ShortProgress(r *protocol.State, s *protocol.Step) string {
	return fmt.Sprintf("%s, step %s, loss %s", RunState(r.State), Of(s.Step, s.Steps), Loss(s.Loss))
}

// Tuned names a model that was trained further on a text.
func Tuned(model, text string) string { return model + ", taught " + text }
