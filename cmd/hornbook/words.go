package main

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/wording"
)

// english is what the command says: the page's words, but for those that speak of what
// only the page has.
var english = wording.New("en").Reworded(map[string]string{
	"document_encoding_unfit":     "“{name}” is not written in the encoding {got}: its bytes make no sense in it. Give another -encoding, or none, and it will be found out.",
	"document_encoding_unknown":   "There is no encoding called “{got}”. train -h has those that -encoding takes; without it, it will be found out.",
	"document_encoding_unsure":    "“{name}” is written in another alphabet than the Latin one, in an old encoding that cannot be found out by itself. Name it by -encoding (windows-1251 for Russian, for instance), or save it as UTF-8.",
	"document_binary":             "“{name}” is not plain text: its bytes are no letters, in no encoding that can be found by itself. Save it as plain text (.txt), or name its encoding by -encoding.",
	"document_unreadable":         "“{name}” could not be read. Perhaps it was moved or changed meanwhile. Try again, or give another file.",
	"problem_adapter_none":        "The model has no adapter. Train one by train -from RUN -method lora.",
	"problem_adapter_stranger":    "This adapter was made for a model of another shape{because}. Name the model that it belongs to by import -onto.",
	"problem_bad_message":         "Something went wrong that is our mistake, not yours{because}.",
	"problem_base_failed":         "The model could not be opened{because}.",
	"problem_chat_none":           "This model was never taught to answer. Teach it by train -objective sft -from RUN, or let it go on from a beginning by generate.",
	"problem_export_impossible":   "This format has no way to describe this model{because}. Take -format zip, which keeps all.",
	"problem_internal":            "Something went wrong that is our mistake, not yours{because}.",
	"problem_keep_failed":         "The model could not be saved{because}. The save before, if there was one, is whole. Training goes on, and saving is tried again.",
	"problem_keep_full":           "There is no room left to save the model{because}. The save before, if there was one, is whole. Training goes on, and saving is tried again: make room meanwhile.",
	"problem_keep_insecure":       "Nothing is saved without a folder: name one by -out.",
	"problem_keep_none":           "Nothing is saved without a folder: name one by -out.",
	"problem_loss_nan":            "The training went off the rails at step {got}: the loss is no longer a number. The learning rate is too high for this model, most likely. The model is as it last was when all was well. To train anew, lower the learning rate to a third (-learning-rate or, of a new model, -set learning_rate=…).",
	"problem_model_damaged":       "“{got}” is damaged, so the model cannot be read{because}. Get the file again from where it came.",
	"problem_model_elsewhere":     "This model is being trained by another program. Wait until that has ended, and try again.",
	"problem_model_incomplete":    "“{got}” is missing or is only a part{because}. Name all files of the model together, or their folder.",
	"problem_model_none":          "There is no model here. Name a folder that train -out or import -o saved to, or a model's files: a zip from Hornbook, a GGUF file, or a folder of Hugging Face (config.json, tokenizer.json and model.safetensors).",
	"problem_model_notes":         "Something that came with the model was left out, or taken otherwise{because}.",
	"problem_model_too_large":     "Opening this model would take {got} of memory, more than the {want} that there is. Models of up to about {weights} weights fit, and of twice as many where their file has 16 bits a weight.",
	"problem_model_unknown":       "This model is no longer there{because}. Name another one.",
	"problem_no_model":            "There is no model yet: name one by -from RUN.",
	"problem_no_settings":         "“{got}” holds no experiment that can be read.",
	"problem_not_training":        "No training is going on.",
	"problem_out_of_memory":       "Training this model would take {got} of memory, more than the {want} that there is. {fits}",
	"fits_none":                   "Choose fewer channels, layers or a shorter context, by -preset or -set.",
	"fits_with":                   "It would fit with {changes}.",
	"fits_adapter":                "-trains adapter",
	"fits_context":                "-set model.context={plain}",
	"fits_batch":                  "-set batch={plain}",
	"problem_prompts_none":        "This text has nothing to answer or to go on from. Give one with paragraphs or with questions.",
	"problem_sample_failed":       "The text “{got}” could not be had{because}.",
	"problem_sample_unknown":      "There is no text called “{got}” here.",
	"problem_shelf_failed":        "That could not be done{because}.",
	"problem_stopped":             "The training was stopped. The model is as it was then.",
	"problem_talks_wrong":         "This text is no file of conversations: {why}. To learn to chat a model needs a file of conversations, one a line, or one of the tasks by -task.",
	"problem_talks_wrong_line":    "Line {got} of this text is no conversation: {why}. To learn to chat a model needs a file of conversations, one a line, or one of the tasks by -task.",
	"problem_tasks_wrong":         "This text is no file of tasks: {why}. Rewards need a file with one task a line, each with a prompt and its answer, or one of the tasks by -task.",
	"problem_teacher_gone":        "The teacher could not be opened: {why}. Name another model by -teacher.",
	"problem_teacher_stranger":    "{got} cuts text into other pieces than this model, so it cannot teach it. Name a -teacher with the same tokenizer.",
	"problem_text_binary":         "This file is not plain text: its bytes are no letters. Give another file.",
	"problem_text_empty":          "This text is empty, so there is nothing to learn from. Give another file.",
	"problem_text_gone":           "The text that this model was learning from is not the one that was given, so its training cannot go on{because}. The model itself is whole: generate lets it write, and train -from teaches it another text.",
	"problem_text_missing":        "There is no text to learn from yet: name one by -data FILE.",
	"problem_text_one":            "This text repeats one single character ({got} in all), so there is nothing to predict. Give another file.",
	"problem_text_one_single":     "This text is one single character, so there is nothing to predict. Give another file.",
	"problem_text_too_long":       "This text is too large: {got}, and at most {want} are taken. Cut out a part of it.",
	"problem_text_too_short":      "This text is too short: it has {got} characters or tokens, and at least {want} are needed for what the model sees at once. A model learns well from a hundred thousand. Give a longer text; a new model with a shorter context (-set model.context=…) may need less.",
	"problem_text_unread":         "“{got}” could not be read. Perhaps it was moved or changed. Try again, or give another file.",
	"problem_too_many_kinds":      "This text has {got} different characters, more than the {want} that a model of characters can hold. Take bytes or pieces of words instead: -set tokenizer=bytes or -set tokenizer=bpe.",
	"problem_trainer_gone":        "What computes has ended, perhaps for lack of memory. Choose a smaller model or text.",
	"problem_tune_unknown":        "More than half of this text are characters that the model has never seen, so it cannot learn from it. Give a text in a script that it knows, or train a new model on this one, without -from.",
	"problem_files_many":          "{got} files are too many at once; at most {want} are read. Give fewer.",
	"problem_preferred_none":      "Of {got} prompts the judge likes no answer better than the others, so there is no pair. To {want} of them the answers did not come to an end. Take another judge, or more prompts.",
	"problem_model_unsupported":   "This model is of a kind that Hornbook cannot run{because}. It knows models in the form of Llama, Mistral, Qwen2, Qwen3, GPT-2, GPT-Neo and GPT-NeoX.",
	"problem_adapter_unsupported": "This adapter is whole, but does what Hornbook cannot add to a model{because}. Merge it with its model where it was made, and import the result.",
})

// problem is what a person reads of p.
type problem struct{ *protocol.Problem }

func (p problem) Error() string { return english.Problem(p.Problem) }

// refused is err, which a recipe's check gave, by the flag that the number comes from.
func refused(f *flag.FlagSet, r recipe.Recipe, err error) error {
	var w *recipe.Wrong
	if !errors.As(err, &w) {
		return wrongUsage("%s", err)
	}
	says := problem{&protocol.Problem{Code: protocol.RecipeWrong, Key: nameOf(f, r, w.Key), Got: w.Got, Want: w.Want}}.Error()
	if w.Key == "warm_up_steps" { // which nobody may have named
		says += " So many of all -steps are examples, before the rewards."
	}
	return wrongUsage("%s", says)
}

// nameOf is how a person names a number of a recipe: by its flag, or by -set.
func nameOf(f *flag.FlagSet, r recipe.Recipe, key string) string {
	if name := strings.ReplaceAll(key, "_", "-"); f.Lookup(name) != nil {
		return "-" + name
	}
	if text, err := json.Marshal(r); err == nil {
		if path := pathOf(text, key); path != "" {
			return "-set " + path
		}
	}
	return key
}

// pathOf is where a key stands in an object or in those that it holds, "" for nowhere.
func pathOf(object []byte, key string) string {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(object, &fields) != nil {
		return ""
	}
	if _, has := fields[key]; has {
		return key
	}
	for name, inner := range fields {
		if path := pathOf(inner, key); path != "" {
			return name + "." + path
		}
	}
	return ""
}

// reason is what the system says of a file, without the call that failed.
func reason(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

// plain are characters that mean nothing to a shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"

// quoted is a path as it is typed into a shell.
func quoted(path string) string {
	switch {
	case path != "" && strings.Trim(path, plain) == "" && runtime.GOOS != "windows":
		return path
	case runtime.GOOS == "windows": // where paths have no quotes
		if strings.Trim(path, plain+`\`) == "" {
			return path
		}
		return `"` + path + `"`
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// tryIt says how a saved model is let write.
func tryIt(dir string) string {
	return "hornbook generate -run " + quoted(dir) + ` -prompt "The"`
}
