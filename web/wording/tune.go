package wording

import (
	"fmt"
	"math"

	"hornbook/web/protocol"
)

// Training a finished model further.
const (
	MethodLabel      = "What trains"
	Teach            = "Teach this model your text"
	TeachText        = "Teach the open model this text"
	TeachChoose      = "Now choose the text that the open model is to learn: your own is best. Then press Train."
	TokensOwn        = "The open model keeps its own tokenizer when it learns your text. What you choose here is for a new model."
	OldKnown         = "what it learned from"
	OldOwn           = "its own writing"
	OldCurve         = "old text"
	NewCurve         = "new text"
	Before           = "before"
	After            = "after"
	ChangeTitle      = "Learning and forgetting"
	ChangeAbout      = "How wrong the model is (loss): lower is better. On the new text (green) it should fall; where the old text (ochre) rises, the model forgets. Both are measured on text that it does not learn from."
	ChangeTable      = "What changed"
	ChangeOn         = "Loss (nats a token)"
	ChangeColumn     = "Change"
	NoChangeYet      = "The first measurement is the model as it was. The next ones show what it learns, and what it forgets."
	OldUnknown       = "What it has forgotten was not measured."
	OldWriting       = "The model writes a little, to measure forgetting by…"
	Both             = "Both: before and after"
	CompletionBefore = "Completion before"
	BothBefore       = "Before"
	BothAfter        = "After"
	UseAdapter       = "Write with the adapter"
	Merge            = "Make it part of the model"
	ComesFrom        = "Taught further from"
	Trained          = "Weights that train"
	NameLabel        = "Name"
)

// BaseLead says what the model is that the page opens with.
func BaseLead(text string) string {
	if text == "" {
		return "A small model. Type, and see what it expects next."
	}
	return "A small model that has read " + text + ". Type, and see what it expects next."
}

// MethodName names a way to train.
func MethodName(method string) string {
	switch method {
	case "full":
		return "This model: all weights"
	case "last":
		return "This model: the last layers"
	case "lora":
		return "This model: an adapter (LoRA)"
	}
	return "A new model"
}

// MethodAbout says what a way to train does.
func MethodAbout(method string) string {
	switch method {
	case "full":
		return "The open model goes on learning, now from your text. It learns the most this way, and forgets the most of the old."
	case "last":
		return "Only the last blocks of the open model change, the first stay as they are. Faster, and it forgets less."
	case "lora":
		return "The open model stays as it is; small matrices beside its own (an adapter) learn your text. It forgets the least, and the adapter can be switched off."
	}
	return TrainLead
}

// Fits says what the open model makes of the text.
func Fits(model string, f *protocol.Fit) string {
	says := fmt.Sprintf("“%s” cuts this text into %s, %.2f bytes each.", model, CountOf(f.Tokens, "token", "tokens"), f.BytesPerToken)
	if f.Unknown == 0 {
		says += " It knows every character of it."
	}
	return says
}

// Lacks says which characters of the text the open model does not know.
func Lacks(n int, list string) string {
	return fmt.Sprintf("The open model lacks %s of this text, which are left out: %s", CountOf(n, "character", "characters"), list)
}

// TeachTrain says that all is ready.
func TeachTrain(model string) string {
	return "Press Train to teach “" + model + "” this text."
}

// OnNew and OnOld name the texts that learning and forgetting are measured on.
func OnNew(text string) string { return "on your text" + inBrackets(text) }
func OnOld(text string) string { return "on text like the old" + inBrackets(text) }

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// ChangeOf writes a difference between two measures of this name with its sign.
func ChangeOf(name string, x float64) string {
	switch text := MeasureValue(name, math.Abs(x)); {
	case text == MeasureValue(name, 0):
		return text
	case x < 0:
		return "−" + text
	default:
		return "+" + text
	}
}

// Learned says how much better the model became on the new text, in nats.
func Learned(nats float64) string { return learned(nats) + "." }

// LearnedForgotten sets what was learned beside what was forgotten, in nats.
func LearnedForgotten(learnt, forgotten float64) string {
	switch {
	case tenth(math.Abs(forgotten)) == tenth(0):
		return learned(learnt) + " and forgotten nothing of the old."
	case forgotten < 0:
		return learned(learnt) + ", and it even became better on the old by " + tenth(-forgotten) + "."
	}
	return learned(learnt) + " and forgotten " + tenth(forgotten) + " of the old."
}

func learned(nats float64) string {
	switch {
	case tenth(math.Abs(nats)) == tenth(0):
		return "It has learned nothing of your text so far"
	case nats < 0:
		return "It has become worse on your text by " + tenth(-nats) + " nats"
	}
	return "It has learned " + tenth(nats) + " nats of your text"
}

func tenth(x float64) string { return fmt.Sprintf("%.1f", x) }

// PartOf is a number of weights and its share of all.
func PartOf(n, all int) string {
	return fmt.Sprintf("%s (%s)", Count(n), Percent(float64(n)/float64(all)))
}
