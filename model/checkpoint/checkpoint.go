// Package checkpoint keeps a run as a folder.
//
// The folder of a run:
//
//	run.json               what it is and how it was trained, for people too
//	config.json            Hugging Face's configuration, where they have one for this model
//	model.safetensors      the weights, under Hugging Face's names then, else under the model's own
//	tokenizer.json         the tokenizer, as Hugging Face's tokenizers read it
//	tokenizer_config.json  what transformers wants to know besides
//	optimizer.safetensors  the moments, while the run can go on
//	best.safetensors       the best weights so far, of a run that stops early
//	adapter_config.json    with adapter_model.safetensors: a LoRA adapter, as PEFT has it
//	log.jsonl              losses, one step a line
//	generation_config.json and others that a model from elsewhere came with (Papers)
//
// run.json is written last and holds the SHA-256 of the others, so that files
// of different saves are never taken together.
package checkpoint

import (
	"hornbook/model"
	"hornbook/model/checkpoint/layout"
	"hornbook/model/recipe"
	"hornbook/model/tensor"
	"hornbook/tokenizer"
)

// Run is what a folder holds.
type Run struct {
	Recipe    recipe.Recipe
	Tokenizer tokenizer.Tokenizer
	Model     *model.GPT
	Name      string          // what people call the model
	Step      int             // steps done
	Tokens    int             // trained on
	Written   int             // of them, that the model wrote itself to learn from
	Seconds   float64         // of training so far
	Measures  recipe.Measures // of the latest evaluation, or of the best where its weights were taken; nil for none

	Text       string // name of the text that it learned from
	TextSHA256 string // of its bytes, in hexadecimal
	TextBytes  int
	Old        string // name of the text by which forgetting is measured, "" for none
	OldSHA256  string

	Ranks   int    // that trained it: with as many a run goes on to the same bits
	Backend string // what took its steps: "cpu" or "webgpu"
	Fused   bool   // kernel.Fused, when it was saved
	State   string // "training" or "paused": the run can go on; "done" or "failed": it is over

	Moments []*tensor.Tensor // of the optimizer: "blocks.0.mlp.up.weight.exp_avg"; nil for none
	Best    *Best            // nil for none
	Stale   int              // evaluations since the best
	Log     []Entry          // by Noted: a history of bounded length
	From    *Origin          // nil for a model trained from nothing
	Teacher *Origin          // of a student; nil for none
	Papers  layout.Papers    // what it came with from elsewhere, or what it was made from did

	Questions []recipe.Question // that the model answers at each evaluation; nil for none
	Frozen    []float32         // what trains, as it was when the run began to be compared with it; nil for none
	Tally     []float64         // of the steps since the latest evaluation; nil for none
}

// Best are the best weights of a run that stops early.
type Best struct {
	Step    int
	Loss    float64   // on validation, nats a token
	Weights []float32 // that train: the last of model.GPT.Weights
}

// Origin is the model that a run was fine-tuned from.
type Origin struct {
	Name string `json:"name"`
	ID   string `json:"id"` // where it was kept, for who opened it then
}

// Manner is how the texts of run's model begin and end.
func (run Run) Manner() layout.Manner { return layout.MannerOf(run.Tokenizer, run.Papers) }

// RunFile names the file that makes a folder a run's.
const RunFile = "run.json"

// The names of the files that only we read.
const (
	optimizerFile = "optimizer.safetensors"
	bestFile      = "best.safetensors"
	frozenFile    = "reference.safetensors"
	logFile       = "log.jsonl"
)

// Files are the names that the files of a run's folder may have.
func Files() []string {
	return []string{RunFile, layout.ConfigFile, layout.WeightsFile, layout.TokenizerFile, layout.TokenizerConfigFile,
		optimizerFile, bestFile, frozenFile, layout.AdapterConfigFile, layout.AdapterFile, logFile}
}
