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
	protocol.BadMessage: func(*protocol.Problem) string { return ours },
	protocol.Internal:   func(*protocol.Problem) string { return ours },
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
