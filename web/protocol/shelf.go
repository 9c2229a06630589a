package protocol

import (
	"io/fs"

	"hornbook/model/recipe"
)

// The shelf keeps models in the browser. Commands that change it are answered
// by Shelf, or by a Problem.
type (
	// Open takes a model of the shelf, or Base, as the one that writes and that
	// can be trained further. Answers: Model, History, Fit, and State: "paused"
	// for a run that is not over, which Resume goes on with, else "idle". What
	// was open before is let go; Busy while a run trains.
	Open struct {
		Request
		ModelID string `json:"model"`
	}

	// Rename gives a model another name, of at most MaxName bytes of UTF-8.
	Rename struct {
		Request
		ModelID string `json:"model"`
		Name    string `json:"name"`
	}

	// Duplicate puts a copy of a model on the shelf, called as Name says or, for
	// "", as the model is.
	Duplicate struct {
		Request
		ModelID string `json:"model"`
		Name    string `json:"name"`
	}

	// Delete takes a model off the shelf; Undelete puts it back. The next start
	// of the page forgets it.
	Delete struct {
		Request
		ModelID string `json:"model"`
	}
	Undelete struct {
		Request
		ModelID string `json:"model"`
	}

	// Export makes a file of a model of the shelf, or, for the id "", of the open
	// one. Answer: File.
	Export struct {
		Request
		ModelID string `json:"model"`
		Format  string `json:"format"` // one of Formats
		DType   string `json:"dtype"`  // one of the format's DTypes
	}

	// Import brings a model in from files, opens it and keeps it; an adapter's
	// files are laid on the open model instead. The files themselves travel
	// beside the JSON. Where opening takes much memory Needs asks first, and
	// nothing is done until Import comes again with Agreed. A model that neither
	// itself nor its files name is called Name.
	Import struct {
		Request
		Name   string   `json:"name"`
		Names  []string `json:"names"` // of the files, with their folders
		Agreed bool     `json:"agreed"`
		Files  fs.FS    `json:"-"`
	}

	// Adapt lets the open model write with its adapter or without. Answer:
	// Adapted.
	Adapt struct {
		Request
		On bool `json:"on"`
	}

	// Merge makes the open model's adapter part of its weights and keeps the
	// result as a model of its own, which it opens.
	Merge struct{ Request }
)

// Base is the id of the model that comes with the page.
const Base = "base"

// OfLesson begins the ids of models that come with the page too, for lessons: each is
// fetched when it is opened first. Package lesson has the names.
const OfLesson = "lesson/"

// MaxName bounds the name of a model, in bytes of UTF-8.
const MaxName = 200

// Shared is a zip of a model that quotes no text, to be given away.
const Shared = "shared"

// Formats are those that a model can leave in, DTypes the numbers that each
// can be written with.
var (
	Formats = []string{"zip", "hf", "gguf", "safetensors", "peft", "handoff"} // peft: the adapter alone; handoff: a run with what it learns from, for PyTorch
	DTypes  = map[string][]string{"zip": {"f32"}, "hf": {"f32", "f16"}, "gguf": {"f32", "f16", "q8_0"},
		"safetensors": {"f32", "f16"}, "peft": {"f32"}, "handoff": {"f32"}, Shared: {"f32"}}
)

// Card is a model on the shelf.
type Card struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Saved      int64         `json:"saved"` // milliseconds since 1970
	Bytes      int64         `json:"bytes"`
	State      string        `json:"state"`  // of its run when it was saved: "done", or "training" or "paused" for one that can go on
	Method     string        `json:"method"` // one of recipe.Methods, or "imported"
	Text       string        `json:"text"`   // that it learned from, "" if unknown
	Parameters int           `json:"parameters"`
	Step       int           `json:"step"`
	Steps      int           `json:"steps"`
	Tokens     int           `json:"tokens"`  // that it has read
	Seconds    float64       `json:"seconds"` // of training
	Recipe     recipe.Recipe `json:"recipe"`
	ValLoss    float64       `json:"val_loss"`  // nats a token, 0 if never measured
	Curve      []float64     `json:"curve"`     // training loss from the first step to the last, at most 60 points
	Elsewhere  bool          `json:"elsewhere"` // another tab trains it
	Damaged    bool          `json:"damaged"`   // it cannot be read; it can only be deleted
	Outcome    Outcome       `json:"outcome"`   // what was measured, without what was asked and said
	Newer      bool          `json:"newer"`     // a newer Hornbook saved it, which can open it; this one cannot
}

// Shelf is what the shelf holds, newest first. It comes at the start and
// whenever something has changed.
type Shelf struct {
	Reply
	Keeps   Code   `json:"keeps"` // "" if models can be kept here, else why not
	Cards   []Card `json:"cards"`
	Deleted []Card `json:"deleted"` // that Undelete can put back
	Used    int64  `json:"used"`    // bytes that the page keeps in all
	Left    int64  `json:"left"`    // bytes that it may keep besides, about; -1 if unknown
	Lasting bool   `json:"lasting"` // the browser has promised not to clear them by itself
	Open    string `json:"open"`    // id of the open model
}

// Saved comes when the open model has been saved whole.
type Saved struct {
	Reply
	ModelID string `json:"model"`
	Step    int    `json:"step"`
	Done    bool   `json:"done"` // its run is over
}

// File answers Export: a file to be downloaded, whose bytes travel beside the
// JSON.
type File struct {
	Reply
	Name string `json:"name"`
	Size int64  `json:"size"`
	Note Code   `json:"note"` // what to know of it, or ""
	Data []byte `json:"-"`
}

// Needs says how much memory opening the imported model would take; Import
// with Agreed goes on.
type Needs struct {
	Reply
	Name       string `json:"name"`
	Parameters int    `json:"parameters"`
	Bytes      int64  `json:"bytes"`
}

// Fit says what the open model's tokenizer makes of the text.
type Fit struct {
	Reply
	Tokens        int      `json:"tokens"`
	BytesPerToken float64  `json:"bytes_per_token"`
	Unknown       int      `json:"unknown"` // characters of the text that it lacks, which are left out
	Missing       []string `json:"missing"` // the different ones, at most 40
	Advice        Code     `json:"advice"`  // "" or TuneShort
}

// History is what was measured of the open model before: of a long run not
// every point, but as many as its log keeps.
type History struct {
	Reply
	Steps  []int                `json:"steps"`
	Losses []float64            `json:"losses"` // of the batches at these steps
	Evals  []recipe.Measurement `json:"evals"`
}

// Adapted answers Adapt, and says what the open model has.
type Adapted struct {
	Reply
	Has bool `json:"has"` // an adapter
	On  bool `json:"on"`
}

func (*Open) command() string      { return "open" }
func (*Rename) command() string    { return "rename" }
func (*Duplicate) command() string { return "duplicate" }
func (*Delete) command() string    { return "delete" }
func (*Undelete) command() string  { return "undelete" }
func (*Export) command() string    { return "export" }
func (*Import) command() string    { return "import" }
func (*Adapt) command() string     { return "adapt" }
func (*Merge) command() string     { return "merge" }

func (*Shelf) event() string   { return "shelf" }
func (*Saved) event() string   { return "saved" }
func (*File) event() string    { return "file" }
func (*Needs) event() string   { return "needs" }
func (*Fit) event() string     { return "fit" }
func (*History) event() string { return "history" }
func (*Adapted) event() string { return "adapted" }
