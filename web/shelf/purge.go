package shelf

import (
	"errors"
	"io/fs"
	"slices"
)

// Purge removes for good what Delete has marked, what was never saved whole
// because it was cut off, and texts that no save mentions. It leaves alone what
// is held, here or in another tab. What cannot be removed is an error at the
// end, and stays for the next Purge.
func (s *Shelf) Purge() error {
	ids, err := s.ids()
	if err != nil {
		return err
	}
	var problems error
	mentioned, sure := map[string]bool{}, true
	for _, id := range ids {
		if err := s.purge(id); !errors.Is(err, ErrBusy) {
			problems = errors.Join(problems, wrap("purge", id, err))
		}
		saves, err := s.saves(id)
		sure = sure && (err == nil || errors.Is(err, fs.ErrNotExist))
		for _, c := range saves {
			for _, t := range c.Texts {
				mentioned[t] = true
			}
		}
	}
	if !sure { // a manifest that cannot be read may mention any text
		return problems
	}
	return errors.Join(problems, s.purgeTexts(mentioned))
}

// purge removes of a model what is not to stay.
func (s *Shelf) purge(id string) error {
	if s.isHeld(id) || s.isTidy(id) {
		return nil
	}
	release, err := s.lock(id)
	if err != nil {
		return err
	}
	defer release()
	label, err := s.label(id)
	if err != nil {
		return ignore(err, ErrNewer)
	}
	saves, err := s.saves(id)
	switch {
	case err == nil && !label.Deleted:
		return s.dropOthers(id, saves)
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return s.remove(id, saves)
	}
	return ignore(err, ErrNewer)
}

// isTidy tells whether there is nothing to remove of a model; it needs no lock,
// for which another tab might let this one wait.
func (s *Shelf) isTidy(id string) bool {
	label, labelErr := s.label(id)
	saves, err := s.saves(id)
	return err == nil && labelErr == nil && !label.Deleted && len(saves) == len(slots)
}

// remove removes a model, its newest save last, so that until then it is as it
// was, but for the save before.
func (s *Shelf) remove(id string, saves []save) error {
	for _, c := range slices.Backward(saves) {
		if err := s.drop(id, c.slot); err != nil {
			return err
		}
	}
	return s.storage.Remove(folder(id))
}

// dropOthers removes what is left of saves that were cut off.
func (s *Shelf) dropOthers(id string, saves []save) error {
	for _, slot := range slots {
		if slices.ContainsFunc(saves, func(c save) bool { return c.slot == slot }) {
			continue
		}
		if err := s.drop(id, slot); err != nil {
			return err
		}
	}
	return nil
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}
