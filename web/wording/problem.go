package wording

import (
	"fmt"
	"strconv"

	"hornbook/web/protocol"
)

// problems says for each code what happened, why, and what to do.
var problems = map[protocol.Code]func(p *protocol.Problem) string{
	protocol.Finished: func(*protocol.Problem) string { return "All steps are done." },
	protocol.Stopped:  func(*protocol.Problem) string { return "You stopped the training. The model stays as it is." },
	protocol.TextEmpty: func(*protocol.Problem) string {
		return "This text is empty, so there is nothing to learn from. " + other
	},
	protocol.TextOne: func(p *protocol.Problem) string {
		if p.Got == "1" {
			return "This text is one single character, so there is nothing to predict. " + other
		}
		return fmt.Sprintf("This text repeats one single character (%s in all), so there is nothing to predict. %s", number(p.Got), other)
	},
	protocol.TextTooShort: func(p *protocol.Problem) string {
		return fmt.Sprintf("This text is too short: it has %s characters or tokens, and at least %s are needed for this context. "+
			"A model learns well from a hundred thousand. Try a longer text, a shorter context, or one of the samples.", number(p.Got), number(p.Want))
	},
	protocol.TextShort: func(*protocol.Problem) string {
		return "This is little to learn from: the model will soon know it by heart instead of understanding it. A hundred thousand characters are better."
	},
	protocol.TextTooLong: func(p *protocol.Problem) string {
		return fmt.Sprintf("This text is too large: %s, and the page takes at most %s. Cut out a part of it and try again.", size(p.Got), size(p.Want))
	},
	protocol.TextBinary: func(*protocol.Problem) string {
		return "This file is not plain text (a picture, a program or a document of a word processor, perhaps). Save it as plain text (.txt) and try again, or use one of the samples."
	},
	protocol.TextMissing: func(*protocol.Problem) string {
		return "There is no text to learn from yet. Choose a sample or upload a text of your own."
	},
	protocol.TextUnread: func(p *protocol.Problem) string {
		return fmt.Sprintf("The browser could not read “%s”. Perhaps it was moved or changed. Choose it again, or try another file.", p.Got)
	},
	protocol.SampleUnknown: func(p *protocol.Problem) string {
		return fmt.Sprintf("There is no sample called “%s”. Choose one of the list.", p.Got)
	},
	protocol.SampleFailed: func(*protocol.Problem) string {
		return "The sample could not be loaded. Perhaps the server was closed: start it again, or upload a text of your own."
	},
	protocol.TooManyKinds: func(p *protocol.Problem) string {
		return fmt.Sprintf("This text has %s different characters, more than the %s that a model of characters can hold. Choose bytes or pieces of words instead.", number(p.Got), number(p.Want))
	},
	protocol.RecipeWrong: func(p *protocol.Problem) string {
		return fmt.Sprintf("%s is %s, but it must be %s. Change it and try again.", Field(p.Key), p.Got, p.Want)
	},
	protocol.NoModel: func(*protocol.Problem) string {
		return "There is no model yet. Press Train first; after the first step it can already predict."
	},
	protocol.Busy: func(*protocol.Problem) string {
		return "A training is going on. Stop it first, then try again."
	},
	protocol.NotTraining: func(*protocol.Problem) string { return "No training is going on. Press Train to begin one." },
	protocol.LossNaN: func(p *protocol.Problem) string {
		return fmt.Sprintf("The training went off the rails at step %s: the loss is no longer a number. The learning rate is too high for this model, most likely. "+
			"The last good weights are kept, so you can still try the model. To train anew, lower the learning rate to a third.", number(p.Got))
	},
	protocol.OutOfMemory: func(p *protocol.Problem) string {
		return fmt.Sprintf("This model would need %s of memory, more than the %s that the page may use. Choose fewer channels, layers, a shorter context or a smaller batch.", size(p.Got), size(p.Want))
	},
	protocol.Cancelled: say("Stopped. All is as it was before; begin again whenever you like."),
	protocol.TrainerGone: func(*protocol.Problem) string {
		return "The part of the page that computes has ended, perhaps for lack of memory. The model is lost. Reload the page, and choose a smaller model or text."
	},
	protocol.RanksFewer: func(p *protocol.Problem) string {
		return fmt.Sprintf("Training goes on with %s instead of %s: each needs a processor core, a piece of every batch, and memory of its own. The model becomes as good, only the time differs. For more, choose a larger batch or a smaller model.",
			workers(p.Want), number(p.Got))
	},
	protocol.RankLost: func(p *protocol.Problem) string {
		return fmt.Sprintf("A worker has stopped, perhaps for lack of memory. Nothing is lost: training goes on with %s. If it happens again, choose fewer workers or a smaller model.", workers(p.Got))
	},
	protocol.StoppedEarly: say("The training stopped early: on text that it does not learn from, the model had not become better for a while. The weights that did best there are kept, so you can try it now."),
	protocol.KeepNone:     say("This browser keeps no models for this page: it is a private window, perhaps, or the page was opened from a file. Download a model to keep it, and bring it in again another time."),
	protocol.KeepFull:     say("There is no room left to save the model. Nothing is lost: the save before is whole, and the model is still open. Delete another model under My models, or download this one."),
	protocol.KeepFailed:   say("The model could not be saved. Nothing is lost: the save before is whole, and the model is still open. Download it to be safe, then try again."),
	protocol.ShelfFailed: func(p *protocol.Problem) string {
		return fmt.Sprintf("What you asked for under My models could not be done%s. Your models are as they were. Reload the page and try again.", because(p))
	},
	protocol.BaseFailed: func(p *protocol.Problem) string {
		return fmt.Sprintf("The page’s own model could not be loaded%s. Perhaps the server was closed: check that it runs, then reload the page. You can train a new model meanwhile.", because(p))
	},
	protocol.ModelUnknown: say("This model is no longer here; another tab has deleted it, perhaps. Choose another one."),
	protocol.ModelDamaged: func(p *protocol.Problem) string {
		return fmt.Sprintf("“%s” is damaged, so the model cannot be read%s. Get the file again from where it came, or delete the model.", p.Got, because(p))
	},
	protocol.ModelUnsupported: func(p *protocol.Problem) string {
		return fmt.Sprintf("This model is of a kind that Hornbook cannot run%s. It knows models in the form of Llama, Qwen3 and GPT-2. Try another one.", because(p))
	},
	protocol.ModelNone:   say("These files hold no model. Choose a zip from Hornbook, a GGUF file, or all files of a Hugging Face folder together (config.json, tokenizer.json and model.safetensors)."),
	protocol.ModelUnsafe: say("This archive was not opened: it wants to put files outside of its folder, or grows beyond measure. Get it again from a place that you trust."),
	protocol.ModelTooLarge: func(p *protocol.Problem) string {
		return fmt.Sprintf("Opening this model would take %s of memory, more than the %s that the page may use. Try a smaller model.", size(p.Got), size(p.Want))
	},
	protocol.ModelElsewhere: say("This model is training in another tab. Go on there, or close that tab and try again."),
	protocol.ExportImpossible: func(p *protocol.Problem) string {
		return fmt.Sprintf("This format has no way to describe this model%s. Download it as “%s” instead.", because(p), DownloadAs("zip", "f32"))
	},
	protocol.AdapterNone: say("The open model has no adapter. Train one with “" + MethodName("lora") + "”, or bring one in."),
	protocol.AdapterStranger: func(p *protocol.Problem) string {
		return fmt.Sprintf("This adapter was made for a model of another shape%s. Open the model that it belongs to, then bring the adapter in again.", because(p))
	},
	protocol.TextGone:    say("The text that this model was learning from is no longer kept, so its training cannot go on. The model itself is whole: open it under My models, try it, or teach it another text."),
	protocol.TuneShort:   say("This is little text to teach a model: it will soon know it by heart. A few thousand words are better."),
	protocol.TalksWrong:  talksWrong,
	protocol.TalksFew:    talksFew,
	protocol.ChatNone:    say("This model was never taught to answer. Choose “" + Objective("sft") + "” under Train, or let it go on from a beginning."),
	protocol.TuneUnknown: say("More than half of this text are characters that the model has never seen, so it cannot learn from it. Choose a text in a script that it knows, or train a new model on this one."),
	protocol.NearGELU:    say("llama.cpp computes one curve inside this model (GELU) a little less exactly. Its numbers may differ in the last digits; nothing is to be done about it."),
	protocol.SameBits:    say("The training goes on with another number of workers or on another processor than before. The model becomes as good, but not the same to the last digit; for that, go on where it began."),
	protocol.BadMessage:  func(*protocol.Problem) string { return ours },
	protocol.Internal:    func(*protocol.Problem) string { return ours },
}

const (
	other = "Try another text, or one of the samples."
	ours  = "Something went wrong that is our mistake, not yours. Reload the page and try again."
)

// Problem is the sentence for p: what happened, why, and what to do.
func Problem(p *protocol.Problem) string {
	if say, known := problems[p.Code]; known {
		return say(p)
	}
	return ours
}

// say is the same sentence whatever the problem's particulars.
func say(text string) func(*protocol.Problem) string {
	return func(*protocol.Problem) string { return text }
}

// because is the technical reason in brackets, where there is one.
func because(p *protocol.Problem) string {
	if p.Detail == "" {
		return ""
	}
	return " (" + p.Detail + ")"
}

// number groups the digits of a whole number; anything else stays as it is.
func number(text string) string {
	n, err := strconv.Atoi(text)
	if err != nil {
		return text
	}
	return Count(n)
}

// workers counts those that train together.
func workers(text string) string {
	if text == "1" {
		return "one worker"
	}
	return number(text) + " workers"
}

// size writes a number of bytes for people.
func size(text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return Bytes(n)
}
