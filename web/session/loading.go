package session

import (
	"io/fs"
	"strconv"
	"strings"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
)

// load reads a model.
func (l *library) load(id string) (checkpoint.Run, *protocol.Problem) {
	kept, err := l.find(id)
	if err == nil {
		return kept, nil
	}
	told := unopened(err)
	if ofPage(id) {
		told.Code = protocol.BaseFailed
	}
	return kept, told
}

// ofPage tells whether a model comes with the page, and so from the host.
func ofPage(id string) bool { return id == protocol.Base || strings.HasPrefix(id, protocol.OfLesson) }

// small reads a model that can be opened beside the open one.
func (l *library) small(id string) (checkpoint.Run, *protocol.Problem) {
	if l.shelf != nil && !ofPage(id) {
		if files, err := l.shelf.Peek(id); err == nil {
			if kept, err := checkpoint.Describe(files); err == nil && kept.Recipe.Weights() > mostBeside {
				return kept, &protocol.Problem{Code: protocol.ModelTooLarge, Got: strconv.Itoa(4 * kept.Recipe.Weights()), Want: strconv.Itoa(4 * mostBeside)}
			}
		}
	}
	return l.load(id)
}

func (l *library) find(id string) (checkpoint.Run, error) {
	if l.shelf != nil {
		var kept checkpoint.Run
		err := l.shelf.Read(id, func(files fs.FS) (err error) {
			kept, err = checkpoint.ReadWithin(files, l.memory)
			return err
		})
		if name := l.shelf.Name(id); name != "" {
			kept.Name = name
		}
		if err == nil || l.elsewhere == nil || !ofPage(id) {
			return kept, err
		}
	}
	if l.elsewhere == nil {
		return checkpoint.Run{}, fs.ErrNotExist
	}
	return l.elsewhere(id)
}

// mostBeside is the number of weights up to which a model's origin is opened
// beside it, to be compared with.
const mostBeside = 16 << 20

// beforeOf is what kept was trained further from, nil if that cannot be had.
func (l *library) beforeOf(kept checkpoint.Run) *model.GPT {
	if kept.From == nil || kept.From.ID == "" || kept.Recipe.Weights() > mostBeside || l.shelf == nil && !phase(kept.State).active() && !ofPage(kept.From.ID) {
		return nil
	}
	if l.shelf != nil && !ofPage(kept.From.ID) {
		files, err := l.shelf.Peek(kept.From.ID)
		if err != nil {
			return nil
		}
		if from, err := checkpoint.Describe(files); err != nil || !becomes(from.Recipe.Model, kept.Recipe.Model) {
			return nil
		}
	}
	from, err := l.find(kept.From.ID)
	if err != nil || !becomes(from.Recipe.Model, kept.Recipe.Model) {
		return nil
	}
	return from.Model
}

// becomes tells whether a model of one shape is of the other when it is trained
// further, by which it may have been given more tokens.
func becomes(from, to recipe.Model) bool {
	from.Vocab = max(from.Vocab, to.Vocab)
	return from == to
}
