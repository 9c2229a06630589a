package session

import (
	"errors"
	"io/fs"

	"hornbook/model/checkpoint"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

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
	c.State, c.Step, c.Tokens, c.Written, c.Seconds, c.Ranks = string(now), p.Step, p.Tokens, p.Written, p.Seconds, p.Ranks
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
