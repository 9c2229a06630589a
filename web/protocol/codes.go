package protocol

import (
	"slices"
	"strconv"
	"strings"

	"hornbook/model/recipe"
)

// Code names a thing that a person is told in words. The words stand in
// web/wording; each has what happened, why, and what to do.
type Code string

// Why a run is over.
const (
	Finished Code = "finished" // all steps were taken
	Stopped  Code = "stopped"  // the person pressed Stop

	StoppedEarly Code = "stopped_early" // the validation loss had not fallen for a while; the best weights are the model
)

// What can go wrong.
const (
	TextEmpty     Code = "text_empty"     // no bytes at all
	TextOne       Code = "text_one"       // only one different character: nothing to predict
	TextTooShort  Code = "text_too_short" // Got characters; too few to cut a training and a validation part of the context from; Want: how many at least
	TextShort     Code = "text_short"     // advice only: will be learned by heart rather than understood
	TextTooLong   Code = "text_too_long"  // Got and Want in bytes
	TextBinary    Code = "text_binary"    // NUL bytes or mostly not text
	TextMissing   Code = "text_missing"   // Train before any text
	TextUnread    Code = "text_unread"    // the browser could not read the file
	NoSettings    Code = "no_settings"    // the file, called Got, holds no experiment
	FilesMany     Code = "files_many"     // Got files were dropped at once; at most Want are taken
	SampleUnknown Code = "sample_unknown" // no sample of this name
	SampleFailed  Code = "sample_failed"  // it could not be fetched
	TooManyKinds  Code = "too_many_kinds" // "chars" with too many different characters for Want: use "bpe" or "bytes"
	RecipeWrong   Code = "recipe_wrong"   // Key, Got and Want say which number
	NoModel       Code = "no_model"       // Predict or Generate before there is a model
	Busy          Code = "busy"           // a run is going on: pause or stop it first
	NotTraining   Code = "not_training"   // Pause, Resume or Stop without a run
	LossNaN       Code = "loss_nan"       // the loss became infinite or no number; the last good weights are kept; Got: the step
	OutOfMemory   Code = "out_of_memory"  // the recipe needs Got, more than Want bytes: TooMuch
	Cancelled     Code = "cancelled"      // what was asked for was stopped before it was done; all is as it was
	TrainerGone   Code = "trainer_gone"   // the worker ended; the page must be opened again
	RanksFewer    Code = "ranks_fewer"    // a notice: Got workers were asked for; Want train
	RankLost      Code = "rank_lost"      // a notice: a worker ended; Got go on with the run
	GPULacks      Code = "gpu_lacks"      // a notice: the graphics card was wanted, but has no programs for this form of model
	GPUUnused     Code = "gpu_unused"     // a notice: the graphics card was wanted, but is not there, or computes something else; Detail: how
	GPULost       Code = "gpu_lost"       // a notice: the graphics card failed in a run, which goes on without from step Got; Detail: how
	BadMessage    Code = "bad_message"    // a command that the codec refused
	Internal      Code = "internal"       // a bug of ours
)

// What can go wrong with models that are kept, brought in or taken along.
// Detail says more in English where a file is at fault.
const (
	KeepNone           Code = "keep_none"           // this browser, or the way that the page was opened, keeps nothing
	KeepInsecure       Code = "keep_insecure"       // the page came over plain http from another machine, so that browsers keep nothing for it
	KeepFull           Code = "keep_full"           // the disk or the browser's share of it is full; the save before is whole
	KeepFailed         Code = "keep_failed"         // saving failed otherwise; the save before is whole
	ShelfFailed        Code = "shelf_failed"        // renaming, duplicating or deleting failed otherwise, or the shelf could not be read; Detail: how
	BaseFailed         Code = "base_failed"         // the model that comes with the page could not be loaded; Detail: how
	ModelUnknown       Code = "model_unknown"       // no model of this id
	ModelDamaged       Code = "model_damaged"       // Got: a file; Detail: how
	ModelUnsupported   Code = "model_unsupported"   // a model that this program cannot run; Detail: why
	ModelNone          Code = "model_none"          // the files hold no model
	ModelIncomplete    Code = "model_incomplete"    // Got: a file that is missing, or a part of one that was split; Detail: which
	ModelStandIn       Code = "model_stand_in"      // Got: a file that is whole, and something else than its name says; Detail: what
	ModelNotes         Code = "model_notes"         // a notice: something of a model was left out or taken otherwise; Detail: what
	ModelUnsafe        Code = "model_unsafe"        // an archive with names that lead out of it, or that grows beyond measure
	ModelTooLarge      Code = "model_too_large"     // Got and Want in bytes of memory
	ModelElsewhere     Code = "model_elsewhere"     // another tab is training it
	ExportImpossible   Code = "export_impossible"   // the format cannot express the model; Detail: why
	AdapterNone        Code = "adapter_none"        // the open model has no adapter
	AdapterStranger    Code = "adapter_stranger"    // the adapter belongs to a model of another shape; Detail: how
	AdapterUnsupported Code = "adapter_unsupported" // the adapter does more than plain LoRA; Detail: what
	TextGone           Code = "text_gone"           // the text that the run learned from is not kept, so it cannot go on
	TuneShort          Code = "tune_short"          // advice: little text to train a model further on
	TuneUnknown        Code = "tune_unknown"        // more than half of the text are characters that the model lacks
	TalksWrong         Code = "talks_wrong"         // the text is no file of conversations; Got: the line, Detail: what is wrong there
	ChatNone           Code = "chat_none"           // the open model lacks the tokens of the chat template
	TalksFew           Code = "talks_few"           // Got conversations can be learned from, Want are needed; Detail: as many are too long
	PairsWrong         Code = "pairs_wrong"         // the text is no file of pairs; Got: the line, Detail: what is wrong there
	PairsFew           Code = "pairs_few"           // Got pairs can be learned from, Want are needed; Detail: as many are too long
	PromptsNone        Code = "prompts_none"        // the text has nothing to answer or to go on from
	PreferredNone      Code = "preferred_none"      // of no prompt does the judge prefer an answer; Got: prompts, Want: those to which fewer than two answers ended
	TasksWrong         Code = "tasks_wrong"         // the text is no file of tasks; Detail: what is wrong, and where
	RewardUnknown      Code = "reward_unknown"      // Got: a reward that the task does not have; Want: those that it has
	TeacherGone        Code = "teacher_gone"        // the teacher, called Got, could not be opened; Detail: why
	TeacherStranger    Code = "teacher_stranger"    // the teacher cuts text otherwise than the student
	NearGELU           Code = "near_gelu"           // a note: llama.cpp computes this model's GELU by an approximation
	SameBits           Code = "same_bits"           // a notice: going on with other workers or another processor than before, so not to the same bits
)

// Codes lists every code, so that a test can see that each has its words.
var Codes = []Code{
	Finished, Stopped, TextEmpty, TextOne, TextTooShort, TextShort, TextTooLong, TextBinary, TextMissing, TextUnread, NoSettings, FilesMany,
	SampleUnknown, SampleFailed, TooManyKinds, RecipeWrong, NoModel, Busy, NotTraining, LossNaN, OutOfMemory,
	Cancelled, TrainerGone, RanksFewer, RankLost, GPULacks, GPUUnused, GPULost, BadMessage, Internal, StoppedEarly,
	KeepNone, KeepInsecure, KeepFull, KeepFailed, ShelfFailed, BaseFailed, ModelUnknown, ModelDamaged, ModelUnsupported, ModelNone, ModelIncomplete, ModelStandIn, ModelNotes, ModelUnsafe, ModelTooLarge,
	ModelElsewhere, ExportImpossible, AdapterNone, AdapterStranger, AdapterUnsupported, TextGone, TuneShort, TuneUnknown, TalksWrong, TalksFew, PairsWrong, PairsFew, PromptsNone, PreferredNone, TasksWrong, RewardUnknown, TeacherGone, TeacherStranger, ChatNone, NearGELU, SameBits,
}

// Notice tells whether a problem of this code is to be told only: what was
// asked for goes on.
func (c Code) Notice() bool {
	return slices.Contains([]Code{RanksFewer, RankLost, GPULacks, GPUUnused, GPULost, SameBits, ModelNotes}, c)
}

// MaxMemory is what a model may take to be trained or opened, in bytes, where nobody says
// what there is: what a tab of most browsers can have.
const MaxMemory = 1.5 * (1 << 30)

// MostMemory is the most that a tab's module can have: its places are of 32 bits, and the
// program itself, texts and what is cleared away later take a part.
const MostMemory = 3.5 * (1 << 30)

// TooMuch is a run of r that does not fit into so many bytes of memory: what it needs, what
// there is, and behind it by what change it would fit, if by any (ReadLess).
func TooMuch(r recipe.Recipe, memory float64) *Problem {
	need := r.Bytes()
	if need <= memory {
		return nil
	}
	p := &Problem{Code: OutOfMemory, Got: strconv.FormatFloat(need, 'f', 0, 64), Want: strconv.FormatFloat(memory, 'f', 0, 64)}
	if less, fits := r.Fitting(memory); fits {
		p.Want = strings.Join([]string{p.Want, strconv.Itoa(less.Batch), strconv.Itoa(less.Context), less.Trains}, " ")
	}
	return p
}

// ReadLess reads TooMuch's Want.
func ReadLess(want string) (bytes string, l recipe.Less, fits bool) {
	parts := strings.Split(want, " ")
	if len(parts) != 4 {
		return want, l, false
	}
	l.Batch, _ = strconv.Atoi(parts[1])
	l.Context, _ = strconv.Atoi(parts[2])
	l.Trains = parts[3]
	return parts[0], l, true
}

// TaskText begins the name of a text that is the lessons of a task; the task's
// name follows.
const TaskText = "task/"

// MaxText bounds the text, in bytes. Ids take four bytes a token beside it.
const MaxText = 64 << 20
