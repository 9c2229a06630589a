package shelf

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"unicode/utf8"
)

// label is what can change of a model without a save.
type label struct {
	Number  int64  `json:"number"` // growing
	Name    string `json:"name"`
	Deleted bool   `json:"deleted"`
}

const (
	// MaxName is how long a model's name may be, in bytes.
	MaxName = 200

	// labelBytes is the size of every label: both are written with the first
	// save, so that a model can be deleted on a full disk. JSON makes at most
	// six bytes of one.
	labelBytes = 6*MaxName + 300
)

// labels reads a model's labels by slot; nil stands for one that is missing or
// torn.
func (s *Shelf) labels(id string) (both [2]*label, err error) {
	for i, slot := range slots {
		text, err := readSmall(s.storage, labelFile(id, slot), labelBytes)
		if err == nil {
			var l label
			if l, err = unseal[label](text); err == nil {
				both[i] = &l
			}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrDamaged) {
			return both, err
		}
	}
	return both, nil
}

// label is a model's newest label.
func (s *Shelf) label(id string) (newest label, err error) {
	both, err := s.labels(id)
	for _, l := range both {
		if l != nil && l.Number > newest.Number {
			newest = *l
		}
	}
	return newest, err
}

// relabel changes a model's label. The newest stays until the new one is
// written.
func (s *Shelf) relabel(id string, change func(*label)) error {
	both, err := s.labels(id)
	if err != nil {
		return err
	}
	older, next := 0, label{}
	for i, l := range both {
		if l != nil && l.Number > next.Number {
			older, next = 1-i, *l
		}
	}
	change(&next)
	next.Number++
	text, err := seal(next)
	if err != nil {
		return err
	}
	padding := bytes.Repeat([]byte{' '}, labelBytes-len(text))
	return write(s.storage, labelFile(id, slots[older]), append(text, padding...))
}

// prepare makes a new model's labels.
func (s *Shelf) prepare(id, name string) error {
	for range slots {
		both, err := s.labels(id)
		if err != nil || both[0] != nil && both[1] != nil {
			return err
		}
		if err := s.relabel(id, func(l *label) { l.Name = cmp.Or(l.Name, name) }); err != nil {
			return err
		}
	}
	return nil
}

// Rename gives a model another name, of at most MaxName bytes of UTF-8.
func (s *Shelf) Rename(id, name string) error {
	if len(name) > MaxName || !utf8.ValidString(name) {
		return fmt.Errorf("shelf: rename: a name may have %d bytes of UTF-8, this one has %d; choose a shorter one", MaxName, len(name))
	}
	return s.change(id, "rename", func(l *label) { l.Name = name })
}

// Delete marks a model as deleted: List leaves it out, and the next Purge
// removes it. It takes no space.
func (s *Shelf) Delete(id string) error {
	return s.change(id, "delete", func(l *label) { l.Deleted = true })
}

// Undelete takes back Delete, until a Purge.
func (s *Shelf) Undelete(id string) error {
	return s.change(id, "undelete", func(l *label) { l.Deleted = false })
}

// change changes the label of a model that is there.
func (s *Shelf) change(id, what string, change func(*label)) error {
	release, err := s.lock(id)
	if err != nil {
		return wrap(what, id, err)
	}
	defer release()
	if _, err := s.saves(id); err != nil && !errors.Is(err, ErrNewer) {
		return wrap(what, id, err)
	}
	return wrap(what, id, s.relabel(id, change))
}
