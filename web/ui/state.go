// Package ui is the page: vugu components that draw a State and turn what a
// person does into the protocol's commands. It knows the protocol, never the
// model, and runs natively too, for its tests.
package ui

import (
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// Host is what the page needs of the browser.
type Host interface {
	Send(protocol.Command)         // to the trainer; never blocks
	SendFile(input string, id int) // sends the file that is chosen in the input as SetText of this id
	Hold(input string) []string    // holds the files chosen in the input for Import to take along, and returns their names
	Persist()                      // asks the browser to keep models for good; Page.Persisted takes the answer
	Copy(text string)              // to the clipboard
	Say(text string)               // to screen readers
	Show(id string)                // scrolls an element into view
	Renew()                        // opens the page's new version
}

// State is all that the page shows. Apply changes it by an event of the
// trainer, the components by what a person does.
type State struct {
	Ready     protocol.Ready
	Text      *protocol.Text      // nil until the first is there
	Tokenizer *protocol.Tokenizer // nil until the first is there
	Working   *protocol.Working   // nil unless something long goes on
	Tokens    []protocol.Piece    // of what was typed to see it cut
	Missing   []string            // characters of it that the tokenizer lacks

	Run     protocol.State
	Model   *protocol.Model // that is open; nil before the first
	Step    protocol.Step   // the latest
	Evals   []recipe.Measurement
	Curve   Curve
	Samples []protocol.Sample
	Talks   *protocol.Talks // that the run learns from; nil for a text
	Fit     *protocol.Fit   // what the open model makes of the text; nil: not known
	Adapted protocol.Adapted

	Prediction *protocol.Prediction // nil: none yet
	Now        Completion           // of the open model
	Former     Completion           // of the model as it was before it was trained further

	Shelf protocol.Shelf
	Saved *protocol.Saved // the latest of the open model; nil: none yet
	File  *protocol.File  // that was made to be downloaded last
	Needs *protocol.Needs // a question that waits for an answer

	Speed    Measuring
	Problems map[string]*protocol.Problem // by station, and of SpeedPanel
}

// Stations in the order of the page; the names are the ids of their elements.
const (
	TextStation   = "text"
	TokensStation = "tokens"
	TrainStation  = "train"
	TryStation    = "try"
	ModelsStation = "models"
)

// Stations lists them in order.
var Stations = []string{TextStation, TokensStation, TrainStation, TryStation, ModelsStation}

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
		s.solve(TextStation)
	case *protocol.Tokenizer:
		s.Tokenizer = e
		s.solve(TokensStation)
	case *protocol.Tokens:
		s.Tokens, s.Missing = e.Pieces, e.Unknown
	case *protocol.Working:
		s.Working = e
	case *protocol.Prediction:
		s.Prediction = e
	case *protocol.Writing:
		c := s.completion(e.ID)
		c.Tokens = append(c.Tokens, e.Tokens...)
	case *protocol.Generated:
		s.completion(e.ID).Done = e
	case *protocol.Fit:
		s.Fit = e
	case *protocol.Adapted:
		s.Adapted = *e
	case *protocol.Problem:
		s.fail(e)
	default:
		s.applyRun(e)
		s.applyShelf(e)
	}
}

// applyRun takes over what an event says of the run.
func (s *State) applyRun(e protocol.Event) {
	switch e := e.(type) {
	case *protocol.State:
		s.Run = *e
		if e.State == "preparing" {
			s.Talks = nil
		}
		if e.State == "training" {
			if !unsaved(s.Problems[TrainStation]) { // which is told before the first step
				s.solve(TrainStation)
			}
			s.solve(TryStation)
		}
	case *protocol.Model:
		s.open(e)
	case *protocol.History:
		s.remember(e)
	case *protocol.Talks:
		s.Talks = e
	case *protocol.Step:
		s.Step = *e
		s.Curve.Add(e.Step, e.Loss)
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
	s.Adapted, s.Saved = protocol.Adapted{}, nil
	s.Prediction, s.Now, s.Former = nil, NewCompletion(), NewCompletion()
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
	s.Step.Ranks = s.Model.Ranks
	if e := s.LastEval(); e != nil {
		s.Step.Tokens, s.Step.Seconds = e.Tokens, e.Seconds
	}
}

// fail puts a problem where it can be mended. What a person has stopped is none.
func (s *State) fail(p *protocol.Problem) {
	switch p.Code {
	case protocol.Cancelled:
		return
	case protocol.TrainerGone:
		s.Working = nil
	}
	if s.Problems == nil {
		s.Problems = map[string]*protocol.Problem{}
	}
	s.Problems[s.station(p)] = p
}

func (s *State) solve(station string) { delete(s.Problems, station) }

// station is where a problem is shown.
func (s *State) station(p *protocol.Problem) string {
	if s.measuring() && p.ID == s.Speed.asked {
		return SpeedPanel
	}
	switch p.Code {
	case protocol.TextEmpty, protocol.TextOne, protocol.TextTooLong, protocol.TextBinary, protocol.TextUnread,
		protocol.SampleUnknown, protocol.SampleFailed:
		return TextStation
	case protocol.TextTooShort, protocol.TextMissing:
		if s.Run.State == "preparing" {
			return TrainStation
		}
		return TextStation
	case protocol.TooManyKinds:
		return TokensStation
	case protocol.RecipeWrong:
		switch p.Key {
		case "tokenizer", "vocab_size":
			return TokensStation
		case "temperature", "top_k", "top_p", "tokens":
			return TryStation
		}
	case protocol.NoModel, protocol.AdapterNone, protocol.ChatNone:
		return TryStation
	case protocol.BaseFailed:
		if s.Model == nil {
			return TryStation // where it was to be the first to write
		}
		return ModelsStation
	case protocol.KeepFull, protocol.KeepFailed:
		if !s.Active() {
			return ModelsStation
		}
	case protocol.KeepNone, protocol.ShelfFailed, protocol.ModelUnknown, protocol.ModelDamaged, protocol.ModelUnsupported, protocol.ModelNone,
		protocol.ModelUnsafe, protocol.ModelTooLarge, protocol.ModelElsewhere, protocol.ExportImpossible,
		protocol.AdapterStranger, protocol.TextGone:
		return ModelsStation
	}
	return TrainStation
}

// Active tells whether a run is under way, paused or not.
func (s *State) Active() bool {
	return s.Run.State == "training" || s.Run.State == "paused" || s.Run.State == "preparing"
}

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
