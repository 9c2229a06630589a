package session

import (
	"cmp"
	"errors"

	"hornbook/model/checkpoint"
	"hornbook/model/recipe"
	"hornbook/web/protocol"
	"hornbook/web/shelf"
)

// change does what a command asks of the shelf.
func (l *library) change(c protocol.Command) {
	if l.shelf == nil {
		l.voice.tell(&protocol.Problem{Code: l.none})
		return
	}
	var err error
	switch c := c.(type) {
	case *protocol.Rename:
		err = l.rename(c)
	case *protocol.Duplicate:
		err = l.duplicate(c)
	case *protocol.Delete:
		err = l.shelf.Delete(c.ModelID) // the one that is open stays open
	case *protocol.Undelete:
		err = l.shelf.Undelete(c.ModelID)
	}
	if err != nil {
		l.voice.tell(undone(err))
	}
	l.tellShelf()
}

// undone is why the shelf was not changed.
func undone(err error) *protocol.Problem {
	told := unsaved(err)
	if told.Code == protocol.KeepFailed {
		told.Code = protocol.ShelfFailed
	}
	return told
}

func (l *library) duplicate(c *protocol.Duplicate) error {
	id, err := l.shelf.Duplicate(c.ModelID)
	if err != nil || c.Name == "" {
		return err
	}
	return l.shelf.Rename(id, c.Name)
}

func (l *library) rename(c *protocol.Rename) error {
	if err := l.shelf.Rename(c.ModelID, c.Name); err != nil {
		return err
	}
	if l.isOpen(c.ModelID) {
		l.current.Name = c.Name
	}
	return nil
}

// purge forgets what was deleted before this start.
func (l *library) purge() {
	if l.purged {
		return
	}
	l.purged = true
	if err := l.shelf.Purge(); err != nil {
		l.voice.tell(undone(err))
	}
}

// tellShelf tells what the shelf holds.
func (l *library) tellShelf() {
	told := &protocol.Shelf{Keeps: l.none, Cards: []protocol.Card{}, Deleted: []protocol.Card{}, Left: -1}
	if l.current != nil {
		told.Open = l.current.id
	}
	if l.shelf != nil {
		l.purge()
		told.Keeps = ""
		items, err := l.shelf.List()
		for _, item := range items {
			list := &told.Cards
			if item.Deleted {
				list = &told.Deleted
			}
			*list = append(*list, l.card(item))
		}
		space, spaceErr := l.shelf.Space()
		told.Used, told.Left, told.Lasting = space.Used, space.Left, space.Lasting
		if err = errors.Join(err, spaceErr); err != nil {
			l.voice.tell(undone(err))
		}
	}
	l.voice.tell(told)
}

// card describes a model of the shelf without reading its weights, and what was
// described before without reading anything.
func (l *library) card(item shelf.Item) protocol.Card {
	known, is := l.cards[item.ID]
	if !is || !known.of.Saved.Equal(item.Saved) || known.of.Damaged != item.Damaged || known.of.Newer != item.Newer {
		known = described{item, l.describeItem(item)}
		if !known.card.Damaged { // else it is tried again
			l.cards[item.ID] = known
		}
	}
	c := known.card
	c.Name = cmp.Or(item.Name, c.Name)
	if phase(c.State).active() {
		release, err := l.shelf.Hold(item.ID)
		if c.Elsewhere = errors.Is(err, shelf.ErrBusy); err == nil {
			release()
		}
	}
	return c
}

// described is the card of a model as the shelf had it.
type described struct {
	of   shelf.Item
	card protocol.Card
}

func (l *library) describeItem(item shelf.Item) protocol.Card {
	c := protocol.Card{ID: item.ID, Saved: item.Saved.UnixMilli(), Bytes: item.Bytes, Damaged: item.Damaged, Newer: item.Newer, Curve: []float64{}}
	if c.Newer || c.Damaged {
		return c
	}
	var kept checkpoint.Run
	files, err := l.shelf.Peek(item.ID)
	if err == nil {
		kept, err = checkpoint.Describe(files)
	}
	if err != nil {
		c.Damaged = true
		return c
	}
	c.Name = kept.Name
	c.State, c.Method, c.Text, c.Parameters = kept.State, kept.Recipe.Method(), kept.Text, kept.Recipe.Weights()
	if kept.Recipe.Preset == "imported" && kept.Recipe.From == recipe.New {
		c.Method = "imported"
	}
	c.Tokens, c.Seconds, c.Recipe = kept.Tokens, kept.Seconds, kept.Recipe
	c.Step, c.Steps, c.ValLoss, c.Curve = kept.Step, kept.Recipe.Steps, kept.Measures.Value(recipe.ValLoss), curve(kept)
	c.Outcome = outcomeOf(item.ID, kept).Measured()
	return c
}

// cardPoints are those of a card's curve.
const cardPoints = 60

// curve is the training loss, of batches or of evaluations, at most cardPoints
// of them; of a student, whose batches tell how far from its teacher it is, the
// validation loss, and of its twin likewise.
func curve(kept checkpoint.Run) []float64 {
	losses := []float64{}
	for _, e := range kept.Log {
		if kept.Recipe.Objective == recipe.Distill {
			if loss, taken := e.Measures.Of(recipe.ValLoss); taken {
				losses = append(losses, loss)
			}
			continue
		}
		losses = append(losses, max(e.Loss, e.Measures.Value(recipe.TrainLoss)))
	}
	return thinned(losses, cardPoints)
}

// thinned is at most n of list, evenly chosen, the first and the last among
// them.
func thinned[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	few := make([]T, n)
	for i := range few {
		few[i] = list[i*(len(list)-1)/(n-1)]
	}
	return few
}
