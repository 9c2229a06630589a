package wording

import (
	"fmt"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// The page as a whole.
const (
	Title     = "Hornbook"
	Tagline   = "Teach a tiny language model to write, in this tab. Nothing leaves your device."
	Stations  = "Stations"
	ThisModel = "This model"
)

// The stations, in order.
const (
	TextStation   = "Text"
	TokensStation = "Tokens"
	TrainStation  = "Train"
	TryStation    = "Try"
	ModelsStation = "My models"
)

// Text.
const (
	TextLead    = "The model learns from one text: it reads the beginning of a sentence and guesses what comes next, again and again."
	SampleText  = "Sample text"
	OwnText     = "Your own text"
	UploadText  = "Upload text"
	UploadHint  = "A plain text file (.txt), or drop one anywhere on this page. It stays on this device."
	TypedText   = "Type or paste text"
	TypedUse    = "Use this text"
	TypedName   = "your text"
	TypedOpen   = "Type or paste a text"
	TextPreview = "How the text begins"
	TextLoading = "Getting the text ready…"
)

// Sample is the name of a built-in text.
func Sample(name string) string {
	switch name {
	case "village":
		return "Village Tales"
	case "opticks":
		return "Newton’s Opticks"
	}
	return name
}

// SampleAbout says what a built-in text is.
func SampleAbout(name string) string {
	switch name {
	case "village":
		return "Little stories in simple English, told by a program: people, places, things and what happens to them."
	case "opticks":
		return "Isaac Newton’s book of 1704 on light and colours, in the English of his day."
	}
	return ""
}

// Tokens.
const (
	TokensLead    = "A model does not see letters but numbers. A tokenizer cuts the text into tokens and gives each a number."
	Cut           = "Cut the text into"
	VocabSize     = "Different tokens"
	CutStop       = "Stop cutting"
	CutButton     = "Cut the text anew"
	TryCut        = "Type to see it cut"
	TokensOf      = "Tokens of what you typed"
	TokensCutting = "Learning which pieces are common…"
)

// Kind names a tokenizer.
func Kind(kind string) string {
	switch kind {
	case "chars":
		return "characters"
	case "bytes":
		return "bytes"
	case "bpe":
		return "pieces of words (BPE)"
	}
	return kind
}

// KindAbout says what a tokenizer does.
func KindAbout(kind string) string {
	switch kind {
	case "chars":
		return "Each character is a token. The simplest way, but the model sees only a few words at once."
	case "bytes":
		return "Each byte is a token: any file in any language, but é takes two and 語 three."
	case "bpe":
		return "Letters that often stand together become one token (byte-pair encoding), as in large models. The page learns which from your text."
	}
	return ""
}

// TokensSum says what the tokenizer makes of the text.
func TokensSum(t *protocol.Tokenizer) string {
	return fmt.Sprintf("The text is %s; there are %s different ones. One token stands for %.2f bytes of text.",
		CountOf(t.Tokens, "token", "tokens"), Count(t.Size), t.BytesPerToken)
}

// Train.
const (
	TrainLead      = "The model begins with random numbers (weights). At each step it guesses the next token at many places of the text, and the weights are nudged so that it would have guessed better."
	PresetLabel    = "Preset"
	Train          = "Train"
	Pause          = "Pause"
	Resume         = "Resume"
	Stop           = "Stop"
	MoreNumbers    = "More numbers"
	FewerNumbers   = "Fewer numbers"
	LossTitle      = "How wrong the model is (loss)"
	LossAbout      = "Lower is better. Training (red) is text that it learns from, validation (green) is text that it has never seen: when only the red curve falls, the model learns by heart."
	ChartAbout     = "Chart of the loss by step. The same numbers stand in the table behind the button below."
	ShowTable      = "Show as table"
	HideTable      = "Hide the table"
	StepColumn     = "Step"
	ModelWriting   = "The model’s own writing"
	NoWriting      = "Here the model shows what it writes as it learns: first babble, then words."
	LogScale       = "Logarithmic scale"
	LossAxis       = "Loss (nats a token)"
	TrainingCurve  = "training"
	ValidatedCurve = "validation"
)

// Measure names what a run is judged by, as the head of a column.
func Measure(name string) string {
	switch name {
	case recipe.TrainLoss:
		return "Training loss"
	case recipe.ValLoss:
		return "Validation loss"
	case recipe.OldLoss:
		return "Loss on the old text"
	case recipe.BitsPerByte:
		return "Bits a byte"
	case recipe.Exact:
		return "Right answers"
	}
	return name
}

// MeasureValue writes a measure of this name.
func MeasureValue(name string, value float64) string {
	if name == recipe.Exact {
		return Percent(value)
	}
	return Loss(value)
}

// Preset names a recipe.
func Preset(name string) string {
	switch name {
	case "quick":
		return "quick (letter by letter, our best)"
	case "stories":
		return "stories (readable in two minutes)"
	case "tiny":
		return "tiny (for slow computers)"
	case "speedrun":
		return "speedrun (the fastest start)"
	case "nanogpt-cpu":
		return "nanogpt-cpu (nanoGPT’s own numbers)"
	case "small":
		return "small (larger and slower)"
	}
	return name
}

// Workers is a choice of how many train together.
func Workers(n int) string {
	if n == 0 {
		return "as many as help"
	}
	return Count(n)
}

// RunState is the state of the run in a word.
func RunState(state string) string {
	switch state {
	case "idle":
		return "not begun"
	case "preparing":
		return "getting ready"
	case "training":
		return "training"
	case "paused":
		return "paused"
	case "done":
		return "done"
	case "failed":
		return "failed"
	}
	return state
}

// Try.
const (
	TryLead       = "Give the model a beginning. It says how likely each next token is; it writes by drawing one, adding it and guessing again."
	Prompt        = "Prompt"
	NextToken     = "Next token"
	NextEmpty     = "The likeliest next tokens stand here once there is a model. Press Train first."
	AddToken      = "Add to the prompt"
	Generate      = "Generate"
	Cancel        = "Stop writing"
	Temperature   = "Temperature (how daring)"
	TopK          = "Top-k (only the k likeliest; 0 for all)"
	TopP          = "Top-p (only the likeliest that make up p; 1 for all)"
	SamplingSeed  = "Seed (same seed, same text)"
	Length        = "Tokens to write"
	Completion    = "Completion"
	FirstPrompt   = "One day"
	CompletionTip = "Paler tokens were less likely. Click one, or use the arrow keys, to see how likely it was."
	CompletionNo  = "What the model writes appears here."
	Copy          = "Copy the text"
	Copied        = "Copied."
)

// This model.
const (
	NoModelYet = "No model yet. Press Train."
	ModelKind  = "Preset"
	LearnsFrom = "Learns from"
	Parameters = "Weights"
	Memory     = "Memory, about"
	StepLabel  = "Step"
	LossLabel  = "Loss"
	ValLabel   = "Validation"
	Speed      = "Speed"
	TimeLeft   = "Time left, about"
	Cost       = "Cost so far"
	CostTokens = "Tokens read"
	CostFLOPs  = "Operations, about"
	CostTime   = "Computing time"
	CostEnergy = "Electricity, about"
)

// EnergyAbout says what the guess rests on.
func EnergyAbout() string {
	return fmt.Sprintf("A guess: %d watts more than an idle laptop.", Watts)
}

// NewSteps is said to screen readers while training.
func NewSteps(step, steps int, loss float64) string {
	return fmt.Sprintf("Step %s of %s. Loss %s.", Count(step), Count(steps), Loss(loss))
}

// Unknown tells which characters of a prompt the model has never seen.
func Unknown(list string) string {
	return "The model has never seen these characters, so they are left out: " + list
}

// TokenSays names a token and how likely it was.
func TokenSays(token string, probability float64) string {
	return "“" + Visible(token) + "” was " + Percent(probability) + " likely."
}

// Written tells how fast a text was written.
func Written(tokens int, perSecond float64) string {
	return fmt.Sprintf("%s, %s a second.", CountOf(tokens, "token", "tokens"), Count(int(perSecond+0.5)))
}

// Estimate describes a model that is not yet trained.
func Estimate(parameters int, bytes, operations float64) string {
	return fmt.Sprintf("%s weights, about %s of memory, about %s operations a step.", Count(parameters), Bytes(bytes), Operations(operations))
}
