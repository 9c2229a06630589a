package session

import (
	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data/chat"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// library keeps models: the open one, and those of the shelf or of the host.
type library struct {
	voice     *voice
	shelf     *shelf.Shelf                            // nil: there is none
	none      protocol.Code                           // why there is no shelf
	memory    float64                                 // bytes that an opened model may take
	elsewhere func(id string) (checkpoint.Run, error) // opens a model of the host; nil for none
	folder    func(checkpoint.Run) error              // keeps the run where there is no shelf; nil for nowhere
	current   *current                                // the open model; nil before the first Train or Open
	cards     map[string]described                    // of the shelf's models, by id
	purged    bool                                    // the shelf has forgotten what was deleted before this start
}

// current is the model that is open: it writes, and can be trained further.
type current struct {
	checkpoint.Run            // as a save holds it
	id             string     // on the shelf, or of the host's models; "" if it is not kept
	before         *model.GPT // as it was before it was trained further; nil if that is not known
}

// open is the open model, nil for none.
func (l *library) open() *current { return l.current }

// take makes next the open model.
func (l *library) take(next *current) { l.current = next }

// isOpen tells whether the open model has this id.
func (l *library) isOpen(id string) bool { return l.current != nil && l.current.id == id }

// placed tells whether the open model has a place where it is kept.
func (l *library) placed() bool {
	return l.current != nil && l.current.id != "" && (l.shelf != nil || l.folder != nil)
}

// newID is the id of a new model, "" if it will not be kept.
func (l *library) newID() string {
	switch {
	case l.shelf != nil:
		return shelf.NewID()
	case l.folder != nil:
		return "run"
	}
	return ""
}

// hold keeps others from writing the model with this id until release is called.
func (l *library) hold(id string) (release func(), err error) {
	if l.shelf == nil {
		return nil, nil
	}
	return l.shelf.Hold(id)
}

// decode is what the open model means by ids.
func (l *library) decode(ids []int32) string { return string(l.current.Tokenizer.Decode(ids)) }

// use lets the open model compute with its adapter, or without.
func (l *library) use(adapter bool) *protocol.Problem {
	if l.current == nil {
		return &protocol.Problem{Code: protocol.NoModel}
	}
	if _, has := l.current.Model.Adapter(); !has {
		return &protocol.Problem{Code: protocol.AdapterNone}
	}
	l.current.Model.UseAdapter(adapter)
	l.tellAdapter()
	return nil
}

func (l *library) tellAdapter() {
	m := l.current.Model
	_, has := m.Adapter()
	l.voice.tell(&protocol.Adapted{Has: has, On: has && m.Adapting()})
}

// describe is the open model as the page is told of it, without its run.
func (l *library) describe() *protocol.Model {
	c := l.current
	told := &protocol.Model{ModelID: c.id, Name: c.Name, Old: c.Old, Before: c.before != nil, Tokenizer: string(c.Tokenizer.Kind()),
		Recipe: c.Recipe, Parameters: c.Model.Weights.Len(), Bytes: c.Model.Bytes(), WeightBytes: weightBytes(c.Model), Text: c.Text,
		FLOPsPerStep: c.Recipe.Model.FLOPsPerToken() * float64(c.Recipe.TokensPerStep())}
	_, told.Chat = chat.Of(c.Tokenizer)
	if c.From != nil {
		told.From = c.From.Name
	}
	if c.Teacher != nil {
		told.Teacher = c.Teacher.Name
	}
	told.Questions = c.Questions
	return told
}

// noteLoss puts the loss of a batch on the open model's log.
func (l *library) noteLoss(step int, loss float64) {
	l.current.Log = checkpoint.Noted(l.current.Log, checkpoint.Entry{Step: step, Loss: loss})
}

// noteMeasures puts an evaluation on the open model's log.
func (l *library) noteMeasures(m recipe.Measurement) {
	c := l.current
	c.Measures, c.Log = m.Measures, checkpoint.Noted(c.Log, checkpoint.Evaluation(m))
}

// noteBest notes that the model is now what it was at a step.
func (l *library) noteBest(step int) { l.current.Measures = l.current.MeasuredAt(step) }
