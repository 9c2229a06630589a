// Package ui is the page: vugu components that draw a State and turn what a
// person does into the protocol's commands. It knows the protocol, never the
// model, and runs natively too, for its tests.
//
// The page is a list of stations (station.go), of which one is open, and what
// they share: the State, which follows the trainer's events, the words of a
// language, and the model and run that stay in sight beside whatever is open.
package ui

import (
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Host is what the page needs of the browser.
type Host interface {
	Send(protocol.Command)       // to the trainer; never blocks
	Read(input, encoding string) // reads the files that are chosen in the input, in an encoding or, for "", the one that is found out; Page.HasRead takes what was understood
	ReadAgain(encoding string)   // reads the same files once more
	Hold(input string) []string  // holds the files chosen in the input for Import to take along, and returns their names
	Persist()                    // asks the browser to keep models for good; Page.Persisted takes the answer
	Copy(text string)            // to the clipboard
	CopyLink(fragment string)    // to the clipboard, after the address of the page
	Say(text string)             // to screen readers
	Focus(id string)             // puts the focus on an element, once it is drawn
	Visit(station string)        // writes a station's address where the browser shows it
	Speak(language, title string, rightToLeft bool)
	Save(name, kind, text string) // hands a file to the browser
	SavePicture()                 // hands the chart to the browser as a picture
	Print()
	Fetch(name string)          // a file of the page; Page.Fetched takes it
	Remember(name, text string) // keeps a text in the browser until the next visit
	Recall(name string) string  // is that, "" for none
	Renew()                     // opens the page's new version

	Accept()                        // takes the file that the answer now handled has brought: a model is held for Import, a text is read
	Call(c Call, then func(Answer)) // asks the page's server
	Later(then func())              // some seconds from now
	Link(fragment string) string    // the address of the page with a fragment
	QR(text string) (size int)      // draws the text's QR code where an svg has it as data-text, once the page is drawn; how many squares it has on a side
	Collect(input string)           // reads results of a class that are chosen in the input; Page.HandedIn takes them
}

// State is what the trainer has told, as far as stations share it. Apply
// changes it by an event.
type State struct {
	Ready     protocol.Ready
	Text      *protocol.Text      // nil until the first is there
	Tokenizer *protocol.Tokenizer // nil until the first is there
	Working   *protocol.Working   // nil unless something long goes on

	Run     protocol.State
	Model   *protocol.Model // that is open; nil before the first
	Step    protocol.Step   // the latest
	Evals   []recipe.Measurement
	Curve   Curve
	Samples []protocol.Sample
	Talks   *protocol.Talks // that the run learns from; nil for a text
	Pairs   *protocol.Pairs // the same of pairs of answers
	Fit     *protocol.Fit   // what the open model makes of the text; nil: not known
	Adapted protocol.Adapted
	Round   *protocol.Round // the latest of a run by rewards; nil: none yet
	Uneven  *protocol.Round // the latest whose group teaches something
	Rewards Curve           // the mean rewards of its rounds

	Shelf    protocol.Shelf
	Outcomes map[string]*protocol.Outcome // with what was said, of models by their ids, as far as they were told
	GPU      *protocol.GPU                // what is known of the graphics card; nil: nothing yet
	Saved    *protocol.Saved              // the latest of the open model; nil: none yet

	Problems map[string]*protocol.Problem // by station, and of RunStrip
}

// Apply takes over what an event says.
func (s *State) Apply(e protocol.Event) {
	if s.Working != nil && e.Answers() == s.Working.ID {
		s.Working = nil // the answer has come, or more of it is to come
	}
	switch e := e.(type) {
	case *protocol.Ready:
		s.Ready = *e
	case *protocol.Text:
		s.Text, s.Fit = e, nil
	case *protocol.Tokenizer:
		s.Tokenizer = e
	case *protocol.Working:
		s.Working = e
	case *protocol.Fit:
		s.Fit = e
	case *protocol.Adapted:
		s.Adapted = *e
	case *protocol.Told:
		for i := range e.Outcomes {
			s.Outcomes[e.Outcomes[i].ModelID] = &e.Outcomes[i]
		}
	case *protocol.Shelf:
		s.shelve(e)
	case *protocol.GPU:
		s.GPU = e
	case *protocol.Saved:
		s.Saved = e
		if s.Model != nil {
			s.Model.ModelID = e.ModelID // which it has from its first save on
		}
	default:
		s.applyRun(e)
	}
}

// applyRun takes over what an event says of the run.
func (s *State) applyRun(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.State:
		s.Run = *e
		if e.State == "preparing" {
			s.Talks, s.Pairs = nil, nil
		}
	case *protocol.Model:
		s.open(e)
	case *protocol.History:
		s.remember(e)
	case *protocol.Talks:
		s.Talks = e
	case *protocol.Pairs:
		s.Pairs = e
	case *protocol.Step:
		s.Step = *e
		s.Curve.Add(e.Step, e.Loss)
	case *protocol.Round:
		s.Round = e
		if uneven(e.Replies) {
			s.Uneven = e
		}
		s.Rewards.Add(e.Step, e.Reward)
	case *protocol.Eval:
		s.Evals = bounded(append(s.Evals, e.Measurement), func(e recipe.Measurement) bool { return e.Best })
	case *protocol.Sample:
		s.Samples = bounded(append(s.Samples, *e), func(protocol.Sample) bool { return false })
	}
}

// open begins anew with a model. What the one before made of the text holds
// for it too where it is only trained further.
func (s *State) open(m *protocol.Model) {
	if m.From == "" || s.Run.State != "preparing" {
		s.Fit = nil
	}
	s.Model, s.Step, s.Evals, s.Samples, s.Curve = m, protocol.Step{Steps: m.Recipe.Steps}, nil, nil, Curve{}
	s.Adapted, s.Saved, s.Round, s.Uneven, s.Rewards = protocol.Adapted{}, nil, nil, nil, Curve{}
	delete(s.Outcomes, m.ModelID)
}

// remember takes over what was measured of the open model before.
func (s *State) remember(h *protocol.History) {
	if s.Model == nil {
		return
	}
	for i, step := range h.Steps[:min(len(h.Steps), len(h.Losses))] {
		s.Curve.Add(step, h.Losses[i])
		s.Step.Step, s.Step.Loss = step, h.Losses[i]
	}
	s.Evals = append(s.Evals, h.Evals...)
	for _, e := range h.Evals {
		if reward, taken := e.Measures.Of(recipe.RewardMean); taken {
			s.Rewards.Add(e.Step, reward)
		}
	}
	s.Step.Ranks = s.Model.Ranks
	if e := s.LastEval(); e != nil {
		s.Step.Tokens, s.Step.Seconds = e.Tokens, e.Seconds
	}
}

// shelve takes over what the shelf holds. A new model has no id before it, and
// the open one is called as its card is.
func (s *State) shelve(e *protocol.Shelf) {
	s.Shelf = *e
	if s.Model == nil {
		return
	}
	if s.Model.ModelID == "" && e.Open != protocol.Base {
		s.Model.ModelID = e.Open
	}
	if c := s.cardOf(s.Model.ModelID); c != nil && c.Name != "" {
		s.Model.Name = c.Name
	}
}

// cardOf is the card of a model that is kept, nil for any other.
func (s *State) cardOf(id string) *protocol.Card {
	for i := range s.Shelf.Cards {
		if c := &s.Shelf.Cards[i]; c.ID == id {
			return c
		}
	}
	return nil
}

func (s *State) solve(place string) { delete(s.Problems, place) }

func (s *State) loading(task string) bool { return s.Working != nil && s.Working.Task == task }

// Active tells whether a run is under way, paused or not.
func (s *State) Active() bool {
	return s.Run.State == "training" || s.Run.State == "paused" || s.Run.State == "preparing"
}

func (s *State) running() bool { return s.Run.State == "training" || s.Run.State == "paused" }

// begun tells whether the open model has a run; what was measured of one that
// is only open is none.
func (s *State) begun() bool { return s.Model != nil && s.Run.State != "idle" }

// Tuned tells whether the open model was trained further, so that the picture
// is of learning and forgetting.
func (s *State) Tuned() bool { return s.Model != nil && s.Model.From != "" }

// rewarded tells whether the open model was trained by rewards, so that the
// picture is of them and not of losses.
func (s *State) rewarded() bool { return s.Model != nil && s.Model.Recipe.Objective == recipe.GRPO }

// LastEval is the latest evaluation, nil before the first.
func (s *State) LastEval() *recipe.Measurement {
	if len(s.Evals) == 0 {
		return nil
	}
	return &s.Evals[len(s.Evals)-1]
}

// latest is a measure of the latest evaluation, false if it was not taken.
func (s *State) latest(name string) (value float64, taken bool) {
	if e := s.LastEval(); e != nil {
		return e.Measures.Of(name)
	}
	return 0, false
}

// preset is the recipe that the trainer calls name.
func (s *State) preset(name string) recipe.Recipe {
	for _, r := range s.Ready.Presets {
		if r.Preset == name {
			return r
		}
	}
	return recipe.Recipe{}
}

// isOpen tells whether the card with this id is of the open model, as one
// without is.
func (s *State) isOpen(id string) bool { return s.Model != nil && (id == "" || s.Model.ModelID == id) }

// unsaved tells whether p says that the open model could not be saved.
func unsaved(p *protocol.Problem) bool {
	return p != nil && (p.Code == protocol.KeepFull || p.Code == protocol.KeepFailed)
}

// gone tells whether e says that no answer will come any more.
func gone(e protocol.Event) bool {
	p, is := e.(*protocol.Problem)
	return is && p.Code == protocol.TrainerGone
}
