package session

import (
	"errors"
	"io/fs"
	"slices"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// library keeps models: the open one, and those of the shelf or of the host.
type library struct {
	voice     *voice
	shelf     *shelf.Shelf                            // nil: there is none
	elsewhere func(id string) (checkpoint.Run, error) // opens a model of the host; nil for none
	folder    func(checkpoint.Run) error              // keeps the run where there is no shelf; nil for nowhere
	current   *current                                // the open model; nil before the first Train or Open
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
		Recipe: c.Recipe, Parameters: len(c.Model.Weights), Bytes: 4 * len(c.Model.Weights), Text: c.Text,
		FLOPsPerStep: c.Recipe.Model.FLOPsPerToken() * float64(c.Recipe.TokensPerStep())}
	if c.From != nil {
		told.From = c.From.Name
	}
	return told
}

// load reads a model.
func (l *library) load(id string) (checkpoint.Run, *protocol.Problem) {
	kept, err := l.find(id)
	if err == nil {
		return kept, nil
	}
	told := unopened(err)
	if id == protocol.Base {
		told.Code = protocol.BaseFailed
	}
	return kept, told
}

func (l *library) find(id string) (checkpoint.Run, error) {
	if l.shelf != nil {
		var kept checkpoint.Run
		err := l.shelf.Read(id, func(files fs.FS) (err error) {
			kept, err = checkpoint.Read(files)
			return err
		})
		if name := l.labelled(id); name != "" {
			kept.Name = name
		}
		if err == nil || l.elsewhere == nil || id != protocol.Base {
			return kept, err
		}
	}
	if l.elsewhere == nil {
		return checkpoint.Run{}, fs.ErrNotExist
	}
	return l.elsewhere(id)
}

// labelled is the name that a model of the shelf was given.
func (l *library) labelled(id string) string {
	items, _ := l.shelf.List()
	if at := slices.IndexFunc(items, func(item shelf.Item) bool { return item.ID == id }); at >= 0 {
		return items[at].Name
	}
	return ""
}

// mostBeside is the number of weights up to which a model's origin is opened
// beside it, to be compared with.
const mostBeside = 16 << 20

// beforeOf is what kept was trained further from, nil if that cannot be had.
func (l *library) beforeOf(kept checkpoint.Run) *model.GPT {
	if kept.From == nil || kept.From.ID == "" || kept.Recipe.Weights() > mostBeside || l.shelf == nil && !phase(kept.State).active() {
		return nil
	}
	if l.shelf != nil && kept.From.ID != protocol.Base {
		files, err := l.shelf.Peek(kept.From.ID)
		if err != nil {
			return nil
		}
		if from, err := checkpoint.Describe(files); err != nil || from.Recipe.Model != kept.Recipe.Model {
			return nil
		}
	}
	from, err := l.find(kept.From.ID)
	if err != nil || from.Recipe.Model != kept.Recipe.Model {
		return nil
	}
	return from.Model
}

// text is a text of the shelf by its sum.
func (l *library) text(hash string) ([]byte, error) {
	if l.shelf == nil || hash == "" {
		return nil, fs.ErrNotExist
	}
	return l.shelf.Text(hash)
}

// keepText keeps a text and gives the sum by which the shelf finds it, "" where
// there is no shelf.
func (l *library) keepText(text []byte) (hash string, err error) {
	if l.shelf == nil {
		return "", nil
	}
	return l.shelf.KeepText(text)
}

// catchUp brings what is known of the open model up to its run.
func (l *library) catchUp(now phase, p progress) {
	c := l.current
	c.State, c.Step, c.Tokens, c.Seconds, c.Ranks = string(now), p.Step, p.Tokens, p.Seconds, p.Ranks
}

// keep saves the open model, which needs the texts with these sums to go on;
// complete adds what its run needs besides.
func (l *library) keep(complete func(*checkpoint.Run), texts []string) error {
	kept := l.current.Run
	complete(&kept)
	return l.save(l.current.id, kept, texts)
}

func (l *library) save(id string, kept checkpoint.Run, texts []string) error {
	if l.shelf == nil {
		return l.folder(kept)
	}
	return l.shelf.Save(id, func(sink shelf.Sink) error { return checkpoint.Write(sink, kept) }, texts...)
}

// tellSaved tells that the open model has been saved.
func (l *library) tellSaved() {
	l.voice.tell(&protocol.Saved{ModelID: l.current.id, Step: l.current.Step, Done: !phase(l.current.State).active()})
}

// adopt keeps a model that has come in as a new one, and gives its id, "" if it
// could not be kept.
func (l *library) adopt(kept checkpoint.Run) string {
	id := l.newID()
	if id == "" {
		return ""
	}
	if err := l.save(id, kept, nil); err != nil {
		l.voice.tell(unsaved(err))
		return ""
	}
	return id
}

// unsaved is why something was not kept.
func unsaved(err error) *protocol.Problem {
	switch {
	case errors.Is(err, shelf.ErrFull):
		return &protocol.Problem{Code: protocol.KeepFull, Detail: err.Error()}
	case errors.Is(err, shelf.ErrBusy):
		return &protocol.Problem{Code: protocol.ModelElsewhere, Detail: err.Error()}
	case errors.Is(err, fs.ErrNotExist):
		return &protocol.Problem{Code: protocol.ModelUnknown, Detail: err.Error()}
	}
	return &protocol.Problem{Code: protocol.KeepFailed, Detail: err.Error()}
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
