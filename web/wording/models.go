package wording

import (
	"fmt"
	"math"
	"time"

	"hornbook/web/protocol"
)

// My models.
const (
	ModelsLead     = "What you have trained or brought in is kept in this browser, on this device. Download a model to use it elsewhere."
	ModelsNone     = "No model is kept here yet. Train one, or bring one in."
	BaseName       = "This page’s own model"
	BaseAbout      = "It comes with the page and cannot be renamed or deleted. Teach it a text, and the result is a model of yours."
	CardOpen       = "open"
	CardUnfinished = "not finished"
	CardDamaged    = "Damaged: it cannot be read any more, only deleted."
	CardNewer      = "A newer Hornbook has saved it, so it cannot be opened here. Reload the page, or update Hornbook."
	Open           = "Open"
	Rename         = "Rename"
	Duplicate      = "Duplicate"
	Delete         = "Delete"
	Undo           = "Undo"
	Download       = "Download"
	DownloadForm   = "Download as"
	NewName        = "New name"
	SaveName       = "Save the name"
	BringIn        = "Bring in a model"
	BringInFolder  = "Or its whole folder"
	BringInHint    = "A zip from Hornbook, a GGUF file, or the files of a Hugging Face folder. You can also drop them anywhere on this page. They stay on this device."
	Importing      = "Reading the model…"
	Making         = "Making the file…"
	OpenIt         = "Open it"
	LeaveIt        = "Leave it"
	GoOn           = "Go on"
	KeepForGood    = "Keep it for good"
	KeptForGood    = "The browser has promised to keep it."
	KeptForNow     = "The browser may clear this when space gets short."
	KeptRefused    = "The browser has not promised to keep it. It often does so once you use the page more, or have installed it. Until then, download what matters."
	NotKept        = "not kept here"
)

// ModelNamed is a button's name with the model that it is about.
func ModelNamed(button, model string) string { return button + ": " + model }

// UnkeptName names the open model where it is not kept.
func UnkeptName(name string) string {
	if name == "" {
		return "The open model, not kept"
	}
	return name + ", not kept"
}

// Opened says which model is open now.
func Opened(name string) string { return "“" + name + "” is open." }

// ModelsKept counts the models that are kept.
func ModelsKept(n int) string {
	if n == 0 {
		return "none yet"
	}
	return Count(n) + " kept"
}

// ShowAll is the button that shows the models that are left out at first.
func ShowAll(n int) string { return "Show all " + Count(n) + " models" }

// CardMethod says how a model came to be.
func CardMethod(method, text string) string {
	from := ""
	if text != "" {
		from = " from " + text
	}
	switch method {
	case "full":
		return "Taught further" + from
	case "last":
		return "Last layers taught further" + from
	case "lora":
		return "Has an adapter (LoRA) that learned" + from
	case "imported":
		return "Brought in"
	}
	return "Learned" + from
}

// CardStep, CardLoss and CardWeights are parts of a model's line.
func CardStep(step, steps int) string { return "step " + Of(step, steps) }
func CardLoss(loss float64) string    { return "loss " + Loss(loss) }
func CardWeights(n int) string        { return CountOf(n, "weight", "weights") }

// CurveSays describes a little curve.
func CurveSays(first, last float64) string {
	return fmt.Sprintf("Loss from %s to %s.", Loss(first), Loss(last))
}

// When writes a date and a time of day.
func When(t time.Time) string { return t.Format("2 January 2006, 15:04") }

// Ago writes how long since something.
func Ago(d time.Duration) string {
	switch minutes := int(math.Round(d.Minutes())); {
	case minutes < 1:
		return "just now"
	case minutes < 60:
		return CountOf(minutes, "minute", "minutes") + " ago"
	case minutes < 24*60:
		return CountOf(minutes/60, "hour", "hours") + " ago"
	default:
		return CountOf(minutes/60/24, "day", "days") + " ago"
	}
}

// GoOnOffer says which training can go on.
func GoOnOffer(name string, step, steps int, since time.Duration) string {
	return fmt.Sprintf("Your training of “%s” stopped at step %s (%s).", name, Of(step, steps), Ago(since))
}

// Deleted says what Undo would put back.
func Deleted(name string) string { return "“" + name + "” is deleted." }

// DownloadAs says what a model can be downloaded as: the format, and how each
// number is written.
func DownloadAs(format, dtype string) string {
	numbers := map[string]string{"f32": "exact, f32", "f16": "half the size, f16", "q8_0": "a quarter of the size, Q8_0"}[dtype]
	switch format {
	case "zip":
		return "everything, to go on elsewhere (zip)"
	case "hf":
		return "Hugging Face folder (" + numbers + ")"
	case "gguf":
		return "GGUF for llama.cpp, Ollama, LM Studio (" + numbers + ")"
	case "safetensors":
		return "weights alone, safetensors (" + numbers + ")"
	case "peft":
		return "the adapter alone (PEFT)"
	}
	return format
}

// Downloaded says that a file was handed to the browser.
func Downloaded(f *protocol.File) string {
	return fmt.Sprintf("“%s” (%s) is among your downloads.", f.Name, Bytes(float64(f.Size)))
}

// Needs asks before much memory is taken.
func Needs(n *protocol.Needs) string {
	return fmt.Sprintf("Opening “%s” (%s) needs about %s of memory. On a small device the tab may end for lack of it.",
		n.Name, CountOf(n.Parameters, "weight", "weights"), Bytes(float64(n.Bytes)))
}

// Kept says how much the page keeps and how much more it may; left is below
// zero where nobody knows.
func Kept(used, left int64) string {
	if left < 0 {
		return Bytes(float64(used)) + " kept here."
	}
	return fmt.Sprintf("%s kept here, about %s left.", Bytes(float64(used)), Bytes(float64(left)))
}

// SavedAt says up to where the open model is kept.
func SavedAt(step int) string { return "Saved at step " + Count(step) + "." }

// ModelPaper is the link to the page's own model card.
const ModelPaper = "What it learned, what it cost, what it cannot do"
